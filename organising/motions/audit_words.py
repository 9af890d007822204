"""Motions in the audit log, in plain words."""

from ..platform.audit_words import say

say({})
