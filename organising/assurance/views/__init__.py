"""Pages about the protection of people's data."""

from . import agreement, breaches, disclosures, exports, going_live, leaving, overview, storage, transparency  # noqa: F401 (they register their pages)
from .blueprint import blueprint as blueprint
