"""Pages of updates: the organisation's own in ``staff`` and ``after``, the signer's one in ``stop``."""

from . import after, staff, stop
from .blueprint import blueprint

__all__ = ["after", "blueprint", "staff", "stop"]
