"""Services by noun: ``drafting``, ``planning``, ``consulting``, ``steps``, ``signing``, ``delivering``, ``reminding``."""
