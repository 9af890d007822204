"""Services by noun: ``signing`` (the public's own), ``confirmations``, ``counting``, ``signers``, ``drives``."""
