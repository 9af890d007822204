"""Pages of statements. All addresses of staff, below /statements:

GET (list), <id>, <id>/versions, <id>.pdf · GET and POST new, <id>/text, <id>/plan, <id>/signature, <id>/correction ·
POST <id>/consultation, lock, opening, sign-off, end, embargo, release, retirement and putting-away (and /removal), comments, mailing, taking-on

Those of everybody, below /published: the list, one by its address, its PDF and JSON, the feed; and /sitemap.xml.
"""

from organising.statements import panels  # noqa: F401 (it brings the lines to every briefing)

from . import answering, listing, public, steps, writing
from .blueprint import blueprint

__all__ = ["answering", "blueprint", "listing", "public", "steps", "writing"]
