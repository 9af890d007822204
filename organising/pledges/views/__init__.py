"""Pledges' pages: the public's in ``public``, the organisations' in ``tally``, ``signers`` and ``drives``."""

from .. import panels  # noqa: F401 (it registers what other pages show)
from . import drives, public, signers, tally
from .blueprint import blueprint

__all__ = ["blueprint", "drives", "public", "signers", "tally"]
