"""What an action's pages show of those who signed up: whom it concerns when it is called off, and how many came, for its report."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from organising.actions.known_attendance import Known, register_attendance
from organising.actions.models import BranchAction
from organising.actions.queries import ActionRecord
from organising.actions.states import AGREED
from organising.platform.actor import Actor
from organising.platform.panels import Panel, register

from .queries.people import count


def told_of_it(_actor: Actor, *, record: ActionRecord, **_about: Any) -> Panel | None:
    """How many who signed up hear of it, and when: only what people agreed to come to tells anybody."""
    action = record.action
    if not action.is_public or action.state not in AGREED:
        return None
    counts = count(action.id)
    people = counts.going + counts.waiting
    if not people:
        return None
    title = ngettext("One person has signed up.", "%(num)d people have signed up.", people)
    note = _(
        "They get an email in five minutes, on the day itself at once; undone before that, nobody hears of it."
    )
    return Panel(title, (), note)


def known_to_have_come(action: BranchAction) -> Known | None:
    """How many of those who signed up were marked as having come; ``None`` where nobody was."""
    came = count(action.id).came
    if not came:
        return None
    source = ngettext(
        "One of those who signed up was marked as having come. Put in all who were there: an estimate is fine.",
        "%(num)d of those who signed up were marked as having come. Put in all who were there: an estimate is fine.",
        came,
    )
    return Known(came, source)


register("calling_off", told_of_it)
register_attendance(known_to_have_come)
