"""Pages of calls. All addresses, below /actions/calls:

GET (list), <id>, <id>/branches/<id>, all/<id> · GET and POST new, <id>/edit, <id>/branches, <id>/reminder, all/new,
answer/<token> (public) · POST <id>/publication, publication/removal, closure, closure/removal, withdrawal,
withdrawal/removal, extension, reminder/removal, <id>/branches/<id>/answer, help, help/removal, mail · POST all/<id>/passing-on, refusal,
withdrawal, withdrawal/removal
"""

from . import answering, grid, joint, listing, reminding, steps, writing
from .blueprint import blueprint

__all__ = ["answering", "blueprint", "grid", "joint", "listing", "reminding", "steps", "writing"]
