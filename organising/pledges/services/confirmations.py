"""The confirmation mail of a signature: to whom it goes, and what it says."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from ...platform.actor import Actor
from ...platform.db import find
from ...platform.discreet import discreet_mail
from ...platform.languages import in_language, kept_language
from ...platform.message import OutgoingMail
from ...platform.ui import longdate
from ..links import signing_url
from ..models import Channel, Part, Pledge, PledgeState
from ..queries import find_earlier, get_signed_text
from ..texts import DETAILS_DAYS, confirmable_until

# Who signed on the web waits for it; who signed on paper is counted as witnessed, and may confirm.
UNCONFIRMED = (PledgeState.PENDING, PledgeState.WITNESSED)


def send_confirmation(actor: Actor, pledge_id: UUID) -> bool:
    """Send the one confirmation mail of a signature; returns whether it left now. Runs twice without harm."""
    pledge = find(Pledge, pledge_id)
    if pledge is None or pledge.state not in UNCONFIRMED or pledge.part != Part.COLLECTED:
        return False
    if pledge.confirmation_sent_at is not None or pledge.email is None:
        return False
    with in_language(pledge.confirmation_language):
        mail = compose_confirmation(actor, pledge)
    return pledge.send_confirmation(mail).may_have_left


def compose_confirmation(actor: Actor, pledge: Pledge) -> OutgoingMail:
    """The mail, in the language put in force: discreet in sender, subject and first lines."""
    text = get_signed_text(pledge.drive_id, pledge.wording_version, pledge.signed_text)
    values = {
        "title": text.title,
        "organisation": actor.organisation_name,
        "link": _link_to(pledge),
        "until": longdate(confirmable_until(pledge.created_at)),
    }
    earlier = find_earlier(pledge)
    if pledge.state == PledgeState.WITNESSED:
        return discreet_mail(
            pledge.email or "", _paper_words(pledge, values, earlier), again=earlier is not None
        )
    if earlier is None:
        return discreet_mail(pledge.email or "", _first_words(values))
    values["date"] = longdate(earlier.confirmed_at)
    values["earlier"] = _link_to(earlier)
    return discreet_mail(pledge.email or "", _repeat_words(values), again=True)


def compose_reminder(actor: Actor, pledge: Pledge) -> OutgoingMail:
    """The link to a confirmed signature, for who has lost it."""
    signed = get_signed_text(pledge.drive_id, pledge.wording_version, pledge.signed_text)
    text: str = _(
        "Hello,\n\n"
        "Here is the page that you asked for. Please open it when you are alone:\n\n%(link)s\n\n"
        "What it is about: with this address you have signed “%(title)s” through %(organisation)s, and you are "
        "counted. On the page you can see, correct or withdraw your signature.\n\n"
        "If you did not ask for this email, there is nothing you need to do.\n",
        title=signed.title,
        organisation=actor.organisation_name,
        link=_link_to(pledge),
    )
    return discreet_mail(pledge.email or "", text, again=True)


def _link_to(pledge: Pledge) -> str:
    return signing_url(pledge.signing_id, pledge.link_version, language=kept_language())


def _first_words(values: dict[str, Any]) -> str:
    text: str = _(
        "Hello,\n\n"
        "If you have just asked for this email, please open this page when you are alone, and press the button "
        "there:\n\n%(link)s\n\n"
        "What it is about: this address was used to sign “%(title)s” through %(organisation)s. Only when the button is "
        "pressed are you counted. If you have signed through another partner as well, you are counted once.\n\n"
        "The link confirms until %(until)s. If it was not you, the same page lets you say so, and everything is "
        "erased. If nobody does anything, it is erased after that day.\n\n"
        "Keep this message: with the link you can correct or withdraw your signature at any time.\n",
        **values,
    )
    return text


def _paper_words(pledge: Pledge, values: dict[str, Any], earlier: Pledge | None) -> str:
    """For an address that came on paper: how it came here, and what pressing the button changes."""
    assert pledge.witnessed_at is not None
    words = values | {
        "date": longdate(pledge.witnessed_at),
        "gone": longdate(pledge.created_at + timedelta(days=DETAILS_DAYS)),
    }
    begins: str = _(
        "Hello,\n\n"
        "Did you write this email address down for somebody lately? Then please open this page when you are alone, "
        "and read on there or here:\n\n%(link)s\n\n",
        **words,
    )
    if pledge.channel == Channel.EVENT:
        came: str = _(
            "What it is about: on %(date)s somebody signed “%(title)s” at a stall of %(organisation)s, on a device there, "
            "and left this address. That is how it came to us. %(organisation)s holds it.\n\n",
            **words,
        )
    else:
        came = _(
            "What it is about: on %(date)s somebody signed “%(title)s” on a paper sheet of %(organisation)s, and left this "
            "address. It was typed in from the sheet; that is how it came to us. %(organisation)s holds it.\n\n",
            **words,
        )
    before = (
        _(
            "You have also signed on the web, and confirmed that on %(date)s. You are counted once, and there is nothing "
            "you need to do.\n\n",
            date=longdate(earlier.confirmed_at),
        )
        if earlier
        else ""
    )
    ends: str = _(
        "The signature is counted as witnessed, by whoever collected it. If you press the button on the page, it is "
        "counted as confirmed; if you do nothing, it stays as it is. You are counted once, however often you have "
        "signed.\n\n"
        "If it was not you, the same page lets you say so, and everything is erased.\n\n"
        "Who ticked no box there gets no other email, and the address is deleted on %(gone)s. Keep this message: with the "
        "link you can confirm or withdraw your signature.\n",
        **words,
    )
    return f"{begins}{came}{before}{ends}"


def _repeat_words(values: dict[str, Any]) -> str:
    text: str = _(
        "Hello,\n\n"
        "There is nothing you need to do. Somebody, probably you, gave this address on a page where we knew it "
        "already, and you may want to read on when you are alone.\n\n"
        "What it is about: this address was used to sign “%(title)s” through %(organisation)s, but you have already "
        "signed, on %(date)s. You are counted once.\n\n"
        "If you ticked a box this time and want it to hold, you can confirm here until %(until)s:\n\n%(link)s\n\n"
        "If it was not you, the same page lets you say so. If nobody does anything, this second signature is "
        "erased after that day; the first one stays. To see, correct or withdraw the first one:\n\n%(earlier)s\n",
        **values,
    )
    return text
