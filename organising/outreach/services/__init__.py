"""Services by noun: ``drafting``, ``reviewing``, ``choosing``."""
