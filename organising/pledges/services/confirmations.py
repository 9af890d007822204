"""The confirmation mail of a signature: to whom it goes, and what it says."""

from typing import Any
from uuid import UUID

from flask_babel import format_date
from flask_babel import gettext as _

from ...platform.actor import Actor
from ...platform.clock import LONDON
from ...platform.db import db, find
from ...platform.message import OutgoingMail
from ..links import signing_url
from ..models import Part, Pledge, PledgeDrive, PledgeState
from ..queries import find_earlier
from ..texts import UNCONFIRMED_DAYS


def send_confirmation(actor: Actor, pledge_id: UUID) -> bool:
    """Send the one confirmation mail of a signature; returns whether it left now. Runs twice without harm."""
    pledge = find(Pledge, pledge_id)
    if pledge is None or pledge.state != PledgeState.PENDING or pledge.part != Part.COLLECTED:
        return False
    if pledge.confirmation_sent_at is not None or pledge.email is None:
        return False
    return pledge.send_confirmation(compose_confirmation(actor, pledge)).may_have_left


def compose_confirmation(actor: Actor, pledge: Pledge) -> OutgoingMail:
    """The mail. Its subject tells nothing to someone who looks over the shoulder."""
    drive = db.session.get_one(PledgeDrive, pledge.drive_id)
    values = {
        "title": drive.title,
        "organisation": actor.organisation_name,
        "link": signing_url(pledge.signing_id),
        "days": UNCONFIRMED_DAYS,
    }
    earlier = find_earlier(pledge)
    if earlier is None:
        return OutgoingMail(pledge.email or "", _("Please confirm your email address"), _first_words(values))
    assert earlier.confirmed_at is not None
    values["date"] = format_date(earlier.confirmed_at.astimezone(LONDON).date(), "d MMMM y")
    return OutgoingMail(pledge.email or "", _("About your email address"), _repeat_words(values))


def _first_words(values: dict[str, Any]) -> str:
    text: str = _(
        "Hello,\n\n"
        "This address was used to sign “%(title)s” through %(organisation)s.\n\n"
        "If that was you, open this page and press “Confirm my signature”:\n\n%(link)s\n\n"
        "Only then are you counted. If you have signed through another partner as well, you are counted once.\n\n"
        "If it was not you, the same page lets you say so, and everything is erased. If nobody does anything, "
        "it is erased after %(days)d days.\n\n"
        "Keep this message: with the link you can withdraw your signature at any time.\n",
        **values,
    )
    return text


def _repeat_words(values: dict[str, Any]) -> str:
    text: str = _(
        "Hello,\n\n"
        "This address was used to sign “%(title)s” through %(organisation)s, but you have already signed, on "
        "%(date)s. You are counted once, and there is nothing you need to do.\n\n"
        "If you ticked a box this time and want it to hold, you can confirm here:\n\n%(link)s\n\n"
        "If it was not you, the same page lets you say so. If nobody does anything, this second signature is "
        "erased after %(days)d days; the first one stays.\n",
        **values,
    )
    return text
