"""Views by subject: the public page, a letter's own page, advice, the staff's pages, and answers passed on."""

from . import letter, relays, staff, writing
from .blueprint import blueprint

__all__ = ["blueprint", "letter", "relays", "staff", "writing"]
