"""The pages of what partners share of people."""

from . import introductions, overlap, stakeholder_log, stakeholders  # noqa: F401 (they register their routes)
from .blueprint import blueprint

__all__ = ["blueprint"]
