"""From a confirmed letter to the outbox, and the end of a closed action's mailing. Each runs twice without harm."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from organising.letters.models import Letter, LetterState
from organising.letters.queries import (
    get_action,
    list_closed_since,
    list_open_without_way_out,
    list_unqueued,
)
from organising.mailings.models import Mailing
from organising.mailings.queries import get_own
from organising.mailings.services import outbox, sending
from organising.mailings.states import MailingState
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.message import address_of

# A confirmation that began before an action was closed is over by then.
SETTLING_IN = timedelta(minutes=10)
# A letter for a cancelled mailing is cancelled with it, and its writer told so.
TAKES_LETTERS = (
    MailingState.SENDING,
    MailingState.PAUSED,
    MailingState.SENT,
    MailingState.CANCELLED,
)


def queue_letter(actor: Actor, letter_id: UUID) -> bool:
    """Put a confirmed letter into the outbox and ring for the runner; returns whether it was not there before."""
    mailing = _add(actor, letter_id)
    if mailing is not None:
        _wake(actor, mailing)
    return mailing is not None


def queue_waiting(actor: Actor) -> int:
    """The same for own letters that no doorbell has brought there, ringing once for each mailing; returns how many."""
    added = [mailing for letter_id in list_unqueued() if (mailing := _add(actor, letter_id)) is not None]
    for mailing in {one.id: one for one in added}.values():
        _wake(actor, mailing)
    return len(added)


def _add(actor: Actor, letter_id: UUID) -> Mailing | None:
    """The mailing that a letter now leaves by; ``None`` where it does not, or did already.

    The row stays locked until that is committed, so a letter that is just being taken back is not put there.
    """
    letter = db.session.scalars(
        select(Letter)
        .where(Letter.id == letter_id, Letter.state == LetterState.CONFIRMED)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if letter is None or letter.body_cipher is None:
        return None
    action = get_action(actor, letter.action_id)
    if action.mailing_id is None:
        return None
    mailing = get_own(actor, action.mailing_id)
    if mailing.state not in TAKES_LETTERS:
        return None
    added = outbox.add_letter(
        actor.organisation_id,
        mailing.id,
        letter_id=letter.id,
        holding_id=letter.holding_id,
        address=letter.address,
        host=address_of(mailing.sender or "").partition("@")[2],
    )
    return mailing if added else None


def _wake(actor: Actor, mailing: Mailing) -> None:
    if mailing.state == MailingState.SENT:
        mailing = get_own(actor, mailing.id, lock=True)
        mailing.become(MailingState.SENDING)
        mailing.finished_at = None
    sending.ring(mailing)


def finish_closed(actor: Actor) -> int:
    """Let the mailings of closed actions come to their end; returns how many may now."""
    freed = 0
    for action in list_closed_since(now() - SETTLING_IN):
        assert action.mailing_id is not None
        mailing = get_own(actor, action.mailing_id, lock=True)
        if mailing.expanded_at is None and not list_unqueued(action.id, limit=1):
            mailing.expanded_at = now()
            freed += 1
    return freed


def close_cancelled(actor: Actor) -> int:
    """Close actions whose mailing a person has cancelled: nothing they take could leave. Returns how many."""
    closed = 0
    for action_id in list_open_without_way_out():
        action = get_action(actor, action_id, lock=True)
        if action.close(now()):
            audit.record(
                actor, "letter_action.closed", "letter_action", action.id, because="mailing cancelled"
            )
            closed += 1
    return closed
