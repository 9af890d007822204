"""From approval to the end: starting, pausing, cancelling, finishing. All in the owner's organisation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from organising.mailings.binding import current_hash
from organising.mailings.content import AudienceHash, bind_names, hash_content
from organising.mailings.models import Delivery, Mailing, SignOff
from organising.mailings.queries import count_refusals, get_own
from organising.mailings.sources import find_source
from organising.mailings.states import UNFINISHED, UNSETTLED, MailingState
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Conflict
from organising.platform.permissions import Permission
from organising.platform.queue import enqueue_after_commit

from . import outbox
from .decisions import is_declined, ring_for_sign_offs, standing_approval, standing_release
from .drafting import withdraw_loan
from .identities import why_sender_unconfirmed
from .signatories import are_names_settled, note_answers, why_not_in_name

DELIVER = "organising.mailings.jobs.deliver"
CHANGED = "The mailing is not what was signed off."
WITHDRAWN = "The sign-off was withdrawn."


def apply_sign_offs(actor: Actor, mailing_id: UUID) -> Mailing:
    """Let what is on record take effect on an own mailing; doing it again changes nothing.

    Everything is computed again here: the hash, who signed in which role, and that it was not the last
    editor.
    """
    mailing = get_own(actor, mailing_id, lock=True)
    if mailing.state == MailingState.IN_REVIEW:
        _apply_review(actor, mailing)
    if mailing.state in (MailingState.APPROVED, MailingState.SCHEDULED):
        _apply_release(actor, mailing)
    if mailing.state == MailingState.SENDING:
        reason = why_unapproved(mailing)
        if reason is not None:
            stop(actor, mailing, reason)
    return mailing


def _apply_review(actor: Actor, mailing: Mailing) -> None:
    content_hash = current_hash(mailing)
    approval = standing_approval(mailing, content_hash)
    names = note_answers(mailing, content_hash)
    if is_declined(mailing, content_hash):
        _back_to_draft(actor, mailing, "declined")
    elif approval is not None and are_names_settled(mailing):
        mailing.become(MailingState.APPROVED)
        mailing.named, mailing.approved_at = names, now()
        mailing.approved_hash = bind_names(content_hash, names)
        audit.record(
            actor, "mailing.approved", "mailing", mailing.id, hash=content_hash, sign_off=str(approval.id)
        )


def _rename(actor: Actor, mailing: Mailing) -> None:
    """Let names come and go until it leaves, and only go afterwards: the text stands as it was approved."""
    content_hash = current_hash(mailing)
    names = note_answers(mailing, content_hash)
    if mailing.started_at is not None:
        names = [name for name in names if name in mailing.named]
    if mailing.approved_hash == bind_names(content_hash, mailing.named) and names != mailing.named:
        audit.record(
            actor,
            "mailing.names_changed",
            "mailing",
            mailing.id,
            was=[name for _id, name in mailing.named],
            now=[name for _id, name in names],
        )
        mailing.named, mailing.approved_hash = names, bind_names(content_hash, names)
        mailing.version += 1


def _apply_release(actor: Actor, mailing: Mailing) -> None:
    _rename(actor, mailing)
    reason = why_unapproved(mailing)
    if reason is not None:
        _back_to_draft(actor, mailing, "voided")
        return
    released = standing_release(mailing, current_hash(mailing))
    if released is None:
        return
    if mailing.send_at is not None and mailing.send_at > now():
        _wait(actor, mailing, released, mailing.send_at)
        return
    mailing.become(MailingState.SENDING)
    mailing.started_at, mailing.stopped_because = now(), None
    audit.record(
        actor, "mailing.started", "mailing", mailing.id, hash=mailing.approved_hash, release=str(released.id)
    )
    ring(mailing)


def _wait(actor: Actor, mailing: Mailing, released: SignOff, until: datetime) -> None:
    """Send was pressed for a time that has not come: the doorbell rings then, and the sweep looks too."""
    if mailing.become(MailingState.SCHEDULED):
        audit.record(
            actor,
            "mailing.scheduled",
            "mailing",
            mailing.id,
            until=until.isoformat(),
            release=str(released.id),
        )
        ring_for_sign_offs(mailing, max(1.0, (until - now()).total_seconds()))


def _back_to_draft(actor: Actor, mailing: Mailing, why: str) -> None:
    mailing.become(MailingState.DRAFT)
    mailing.unbind()
    withdraw_loan(mailing)
    audit.record(actor, f"mailing.{why}", "mailing", mailing.id)


def why_unapproved(mailing: Mailing, audience: AudienceHash | None = None) -> str | None:
    """Why this mailing may not be sent as it stands, or ``None``: asked at the start and at each claim.

    ``audience`` is of those that would be sent to, where the caller has them in hand.
    """
    source = find_source(mailing)
    if source is not None:
        return source.why_unapproved()
    return why_not_as_signed_off(
        mailing, current_hash(mailing) if audience is None else hash_content(mailing, audience)
    )


def why_not_as_signed_off(mailing: Mailing, content_hash: str) -> str | None:
    """Why this content is not what was signed off, in the names and from the sender that it was, or ``None``."""
    if mailing.approved_hash != bind_names(content_hash, mailing.named):
        return CHANGED
    if standing_approval(mailing, content_hash) is None:
        return WITHDRAWN
    return why_not_in_name(mailing, content_hash) or why_sender_unconfirmed(mailing)


def ring(mailing: Mailing) -> None:
    """Ring for the runner; the sweep finds the mailing too."""
    enqueue_after_commit(
        DELIVER, organisation_id=mailing.organisation_id, row_id=mailing.id, purpose="deliver", queue="mail"
    )


def stop(actor: Actor, mailing: Mailing, reason: str) -> None:
    """Pause by itself, saying why."""
    if mailing.become(MailingState.PAUSED):
        mailing.stopped_because = reason
        audit.record(actor, "mailing.stopped", "mailing", mailing.id, reason=reason)


def pause(actor: Actor, mailing_id: UUID) -> Mailing:
    """No more claims, and no message held at its dot gets it. What was let go before is in flight."""
    actor.check(Permission.MAILINGS_SEND)
    mailing = get_own(actor, mailing_id, lock=True)
    if not mailing.become(MailingState.PAUSED):
        raise Conflict("Only a mailing that is being sent can be paused.")
    mailing.stopped_because = None
    audit.record(actor, "mailing.paused", "mailing", mailing.id)
    return mailing


def resume(actor: Actor, mailing_id: UUID) -> Mailing:
    """Go on; raises :class:`Conflict` where the approval no longer stands."""
    actor.check(Permission.MAILINGS_SEND)
    mailing = get_own(actor, mailing_id, lock=True)
    if mailing.state != MailingState.PAUSED:
        raise Conflict("Only a paused mailing can go on.")
    # Whoever lets it go on lets it go without the names that were taken back.
    _rename(actor, mailing)
    reason = why_unapproved(mailing)
    if reason is not None:
        raise Conflict(f"{reason} It can only be cancelled.")
    mailing.become(MailingState.SENDING)
    mailing.stopped_because = None
    # Whoever lets it go on knows of the refusals so far: only further ones stop it again.
    mailing.refusals_known = count_refusals(mailing)
    audit.record(actor, "mailing.resumed", "mailing", mailing.id)
    ring(mailing)
    return mailing


def cancel(actor: Actor, mailing_id: UUID) -> Mailing:
    """Stop for good: what has not left will not leave."""
    actor.check(Permission.MAILINGS_SEND)
    mailing = get_own(actor, mailing_id, lock=True)
    if mailing.state not in (MailingState.SENDING, MailingState.PAUSED) or not mailing.become(
        MailingState.CANCELLED
    ):
        raise Conflict("There is nothing left to cancel.")
    mailing.finished_at = now()
    db.session.flush()
    cancelled = outbox.cancel_waiting(mailing.organisation_id, mailing.id)
    audit.record(actor, "mailing.cancelled", "mailing", mailing.id, cancelled=cancelled)
    return mailing


def finish(actor: Actor, mailing_id: UUID) -> Mailing:
    """Move on where nothing is left to send (sent), and nothing left to settle (closed)."""
    mailing = get_own(actor, mailing_id, lock=True)
    outbox.note_progress(mailing.organisation_id, mailing.id)
    leaving = mailing.state in (MailingState.SENDING, MailingState.PAUSED)
    if leaving and mailing.expanded_at and not _any(mailing, UNFINISHED):
        mailing.become(MailingState.SENT)
        mailing.finished_at = now()
        audit.record(actor, "mailing.sent", "mailing", mailing.id)
    if mailing.state == MailingState.SENT and not _any(mailing, UNSETTLED):
        mailing.become(MailingState.CLOSED)
        audit.record(actor, "mailing.closed", "mailing", mailing.id)
    return mailing


def _any(mailing: Mailing, states: tuple[str, ...]) -> bool:
    statement = select(func.count()).select_from(Delivery)
    statement = statement.where(Delivery.mailing_id == mailing.id, Delivery.state.in_(states))
    return bool(db.session.scalar(statement))
