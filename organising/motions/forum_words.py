"""What kinds of bodies are called, in public too."""

from flask_babel import lazy_gettext as _l

from .states import Forum

FORUMS = {
    Forum.BRANCH: _l("Branch"),
    Forum.DISTRICT: _l("District"),
    Forum.CONFERENCE: _l("Conference"),
    Forum.TRADES_COUNCIL: _l("Trades council"),
    Forum.GOVERNING_BODY: _l("Governing body"),
    Forum.COUNCIL: _l("Council"),
    Forum.TRUST_BOARD: _l("Trust board"),
}


def forum_words(forum: str) -> str:
    """A forum in words."""
    return str(FORUMS[Forum(forum)])
