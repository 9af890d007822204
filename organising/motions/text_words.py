"""The words of model texts as pages say them."""

from datetime import date

from flask_babel import format_date
from flask_babel import lazy_gettext as _l

from organising.motions.differing import Change
from organising.motions.text import opening

CHANGES = {
    Change.SAME: _l("As in the model"),
    Change.CHANGED: _l("Changed"),
    Change.ADDED: _l("Put in"),
    Change.REMOVED: _l("Taken out"),
}


def change_words(change: str) -> str:
    """What became of a clause."""
    return str(CHANGES[Change(change)])


def part_opening(part: str, forum: str) -> str:
    """The words that a part opens with, in the body that the text is put to."""
    return opening(forum, part)


def month_of_year(day: date) -> str:
    """A day as public pages tell it: near enough for everybody, and no help in finding who was in the room."""
    return str(format_date(day, "MMMM y"))
