"""The runner of answers that are passed on: each mail under every limit, once, committed as it goes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, update

from organising.letters.links import letter_url
from organising.letters.models import Letter, LetterRelay, RelayState
from organising.letters.queries import find_member, list_due_letters
from organising.letters.services.relaying import go_on_or_finish, hash_shown
from organising.mailings.services.limits import Passenger, take_slots
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, find
from organising.platform.message import OutgoingMail
from organising.platform.once import send_once

GIVE_UP = timedelta(hours=48)
TRY_AGAIN = timedelta(minutes=15)
LOT = 50


def relay_answer(actor: Actor, relay_id: UUID) -> int:
    """Send what is due of one relay; returns how many left. Runs twice without harm: each letter is told once."""
    told = 0
    relay = find(LetterRelay, relay_id)
    if relay is None or relay.state != RelayState.APPROVED or relay.approved_hash != hash_shown(relay):
        return 0
    for letter_id in list_due_letters(relay, now(), LOT):
        told += _tell(actor, relay_id, letter_id)
    go_on_or_finish(relay_id)
    return told


def _tell(actor: Actor, relay_id: UUID, letter_id: UUID) -> bool:
    relay, letter = find(LetterRelay, relay_id), find(Letter, letter_id)
    if relay is None or letter is None or letter.email is None or letter.relayed_at is not None:
        return False
    assert relay.approved_at is not None
    given_up_at = relay.approved_at + GIVE_UP
    waiting = take_slots(actor.organisation_id, relay_id, [Passenger(letter.email, letter_id)], None)
    if waiting:
        letter.relay_due_at = waiting[0]
        db.session.commit()
        return False
    mail = compose_answer(actor, relay, letter)
    db.session.commit()
    attempt = send_once(
        mail, claim=lambda: _claim(letter_id), give_back=lambda: _change(letter_id, relayed_at=None)
    )
    if attempt.refusal is not None:
        is_over = attempt.refusal.is_permanent or now() > given_up_at
        _change(letter_id, relay_due_at=None if is_over else now() + TRY_AGAIN)
        db.session.commit()
    return attempt.may_have_left


def compose_answer(actor: Actor, relay: LetterRelay, letter: Letter) -> OutgoingMail:
    """The mail to one writer. Its subject tells nothing to someone who looks over the shoulder."""
    member = find_member(relay.holding_id)
    text: str = _(
        "Hello %(name)s,\n\n"
        "You wrote to %(member)s through %(organisation)s. This is what their office answered, passed on to everyone who "
        "wrote to them there:\n\n%(answer)s\n\n-- \n"
        "This is passed on once, and nothing more comes of it. If you were answered yourself, that answer is the one that "
        "counts. Your letter’s own page:\n%(link)s\n",
        name=letter.name,
        member=member.name if member else "",
        organisation=actor.organisation_name,
        answer=relay.answer,
        link=letter_url(letter.signing_id),
    )
    return OutgoingMail(letter.email or "", _("An answer to your letter"), text)


def _claim(letter_id: UUID) -> bool:
    untold = (Letter.relayed_at.is_(None), Letter.details_removed_at.is_(None))
    return _change(letter_id, *untold, relayed_at=now(), relay_due_at=None)


def _change(letter_id: UUID, *conditions: ColumnElement[bool], **values: datetime | None) -> bool:
    changed: Any = db.session.execute(
        update(Letter)
        .where(Letter.id == letter_id, *conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)
