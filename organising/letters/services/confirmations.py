"""The confirmation mail: which letters wait for one, what it says, and that it leaves once, in its own lane."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from organising.letters.links import letter_url
from organising.letters.models import Letter, LetterState
from organising.letters.queries import count_mails_since, find_earlier
from organising.letters.texts import MOST_MAILS_A_DAY, UNCONFIRMED_DAYS
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, find
from organising.platform.mail import OutgoingMail, Refused, ReplyLost, get_mailer

GIVE_UP = timedelta(hours=48)
DAY = timedelta(days=1)
# A sweep rings again for the same row only after so long: a slow queue is not filled with the same doorbell.
RING_AGAIN = timedelta(minutes=5)
LONGEST_WAIT_MINUTES = 240


class AlreadySent(Exception):
    """Another worker committed this mail first; ours is dropped at its final dot."""


def send_confirmation(actor: Actor, letter_id: UUID) -> bool:
    """Send the one confirmation mail of a letter; returns whether it left now. Runs twice without harm."""
    letter = find(Letter, letter_id)
    if letter is None or letter.state != LetterState.UNCONFIRMED:
        return False
    if letter.confirmation_sent_at is not None or letter.email is None:
        return False
    if count_mails_since(letter, now() - DAY) >= MOST_MAILS_A_DAY:
        letter.confirmation_refused_at = now()
        return False
    mail = compose_confirmation(actor, letter)
    try:
        get_mailer().send(mail, before_dot=lambda: _commit_sent(letter_id))
    except AlreadySent:
        return False
    except ReplyLost:
        return True
    except Refused as refused:
        _note_refusal(letter_id, permanent=refused.is_permanent)
        return False
    return True


def compose_confirmation(actor: Actor, letter: Letter) -> OutgoingMail:
    """The mail. Its subject tells nothing to someone who looks over the shoulder."""
    values = {
        "organisation": actor.organisation_name,
        "link": letter_url(letter.signing_id),
        "days": UNCONFIRMED_DAYS,
    }
    if find_earlier(letter) is not None:
        return OutgoingMail(letter.email or "", _("About your email address"), _repeat_words(values))
    return OutgoingMail(letter.email or "", _("Please confirm your email address"), _first_words(values))


def _first_words(values: dict[str, Any]) -> str:
    text: str = _(
        "Hello,\n\n"
        "This address was used to write to an MP through %(organisation)s.\n\n"
        "If that was you, open this page, read your letter once more and press “Send my letter”:\n\n%(link)s\n\n"
        "Only then does it leave.\n\n"
        "If it was not you, or you have changed your mind, the same page lets you say so, and everything is erased. "
        "If nobody does anything, it is erased after %(days)d days.\n\n"
        "Keep this message: with the link you can take your letter back until it has left.\n",
        **values,
    )
    return text


def _repeat_words(values: dict[str, Any]) -> str:
    text: str = _(
        "Hello,\n\n"
        "This address was used to write to an MP through %(organisation)s, but a letter from you is on its way or has "
        "left already. One letter a person is sent, so this second one is not, and there is nothing you need to do.\n\n"
        "To read it again or to erase it now:\n\n%(link)s\n\n"
        "If nobody does anything, it is erased after %(days)d days. Your first letter stays as it is.\n",
        **values,
    )
    return text


def _commit_sent(letter_id: UUID) -> None:
    changed: Any = db.session.execute(
        update(Letter)
        .where(
            Letter.id == letter_id,
            Letter.state == LetterState.UNCONFIRMED,
            Letter.confirmation_sent_at.is_(None),
        )
        .values(confirmation_sent_at=now())
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:
        db.session.rollback()
        raise AlreadySent
    db.session.commit()


def _note_refusal(letter_id: UUID, *, permanent: bool) -> None:
    """A refusal for good ends it; any other is tried again, later each time, for two days."""
    letter = find(Letter, letter_id)
    if letter is None:
        return
    at = now()
    if permanent or letter.created_at < at - GIVE_UP:
        letter.confirmation_refused_at = at
        return
    letter.confirmation_tries += 1
    wait = min(2 ** (letter.confirmation_tries - 1), LONGEST_WAIT_MINUTES)
    letter.confirmation_due_at = at + timedelta(minutes=wait)


def claim_due(limit: int = 200) -> Sequence[UUID]:
    """Letters of the current organisation whose mail is due and not sent; each is claimed for five minutes."""
    at = now()
    due = (
        select(Letter.id)
        .where(
            Letter.state == LetterState.UNCONFIRMED,
            Letter.confirmation_sent_at.is_(None),
            Letter.confirmation_refused_at.is_(None),
            # The doorbell of a fresh letter is still on its way.
            Letter.confirmation_due_at < at - timedelta(seconds=20),
        )
        .order_by(Letter.confirmation_due_at)
        .limit(limit)
    )
    ids = list(db.session.scalars(due))
    if ids:
        db.session.execute(
            update(Letter)
            .where(Letter.id.in_(ids))
            .values(confirmation_due_at=at + RING_AGAIN)
            .execution_options(synchronize_session=False)
        )
    return ids
