"""Views by subject: the public list and sign-up, one's own place, and staff's pages of who comes."""

from .. import panels  # noqa: F401 (an action's page says whom calling it off concerns)
from . import listing, meetings, place, staff
from .blueprint import blueprint

__all__ = ["blueprint", "listing", "meetings", "place", "staff"]
