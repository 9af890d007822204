"""Actions as events, and what the public's calendars say of them, in its languages."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from organising.actions.states import PROPOSED, State
from organising.actions.words import kind_words
from organising.platform.links import address_of_page

from .ical import Entry


def called_off(title: str) -> str:
    """The title of an action that is called off: many calendars show no state."""
    return str(_("Called off: %(title)s", title=title))


def public_entries(rows: Iterable[Any]) -> list[Entry]:
    """Public actions as anybody may read them."""
    page = "attendance.action" in current_app.view_functions
    kinds = cache(kind_words)
    return [
        event_of(
            row,
            kind=kinds(row.kind),
            where=(row.place, row.area, row.postcode),
            lines=(
                kinds(row.kind),
                ", ".join(filter(None, (row.organisation_name, row.unit_label))),
                row.summary,
            ),
            url=address_of_page("attendance.action", action_id=str(row.id)) if page else "",
        )
        for row in rows
    ]


def event_of(
    one: Any, *, kind: str, where: Iterable[str | None], lines: Iterable[str | None], url: str
) -> Entry:
    """What every event has, of a row or of what stands for one."""
    state = State(one.state)
    off = state is State.CANCELLED
    return Entry(
        uid=str(one.id),
        sequence=one.version,
        changed_at=one.changed_at,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        all_day=one.all_day,
        status="CANCELLED" if off else "TENTATIVE" if state in PROPOSED else "CONFIRMED",
        summary=called_off(one.title) if off else one.title,
        location=", ".join(part for part in where if part),
        lines=tuple(line for line in lines if line),
        category=kind,
        url=url,
    )
