"""The steps of a call: put to its units, taken back, closed, opened again, called off; its last day; reminders."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from organising.calls.models import ActionCall, CallMail, CallUnit, NotNow
from organising.calls.queries.rounds import plan_round
from organising.calls.states import State
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Invalid

from .mailing import drop_waiting, has_left, put_on_its_way, tell_off
from .rules import check_due, check_version, note, take_call, take_whole


class AlreadyLeft(Conflict):
    """Some of the mail has left, so it can't be taken back."""

    code = "call_already_left"


def publish_call(actor: Actor, call_id: UUID, version: int) -> int:
    """Put a draft to its units; the mail leaves when the undo window is over. Answers how many officers are written to.

    Raises ``Invalid`` without any unit or with a last day that is over, ``NotNow``, ``EditedMeanwhile``.
    """
    call = take_whole(actor, call_id)
    if call.state == State.OPEN:
        return 0
    check_version(call, version)
    check_due(call.due_on)
    if call.action_on is not None and call.action_on < today():
        raise Invalid("The action's day is over. Change it first.", action_on="That day is over.")
    asked = db.session.scalar(select(func.count(CallUnit.id)).where(CallUnit.call_id == call.id)) or 0
    if not asked:
        raise Invalid("Choose at least one branch first.", units="Choose at least one branch.")
    moment = now()
    call.publish(moment)
    sent = put_on_its_way(actor, call, plan_round(actor, call, moment), new_id(), moment)
    note(actor, call.id, "published", moment, count=asked)
    return sent


def take_back_call(actor: Actor, call_id: UUID) -> bool:
    """Make it a draft again, while nobody was written to. Raises :class:`AlreadyLeft`; returns whether it changed."""
    call = take_whole(actor, call_id)
    if call.state == State.DRAFT:
        return False
    drop_waiting(call.id)
    if has_left(call.id) or _is_answered(call.id):
        raise AlreadyLeft("Some officers have been written to already. You can close it or call it off.")
    call.take_back(now())
    note(actor, call.id, "taken_back", now())
    return True


def remind_silent(actor: Actor, call_id: UUID, batch_id: UUID) -> int:
    """Write to the officers of silent units that were not written to lately; answers how many.

    ``batch_id`` comes from the page: pressed twice, it is one round. Raises ``NotNow`` where no answer is taken.
    """
    call = take_call(actor, call_id)
    if _is_sent(call.id, batch_id):
        return 0
    _check_open(call, "remind")
    moment = now()
    count = put_on_its_way(actor, call, plan_round(actor, call, moment), batch_id, moment)
    if count:
        note(actor, call.id, "reminded", moment, count=count)
    return count


def write_again(actor: Actor, call_id: UUID, call_unit_id: UUID, batch_id: UUID) -> int:
    """Write to one silent unit's officers whose mail came back, or may not have left; answers how many.

    The person decides: nothing of this goes by itself. Raises ``NotNow`` where no answer is taken.
    """
    call = take_call(actor, call_id)
    if _is_sent(call.id, batch_id):
        return 0
    _check_open(call, "remind")
    moment = now()
    wave = plan_round(actor, call, moment, only=call_unit_id, again=True)
    count = put_on_its_way(actor, call, wave, batch_id, moment)
    if count:
        note(actor, call.id, "written_again", moment, call_unit_id=call_unit_id, count=count)
    return count


def take_reminder_back(actor: Actor, call_id: UUID, batch_id: UUID) -> int:
    """Take a round back as far as it has not left; answers how many were not written to."""
    call = take_call(actor, call_id)
    count = drop_waiting(call.id, batch_id)
    if count:
        note(actor, call.id, "reminder_taken_back", now(), count=count)
    return count


def extend_call(actor: Actor, call_id: UUID, due_on: date) -> bool:
    """Give it another last day; a closed one is open again. Raises ``Invalid``, ``NotNow``; whether it changed."""
    call = take_whole(actor, call_id)
    if call.state not in (State.OPEN, State.CLOSED):
        raise NotNow("This call is not running.", state=call.state, verb="extend")
    check_due(due_on)
    if call.due_on == due_on and call.state == State.OPEN:
        return False
    call.due_on = due_on
    call.version += 1
    if call.state == State.CLOSED:
        call.reopen(now())
    note(actor, call.id, "extended", now())
    return True


def close_call(actor: Actor, call_id: UUID) -> bool:
    """Take no more answers; mail that waits is dropped. Returns whether it changed anything."""
    call = take_whole(actor, call_id)
    if not call.close(now()):
        return False
    drop_waiting(call.id)
    note(actor, call.id, "closed", now())
    return True


def reopen_call(actor: Actor, call_id: UUID) -> bool:
    """Take answers again, until its last day. Raises ``Invalid`` where that is over: extend it instead."""
    call = take_whole(actor, call_id)
    if call.state == State.CLOSED:
        check_due(call.due_on)
    if not call.reopen(now()):
        return False
    note(actor, call.id, "reopened", now())
    return True


def withdraw_call(actor: Actor, call_id: UUID) -> int:
    """Call it off; those who are doing it are told when the undo window is over. Answers how many."""
    call = take_whole(actor, call_id)
    if not call.withdraw(now()):
        return 0
    drop_waiting(call.id)
    told = tell_off(actor, call, new_id(), now())
    note(actor, call.id, "withdrawn", now(), count=told)
    return told


def restore_call(actor: Actor, call_id: UUID) -> bool:
    """Undo the calling off; who was not told yet is not told. Returns whether it changed anything."""
    call = take_whole(actor, call_id)
    if not call.restore(now()):
        return False
    drop_waiting(call.id)
    note(actor, call.id, "restored", now())
    return True


def expire_calls(actor: Actor) -> int:
    """Close the organisation's calls whose last day is over; answers how many. For the sweep."""
    over = (
        select(ActionCall)
        .where(ActionCall.state == State.OPEN, ActionCall.due_on < today())
        .order_by(ActionCall.id)
        .with_for_update(skip_locked=True)
    )
    ended = [call for call in db.session.scalars(over).all() if call.expire(now())]
    for call in ended:
        drop_waiting(call.id)
        note(actor, call.id, "expired", now())
    return len(ended)


def _check_open(call: ActionCall, verb: str) -> None:
    if not call.takes_answers(today()):
        raise NotNow("This call takes no answers any more.", state=call.state, verb=verb)


def _is_sent(call_id: UUID, batch_id: UUID) -> bool:
    same = select(CallMail.id).where(CallMail.call_id == call_id, CallMail.batch_id == batch_id).limit(1)
    return db.session.scalar(same) is not None


def _is_answered(call_id: UUID) -> bool:
    answered = select(CallUnit.id).where(CallUnit.call_id == call_id, CallUnit.answer.is_not(None)).limit(1)
    return db.session.scalar(answered) is not None
