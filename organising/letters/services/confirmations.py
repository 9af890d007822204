"""The confirmation mail of a letter: to whom it goes, and what it says."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from organising.letters.links import letter_url
from organising.letters.models import Letter, LetterState
from organising.letters.queries import count_mails_since, find_earlier
from organising.letters.texts import MOST_MAILS_A_DAY, UNCONFIRMED_DAYS
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import find
from organising.platform.discreet import discreet_mail
from organising.platform.languages import in_language
from organising.platform.message import OutgoingMail

DAY = timedelta(days=1)


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
    with in_language(letter.confirmation_language):
        mail = compose_confirmation(actor, letter)
    return letter.send_confirmation(mail).may_have_left


def compose_confirmation(actor: Actor, letter: Letter) -> OutgoingMail:
    """The mail, in the language put in force. Its subject tells nothing to someone who looks over the shoulder."""
    values = {
        "organisation": actor.organisation_name,
        "link": letter_url(letter.signing_id, letter.confirmation_language),
        "days": UNCONFIRMED_DAYS,
    }
    if find_earlier(letter) is not None:
        return discreet_mail(letter.email or "", _repeat_words(values), again=True)
    return discreet_mail(letter.email or "", _first_words(values))


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
