"""Pages of calendars. All addresses, below /calendar:

GET (month, week, list) · map · near · actions/<id>.ics ·
GET and POST feeds · POST feeds/<id>/renewal, closure, removal · GET feeds/<secret>.ics, public/<campaign>.ics,
public/actions/<id>.ics
"""

from . import feeds, fetching, pages, places, published
from .blueprint import blueprint

__all__ = ["blueprint", "feeds", "fetching", "pages", "places", "published"]
