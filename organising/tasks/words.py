"""The words of tasks as pages say them."""

from flask_babel import lazy_gettext as _l

from .models import NewsKind
from .states import State

STATES = {State.OPEN: _l("Open"), State.DONE: _l("Done"), State.DROPPED: _l("Dropped")}
EVENTS = {
    "added": _l("Added"),
    "edited": _l("Changed"),
    "assigned": _l("Handed on"),
    "commented": _l("Comment"),
    "finish": _l("Done"),
    "reopen": _l("Opened again"),
    "drop": _l("Dropped"),
    "restore": _l("Taken up again"),
}
FIELDS = {
    "title": _l("what"),
    "details": _l("more about it"),
    "due_on": _l("day"),
    "assignee_user_id": _l("who does it"),
    "unit_id": _l("whose"),
}
NEWS = {
    NewsKind.ASSIGNED: _l("%(name)s asks you to do"),
    NewsKind.MENTIONED: _l("%(name)s named you in"),
    NewsKind.COMMENTED: _l("%(name)s commented on"),
    NewsKind.FINISHED: _l("%(name)s has done"),
    NewsKind.REOPENED: _l("%(name)s opened again"),
    NewsKind.DROPPED: _l("%(name)s dropped"),
}


def state_words(state: str) -> str:
    """A task's state in words."""
    return str(STATES[State(state)])


def event_words(what: str) -> str:
    """A line of history in words."""
    return str(EVENTS.get(what, what))


def field_words(names: list[str]) -> str:
    """The fields that were changed, in words."""
    return ", ".join(str(FIELDS.get(name, name)) for name in names)


def news_words(kind: str, name: str) -> str:
    """What somebody is told of a task, before its title."""
    return str(NEWS[NewsKind(kind)]) % {"name": name}
