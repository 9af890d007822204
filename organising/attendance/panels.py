"""What an action's page shows of those who signed up: whom it concerns when the action is called off."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

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


register("calling_off", told_of_it)
