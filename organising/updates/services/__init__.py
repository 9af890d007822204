"""Services by noun: ``drafting``, ``reviewing``, ``stopping``."""
