"""Services by noun: ``writing`` (the public's own), ``confirmations``, ``actions``, ``leaving``, ``keeping``."""
