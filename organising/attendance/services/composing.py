"""The mail that asks somebody to confirm their sign-up, in the language of the page that they signed up on.

It hints at where somebody comes from, so it is kept no longer than until the mail has gone.
"""

from typing import Any

from flask_babel import gettext as _

from organising.actions.models import BranchAction
from organising.actions.words import time_words
from organising.platform.actor import Actor
from organising.platform.discreet import discreet_mail
from organising.platform.message import OutgoingMail

from ..links import place_url
from ..models import AttendanceMail, SignUp
from ..queries.mails import stands_already
from ..texts import UNCONFIRMED_DAYS


def compose_confirmation(
    actor: Actor, mail: AttendanceMail, sign_up: SignUp, action: BranchAction
) -> OutgoingMail:
    """The mail, in the language put in force. Its subject tells nothing to someone who looks over the shoulder."""
    values: dict[str, Any] = {
        "organisation": actor.organisation_name,
        "title": action.title,
        "when": time_words(action),
        "link": place_url(sign_up.signing_id, mail.confirmation_language),
        "days": UNCONFIRMED_DAYS,
    }
    if stands_already(sign_up):
        text: str = _(
            "Hello,\n\n"
            "This address was used to sign up for an event of %(organisation)s, but you are on its list already: "
            "“%(title)s”, %(when)s. There is nothing you need to do; the link in your earlier email still works.\n\n"
            "To erase what was typed this time:\n\n%(link)s\n\n"
            "If nobody does anything, it is erased after %(days)d days.\n",
            **values,
        )
        return discreet_mail(sign_up.email or "", text, again=True)
    text = _(
        "Hello,\n\n"
        "This address was used to sign up for an event of %(organisation)s.\n\n"
        "If that was you, open this page and press “Yes, I’m coming”:\n\n%(link)s\n\n"
        "It is about “%(title)s”, %(when)s. Only then is your place yours.\n\n"
        "If it was not you, or you have changed your mind, the same page lets you say so, and everything is erased. "
        "If nobody does anything, it is erased after %(days)d days.\n\n"
        "Keep this message: with the link you can give your place up again.\n",
        **values,
    )
    return discreet_mail(sign_up.email or "", text)
