"""Pages of contacts."""

from . import bulk, consents, duplicates, editing, fields, imports, listing, notes, segments, showing  # noqa: F401 (they register their pages)
from .blueprint import blueprint as blueprint
