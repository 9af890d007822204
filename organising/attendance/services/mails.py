"""Sending one message to somebody who signed up, unless it no longer applies as it stands now."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from organising.actions.models import BranchAction
from organising.actions.states import HAPPENED, State
from organising.mailings.services.stops import stopped_among
from organising.mailings.services.suppressions import hash_address, suppressed_since
from organising.organisations.queries import find_system_actor
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, find
from organising.platform.languages import in_language
from organising.platform.returned import return_path

from ..models import AttendanceMail, Attended, MailKind, MeetingSlot, SignUp, SignUpState
from ..queries.mails import count_confirmations_since, has_later
from ..queries.meetings import briefing_key, list_lines
from ..texts import MOST_MAILS_A_DAY
from .composing import compose_confirmation
from .notices import compose_notice
from .planning_mail import ON

DAY = timedelta(days=1)
# Courtesies. Whoever asked every partner to stop still hears what they would otherwise stand before a closed door for.
COURTESIES = (MailKind.REMINDER, MailKind.THANKS)


def send_mail(actor: Actor, mail_id: UUID) -> bool:
    """Send one message; returns whether it left now. Runs twice without harm."""
    mail = find(AttendanceMail, mail_id)
    if mail is None or mail.confirmation_sent_at is not None or mail.dropped_at is not None:
        return False
    sign_up, action = db.session.get_one(SignUp, (mail.organisation_id, mail.sign_up_id)), _action_of(mail)
    if sign_up.email is None or action is None or not _applies(actor, mail, sign_up, action):
        mail.dropped_at = now()
        return False
    with in_language(mail.confirmation_language):
        if mail.kind == MailKind.CONFIRM:
            outgoing = compose_confirmation(actor, mail, sign_up, action)
        else:
            outgoing = compose_notice(actor, MailKind(mail.kind), sign_up, action)
    attempt = mail.send_confirmation(
        replace(outgoing, return_path=return_path(mail.organisation_id, mail.id))
    )
    if attempt.refusal is not None and attempt.refusal.is_permanent and sign_up.bounced_at is None:
        note_bounce(actor, sign_up)
    return attempt.may_have_left


def note_bounce(actor: Actor, sign_up: SignUp) -> None:
    """Nothing more is sent to an address that takes no mail; staff see that somebody could not be told."""
    if sign_up.bounced_at is None:
        sign_up.bounced_at = now()
        audit.record(actor, "attendance.bounced", "sign_up", sign_up.id)


def learn_returned(mail_id: UUID, for_good: bool) -> bool:
    """Note that a mail came back for good after a server had taken it; answers whether it is one of these."""
    mail = find(AttendanceMail, mail_id)
    if mail is None:
        return False
    if for_good:
        sign_up = db.session.get_one(SignUp, (mail.organisation_id, mail.sign_up_id))
        note_bounce(find_system_actor(mail.organisation_id), sign_up)
        db.session.flush()
    return True


def _action_of(mail: AttendanceMail) -> BranchAction | None:
    sign_up = db.session.get_one(SignUp, (mail.organisation_id, mail.sign_up_id))
    return db.session.get(BranchAction, sign_up.action_id)


def _applies(actor: Actor, mail: AttendanceMail, sign_up: SignUp, action: BranchAction) -> bool:
    kind, at = MailKind(mail.kind), now()
    if sign_up.bounced_at is not None:
        return False
    if kind is MailKind.CONFIRM:
        return (
            sign_up.state == SignUpState.UNCONFIRMED
            and count_confirmations_since(sign_up, at - DAY) < MOST_MAILS_A_DAY
        )
    if kind in COURTESIES and not _welcome(actor, sign_up.email or ""):
        return False
    if kind is MailKind.THANKS:
        return action.state in (State.DONE, *HAPPENED) and sign_up.attended != Attended.STAYED_AWAY
    if kind is MailKind.CANCELLED:
        return action.state == State.CANCELLED and mail.key == f"v{action.version}"
    if action.state not in ON or action.starts_at <= at:
        return False
    if kind is MailKind.REMINDER:
        return mail.key == str(int(action.starts_at.timestamp())) and sign_up.state == SignUpState.GOING
    if kind is MailKind.BRIEFING:
        slot = find(MeetingSlot, sign_up.slot_id) if sign_up.slot_id else None
        return slot is not None and mail.key == briefing_key(slot, list_lines(slot.action_id))
    return not has_later(mail)


def _welcome(actor: Actor, address: str) -> bool:
    if suppressed_since(actor.organisation_id, [hash_address(address)]):
        return False
    return address not in stopped_among([address])
