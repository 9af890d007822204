"""Pages of the rights desk: the public's, and staff's."""

from . import asking, erasing, listing, showing, steps, taking  # noqa: F401 (they register their pages)
from .blueprint import blueprint as blueprint
