"""Pledges' pages: the public's in ``public``, the organisations' in ``tally``, ``signers`` and ``drives``."""

from . import drives, public, signers, tally
from .blueprint import blueprint

__all__ = ["blueprint", "drives", "public", "signers", "tally"]
