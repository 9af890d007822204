"""Answers: by the officer's link, or by an organiser on the officer's behalf. The last one counts, until the end."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from organising.calls.links import Asked
from organising.calls.models import ActionCall, CallUnit, NotNow, Via
from organising.calls.queries.units import find_present, reachable, unit_name
from organising.calls.states import Answer
from organising.organisations.queries import find_system_actor
from organising.organisations.unit_history import note_acted_for
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import Invalid, NotFound
from organising.platform.permissions import Permission, Role

from .rules import LONGEST, note
from .turning import turn

FURTHEST_HELD = timedelta(days=366)


@dataclass(frozen=True)
class Said:
    """What was answered. ``held_on``: the day on which the unit does it, where it is not the call's."""

    answer: str
    held_on: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class _By:
    """Who answers, in whose role, and how."""

    acting: Actor
    via: Via
    officer_id: UUID | None = None
    who: str | None = None


def answer_by_link(asked: Asked, said: Said) -> CallUnit:
    """The officer answers. The same answer again changes nothing.

    Raises ``NotFound`` for a link whose holder is no officer of the unit any more, ``NotNow`` once the call is over,
    ``Invalid`` for an answer that is none.
    """
    call, row = take_asked(asked.call_unit_id)
    officer = find_present(row.unit_id, asked.officer_id)
    if officer is None:
        raise NotFound
    system = find_system_actor(asked.organisation_id)
    acting = Actor(
        officer.user_id,
        officer.name,
        asked.organisation_id,
        system.organisation_name,
        Role.OFFICER,
        row.unit_id,
        system.campaign_id,
    )
    return _answer(call, row, said, _By(acting, Via.LINK, officer_id=officer.id))


def answer_on_behalf(actor: Actor, call_id: UUID, call_unit_id: UUID, said: Said, who: str) -> CallUnit:
    """Write down what an officer said by phone; ``who`` it was is kept beside who wrote it down.

    Raises ``NotFound``, ``NotNow``, ``Invalid`` by field.
    """
    actor.check(Permission.CALLS_MANAGE)
    call, row = _take_in_reach(actor, call_id, call_unit_id)
    who = who.strip()
    if not who:
        raise Invalid("Say who gave the answer.", who="Say who gave the answer.")
    if len(who) > LONGEST["who"]:
        raise Invalid("That name is too long.", who=f"Use at most {LONGEST['who']} characters.")
    return _answer(call, row, said, _By(actor, Via.PHONE, who=who))


def settle_help(actor: Actor, call_id: UUID, call_unit_id: UUID) -> bool:
    """Note that somebody has seen to a unit that needs help. Returns whether it changed anything."""
    actor.check(Permission.CALLS_MANAGE)
    call, row = _take_in_reach(actor, call_id, call_unit_id)
    if not row.wants_help:
        return False
    row.helped_at, row.helped_label = now(), actor.display_name
    note(actor, call.id, "helped", now(), call_unit_id=row.id)
    return True


def unsettle_help(actor: Actor, call_id: UUID, call_unit_id: UUID) -> bool:
    """Undo that note: it waits again. Returns whether it changed anything."""
    actor.check(Permission.CALLS_MANAGE)
    call, row = _take_in_reach(actor, call_id, call_unit_id)
    if row.helped_at is None:
        return False
    row.helped_at = row.helped_label = None
    note(actor, call.id, "help_wanted_again", now(), call_unit_id=row.id)
    return True


def take_asked(call_unit_id: UUID) -> tuple[ActionCall, CallUnit]:
    """Lock a unit's answer, and hold its call as it stands: two answers at once come one after the other."""
    statement = select(CallUnit).where(CallUnit.id == call_unit_id).with_for_update()
    row = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    held = select(ActionCall).where(ActionCall.id == row.call_id).with_for_update(read=True)
    return db.session.scalars(held.execution_options(populate_existing=True)).one(), row


def _take_in_reach(actor: Actor, call_id: UUID, call_unit_id: UUID) -> tuple[ActionCall, CallUnit]:
    seen = select(CallUnit.id).where(
        CallUnit.id == call_unit_id, CallUnit.call_id == call_id, reachable(actor)
    )
    if db.session.scalar(seen) is None:
        raise NotFound
    return take_asked(call_unit_id)


def _answer(call: ActionCall, row: CallUnit, said: Said, by: _By) -> CallUnit:
    if not call.takes_answers(today()):
        raise NotNow("This call takes no answers any more.", state=call.state, verb="answer")
    _check(said)
    held_on = said.held_on if said.answer == Answer.DOING else None
    words = (said.note or "").strip() or None
    if (row.answer, row.held_on, row.note) == (said.answer, held_on, words):
        return row
    if row.answer != said.answer:
        row.helped_at = row.helped_label = None
    row.answer, row.held_on, row.note = said.answer, held_on, words
    row.answered_at, row.via = now(), by.via
    row.answered_officer_id, row.answered_who = by.officer_id, by.who
    row.answered_label = None if by.officer_id else by.acting.display_name
    db.session.flush()
    note(
        by.acting,
        call.id,
        f"answered_{said.answer}",
        now(),
        call_unit_id=row.id,
        officer_id=by.officer_id,
        said=by.who,
    )
    note_acted_for(by.acting, row.unit_id, "call_answered", "action_call", call.id)
    turn(by.acting, call, row, unit_name(row.unit_id))
    db.session.flush()
    return row


def _check(said: Said) -> None:
    wrong: dict[str, str] = {}
    if said.answer not in set(Answer):
        wrong["answer"] = "Choose one of the three answers."
    if len(said.note or "") > LONGEST["note"]:
        wrong["note"] = f"Use at most {LONGEST['note']:,} characters."
    if said.held_on is not None and said.answer == Answer.DOING:
        if said.held_on < today():
            wrong["held_on"] = "That day is over."
        elif said.held_on > today() + FURTHEST_HELD:
            wrong["held_on"] = "That is more than a year ahead."
    if wrong:
        raise Invalid(next(iter(wrong.values())), **wrong)
