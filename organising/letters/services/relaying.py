"""Passing an MP's answer on, once, to those of their constituents who wrote: taken down by one person, approved by another."""

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from organising.letters.content import hash_answer, plain_text
from organising.letters.models import Letter, LetterRelay, RelayState
from organising.letters.queries import (
    count_written_to,
    find_member,
    get_action,
    get_relay,
    has_left_to_tell,
    is_to_be_told,
    list_due_letters,
)
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, find, new_id
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.permissions import Permission
from organising.platform.queue import enqueue_after_commit

LONGEST_ANSWER = 20_000


def draft_relay(actor: Actor, action_id: UUID, holding_id: UUID, answer: str) -> LetterRelay:
    """Take an MP's answer down. Raises :class:`Conflict` where one of theirs is there already."""
    actor.check(Permission.MAILINGS_DRAFT)
    action, words = get_action(actor, action_id), plain_text(answer)
    if not words or len(words) > LONGEST_ANSWER:
        raise Invalid("Copy what the MP answered.")
    if not count_written_to(action.id).get(holding_id):
        raise Invalid("Choose an MP to whom letters have left.")
    relay = LetterRelay(
        id=new_id(),
        action_id=action.id,
        holding_id=holding_id,
        drafted_by=actor.user_id,
        drafted_by_label=actor.author_label,
    )
    relay.answer = words
    try:
        with db.session.begin_nested():
            db.session.add(relay)
            db.session.flush()
    except IntegrityError:
        raise Conflict("An answer of this MP is there already. One is passed on, once.") from None
    audit.record(actor, "letter_relay.drafted", "letter_relay", relay.id)
    return relay


def discard_relay(actor: Actor, relay_id: UUID) -> UUID:
    """Throw away an answer that nobody has approved; answers the action's id."""
    actor.check(Permission.MAILINGS_DRAFT)
    relay = get_relay(actor, relay_id, lock=True)
    if relay.state != RelayState.DRAFT:
        raise Conflict("It has been approved, so it stays.")
    audit.record(actor, "letter_relay.discarded", "letter_relay", relay.id)
    db.session.delete(relay)
    return relay.action_id


def why_not_approve(actor: Actor, relay: LetterRelay) -> str | None:
    """Why this person may not let it go, in words; ``None`` where they may."""
    if not actor.can(Permission.MAILINGS_SEND):
        return "The coordinator or an administrator approves it."
    if relay.drafted_by == actor.user_id:
        return "You took it down, so another person has to read it."
    return None


def approve_relay(actor: Actor, relay_id: UUID, shown_hash: str) -> bool:
    """Pass exactly these words on to everyone whose letter has arrived. Returns whether that changed anything."""
    relay = get_relay(actor, relay_id, lock=True)
    reason = why_not_approve(actor, relay)
    if reason is not None:
        raise Forbidden(reason)
    if hash_shown(relay) != shown_hash:
        raise Conflict("This has changed since you read it. Read it again before you approve it.")
    if not relay.approve(shown_hash, actor.author_label, now()):
        return False
    chosen: Any = db.session.execute(
        update(Letter)
        .where(*is_to_be_told(relay))
        .values(relay_due_at=now())
        .execution_options(synchronize_session=False)
    )
    audit.record(
        actor, "letter_relay.approved", "letter_relay", relay.id, hash=shown_hash, count=chosen.rowcount
    )
    _ring(relay)
    return True


def go_on_or_finish(relay_id: UUID) -> None:
    """Ring for a relay that has something due, and finish one that has nothing left."""
    relay = find(LetterRelay, relay_id)
    if relay is None:
        return
    if list_due_letters(relay, now(), 1):
        _ring(relay)
    elif not has_left_to_tell(relay):
        relay.finish(now())


def hash_shown(relay: LetterRelay) -> str:
    """What approving this relay binds."""
    return hash_answer(relay.id, relay.holding_id, relay.answer or "")


def _ring(relay: LetterRelay) -> None:
    enqueue_after_commit(
        "organising.letters.jobs.relay_answer",
        organisation_id=relay.organisation_id,
        row_id=relay.id,
        purpose="relay_answer",
        queue="mail",
    )


def list_members_written_to(action_id: UUID) -> list[tuple[UUID, str]]:
    """The MPs to whom letters of an action have left, by name, for choosing whose answer it is."""
    holding_ids = list(count_written_to(action_id))
    members = [find_member(holding_id) for holding_id in holding_ids]
    named = [(one.holding_id, f"{one.name}, {one.constituency}") for one in members if one is not None]
    return sorted(named, key=lambda pair: pair[1].casefold())
