"""A parliament's dates, and what a dissolution does to its members' terms. The context needs the purpose ``import``."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import Chamber, OfficeHolding, Parliament
from organising.representatives.models.parliaments import SEATS
from organising.representatives.queries.parliaments import (
    DISSOLUTION,
    find_successor,
    get_parliament,
    open_terms,
)

LONGEST_NAME = 80
# A parliament runs for at most five years from its first meeting (Dissolution and Calling of Parliament Act 2022, s. 4);
# devolved ones for five or six. Beyond that a date is a slip of the keyboard.
LONGEST_TERM = timedelta(days=6 * 366)


@dataclass(frozen=True)
class ParliamentDraft:
    """What was typed about a parliament. Dates that are no dates are ``None``."""

    chamber: str
    number: int | None
    name: str
    elected_on: date | None
    dissolved_on: date | None = None


def add_parliament(actor: Actor, draft: ParliamentDraft) -> Parliament:
    """Keep a parliament that was elected. Raises Forbidden, and Invalid by field."""
    actor.check(Permission.CAMPAIGN_EDIT)
    _check(draft, None)
    assert draft.number is not None
    assert draft.elected_on is not None
    parliament = Parliament(
        chamber=draft.chamber,
        number=draft.number,
        name=" ".join(draft.name.split()),
        elected_on=draft.elected_on,
        dissolved_on=draft.dissolved_on,
    )
    db.session.add(parliament)
    db.session.flush()
    audit.record(actor, "parliament.added", "parliament", parliament.id, chamber=parliament.chamber)
    return parliament


def edit_parliament(actor: Actor, parliament_id: UUID, draft: ParliamentDraft) -> Parliament:
    """Change a parliament's name and dates. Raises NotFound, Forbidden, Invalid by field, and Conflict where its
    dissolution has been carried out: that is taken back first.
    """
    actor.check(Permission.CAMPAIGN_EDIT)
    parliament = get_parliament(parliament_id)
    if parliament.carried_out_at is not None and draft.dissolved_on != parliament.dissolved_on:
        raise Conflict(_("The dissolution has been carried out. Take it back first."))
    _check(draft, parliament)
    assert draft.elected_on is not None
    parliament.name = " ".join(draft.name.split())
    parliament.elected_on = draft.elected_on
    parliament.dissolved_on = draft.dissolved_on
    db.session.flush()
    audit.record(
        actor,
        "parliament.dated",
        "parliament",
        parliament.id,
        dissolved_on=draft.dissolved_on.isoformat() if draft.dissolved_on else None,
    )
    return parliament


def end_terms(parliament: Parliament) -> int:
    """End the open terms of a dissolved parliament's members, once; returns how many. For the sweep, not for a person."""
    assert parliament.dissolved_on is not None
    if not parliament.carry_out(now()):
        return 0
    ended = db.session.execute(
        update(OfficeHolding)
        .where(open_terms(parliament))
        .values(end_on=parliament.dissolved_on - timedelta(days=1), end_reason=DISSOLUTION)
        .execution_options(synchronize_session=False)
    )
    db.session.flush()
    return int(ended.rowcount)  # type: ignore[attr-defined]


def take_back_dissolution(actor: Actor, parliament_id: UUID) -> int:
    """Undo a dissolution that should not have been carried out; returns how many terms are open again.

    Raises NotFound, Forbidden, and Conflict once another parliament was elected.
    """
    actor.check(Permission.CAMPAIGN_EDIT)
    parliament = get_parliament(parliament_id)
    if parliament.carried_out_at is None or parliament.dissolved_on is None:
        return 0
    if find_successor(parliament) is not None:
        raise Conflict(_("Another parliament has been elected since. This one stays dissolved."))
    last_day = parliament.dissolved_on - timedelta(days=1)
    opened = db.session.execute(
        update(OfficeHolding)
        .where(
            OfficeHolding.kind == SEATS[Chamber(parliament.chamber)],
            OfficeHolding.end_reason == DISSOLUTION,
            OfficeHolding.end_on == last_day,
        )
        .values(end_on=None, end_reason=None)
        .execution_options(synchronize_session=False)
    )
    parliament.take_back()
    db.session.flush()
    number = int(opened.rowcount)  # type: ignore[attr-defined]
    audit.record(actor, "parliament.dissolution_taken_back", "parliament", parliament.id, terms=number)
    return number


def _check(draft: ParliamentDraft, known: Parliament | None) -> None:
    wrong: dict[str, str] = {}
    if draft.chamber not in SEATS:
        wrong["chamber"] = _("Choose a chamber whose members are elected.")
    if draft.number is None or not 0 < draft.number < 1000:
        wrong["number"] = _("Enter the parliament’s number, such as 60.")
    if not 0 < len(draft.name.strip()) <= LONGEST_NAME:
        wrong["name"] = _("Enter a name of at most %(most)s characters.", most=LONGEST_NAME)
    if draft.elected_on is None:
        wrong["elected_on"] = _("Enter the day of the election.")
    elif draft.dissolved_on is not None and draft.dissolved_on <= draft.elected_on:
        wrong["dissolved_on"] = _("A parliament is dissolved after its election.")
    elif draft.dissolved_on is not None and draft.dissolved_on - draft.elected_on > LONGEST_TERM:
        wrong["dissolved_on"] = _("That is more than six years after the election. Check the year.")
    if not wrong and (reason := _overlap(draft, known)):
        wrong["elected_on"] = reason
    if wrong:
        raise Invalid(_("The parliament was not kept yet."), **wrong)


def _overlap(draft: ParliamentDraft, known: Parliament | None) -> str | None:
    """Why this parliament can't stand beside those of its chamber that are known."""
    assert draft.elected_on is not None
    others = db.session.scalars(select(Parliament).where(Parliament.chamber == draft.chamber))
    for other in others:
        if known is not None and other.id == known.id:
            continue
        if other.number == draft.number and known is None:
            taken: str = _("There is a parliament with this number already: %(name)s.", name=other.name)
            return taken
        ends_before = other.dissolved_on is not None and other.dissolved_on <= draft.elected_on
        begins_after = draft.dissolved_on is not None and draft.dissolved_on <= other.elected_on
        if not (ends_before or begins_after):
            clash: str = _("%(name)s was not dissolved before that day. Set its date first.", name=other.name)
            return clash
    return None
