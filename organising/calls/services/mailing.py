"""Mail to officers: rounds put on their way, taken back while nobody was written to, and each message sent once."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import exists, select, update

from organising.calls.links import Asked, answer_url
from organising.calls.models import ActionCall, CallMail, CallUnit, MailKind
from organising.calls.queries.rounds import Addressee, Round
from organising.calls.queries.units import find_present, unit_name
from organising.calls.states import UNDO_WINDOW, State
from organising.organisations.queries import Officer, list_people
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db, find
from organising.platform.message import OutgoingMail
from organising.platform.once import Outcome
from organising.platform.permissions import Permission
from organising.platform.queue import enqueue_after_commit
from organising.platform.returned import return_path
from organising.platform.ui import longdate

SEND = "organising.calls.jobs.send_calls"


def put_on_its_way(actor: Actor, call: ActionCall, wave: Round, batch_id: UUID, at: datetime) -> int:
    """Keep a row for each officer of a round, due when the undo window is over; answers how many."""
    for one in wave.addressees:
        db.session.add(_row(call, one, batch_id, at))
    db.session.flush()
    if wave.addressees:
        ring(actor)
    return len(wave.addressees)


def ring(actor: Actor) -> None:
    """Have what is due sent as soon as the undo window is over."""
    enqueue_after_commit(
        SEND,
        organisation_id=actor.organisation_id,
        purpose="send_calls",
        queue="mail",
        delay_seconds=UNDO_WINDOW.total_seconds() + 1,
    )


def tell_off(actor: Actor, call: ActionCall, batch_id: UUID, at: datetime) -> int:
    """Write to the officers of units that are doing it, or asked for help, that the call is called off."""
    rows = db.session.execute(
        select(CallMail.call_unit_id, CallMail.officer_id)
        .join(
            CallUnit,
            (CallUnit.id == CallMail.call_unit_id) & (CallUnit.organisation_id == CallMail.organisation_id),
        )
        .where(
            CallMail.call_id == call.id,
            CallMail.confirmation_sent_at.is_not(None),
            CallUnit.answer.in_(("doing", "need_help")),
        )
        .distinct()
    ).all()
    for row in rows:
        db.session.add(
            CallMail(
                call_id=call.id,
                call_unit_id=row.call_unit_id,
                officer_id=row.officer_id,
                kind=MailKind.OFF,
                batch_id=batch_id,
                confirmation_due_at=at + UNDO_WINDOW,
            )
        )
    db.session.flush()
    if rows:
        ring(actor)
    return len(rows)


def drop_waiting(call_id: UUID, batch_id: UUID | None = None) -> int:
    """Take back what has not left: of one batch, or all of the call's. Answers how many messages that were."""
    waiting = update(CallMail).where(
        CallMail.call_id == call_id, CallMail.confirmation_sent_at.is_(None), CallMail.dropped_at.is_(None)
    )
    if batch_id is not None:
        waiting = waiting.where(CallMail.batch_id == batch_id)
    dropped = db.session.execute(
        waiting.values(dropped_at=now()).returning(CallMail.id).execution_options(synchronize_session="fetch")
    )
    return len(dropped.all())


def is_waiting(call_id: UUID, batch_id: UUID | None = None) -> bool:
    """Whether any mail of the call, or of one batch, can still be taken back."""
    waiting = exists().where(
        CallMail.call_id == call_id, CallMail.confirmation_sent_at.is_(None), CallMail.dropped_at.is_(None)
    )
    if batch_id is not None:
        waiting = waiting.where(CallMail.batch_id == batch_id)
    return bool(db.session.scalar(select(waiting)))


def has_left(call_id: UUID, batch_id: UUID | None = None) -> bool:
    """Whether any mail of the call, or of one batch, left or may have."""
    left = exists().where(CallMail.call_id == call_id, CallMail.confirmation_sent_at.is_not(None))
    if batch_id is not None:
        left = left.where(CallMail.batch_id == batch_id)
    return bool(db.session.scalar(select(left)))


def send_mail(actor: Actor, mail_id: UUID) -> bool:
    """Send one mail, unless there is no reason for it any more; returns whether it left now."""
    mail = find(CallMail, mail_id)
    if mail is None or mail.confirmation_sent_at is not None or mail.dropped_at is not None:
        return False
    call, row = find(ActionCall, mail.call_id), find(CallUnit, mail.call_unit_id)
    assert call is not None
    assert row is not None
    officer = find_present(row.unit_id, mail.officer_id)
    if officer is None or not officer.email or not _is_called_for(mail, call, row):
        mail.drop()
        return False
    message = replace(
        compose(actor, call, row, officer, MailKind(mail.kind)),
        return_path=return_path(mail.organisation_id, mail.id),
    )
    attempt = mail.send_confirmation(message)
    if attempt.outcome is Outcome.SENT:
        mail.accepted_at = now()
    if attempt.refusal is not None and attempt.refusal.is_permanent:
        mail.refusal_code = attempt.refusal.code
    return attempt.may_have_left


def learn_returned(mail_id: UUID, for_good: bool) -> bool:
    """Note that a mail came back for good after a server had taken it; answers whether it is one of these."""
    mail = find(CallMail, mail_id)
    if mail is None:
        return False
    if for_good and mail.confirmation_refused_at is None:
        mail.confirmation_refused_at = now()
        db.session.flush()
    return True


def compose(actor: Actor, call: ActionCall, row: CallUnit, officer: Officer, kind: MailKind) -> OutgoingMail:
    """The message to one officer. It names the own unit and no other."""
    unit = unit_name(row.unit_id)
    subject = {
        MailKind.ASK: _("%(unit)s: %(title)s", unit=unit, title=call.title),
        MailKind.REMIND: _("A reminder for %(unit)s: %(title)s", unit=unit, title=call.title),
        MailKind.OFF: _("Called off: %(title)s", title=call.title),
    }[kind]
    text = (
        _off_text(actor, call, officer, unit)
        if kind is MailKind.OFF
        else _ask_text(actor, call, row, officer, unit, kind)
    )
    return OutgoingMail(to=officer.email or "", subject=subject, text=text, reply_to=_who_asks(call))


def _ask_text(
    actor: Actor, call: ActionCall, row: CallUnit, officer: Officer, unit: str, kind: MailKind
) -> str:
    parts = [_("Dear %(name)s,", name=officer.name)]
    if kind is MailKind.REMIND:
        parts.append(_("We have not heard from %(unit)s yet. One press is enough.", unit=unit))
    parts += [call.question, call.text or ""]
    if call.action_on is not None:
        parts.append(_("The day: %(day)s, or one that suits you better.", day=longdate(call.action_on)))
    parts.append(
        _(
            "Doing it, not us, or need help? Say so here by %(day)s, without signing in:\n%(link)s",
            day=longdate(call.due_on),
            link=answer_url(Asked(call.organisation_id, row.id, officer.id)),
        )
    )
    parts.append(_("You can change your answer there until then."))
    parts.append(f"{call.author_label}, {actor.organisation_name}")
    parts.append(
        _("This link is for %(unit)s alone. Pass it on only to somebody who may answer for it.", unit=unit)
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _off_text(actor: Actor, call: ActionCall, officer: Officer, unit: str) -> str:
    text: str = _(
        "Dear %(name)s,\n\n“%(title)s” is called off. There is nothing more for %(unit)s to do for it. What you planned "
        "for it stays in the diary until you call it off, too.\n\n%(author)s, %(organisation)s\n",
        name=officer.name,
        title=call.title,
        unit=unit,
        author=call.author_label,
        organisation=actor.organisation_name,
    )
    return text


def _who_asks(call: ActionCall) -> str | None:
    """Where an officer's answer by mail goes: to who wrote the call, while they still run calls here."""
    if call.created_by is None:
        return None
    people = list_people(call.organisation_id, Permission.CALLS_MANAGE, user_id=call.created_by)
    return next((email for _person, email in people), None)


def _is_called_for(mail: CallMail, call: ActionCall, row: CallUnit) -> bool:
    if mail.kind == MailKind.OFF:
        return call.state == State.WITHDRAWN
    return call.takes_answers(today()) and row.answer is None


def _row(call: ActionCall, one: Addressee, batch_id: UUID, at: datetime) -> CallMail:
    return CallMail(
        call_id=call.id,
        call_unit_id=one.call_unit_id,
        officer_id=one.officer.id,
        kind=one.kind,
        batch_id=batch_id,
        confirmation_due_at=at + UNDO_WINDOW,
    )
