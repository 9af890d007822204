"""What somebody is told after they confirmed: a place that came free, a reminder, a change, a cancellation, thanks, a briefing.

In English: no language is kept of anybody. Each message links to their page in the others. Subjects say nothing of the
campaign to whoever looks at the phone.
"""

from flask import current_app
from flask_babel import gettext as _

from organising.actions.models import BranchAction
from organising.actions.states import AGREED
from organising.actions.words import time_words
from organising.config import Settings
from organising.letters.links import writing_url
from organising.letters.queries import find_open_page
from organising.platform.actor import Actor
from organising.platform.languages import LANGUAGES, OTHERS
from organising.platform.links import address_of_page
from organising.platform.message import OutgoingMail
from organising.platform.ui import longdate

from ..links import place_url
from ..models import MailKind, SignUp
from ..queries.meetings import BriefingFor, find_briefing_for
from ..queries.people import find_page
from ..texts import KEPT_DAYS


def compose_notice(actor: Actor, kind: MailKind, sign_up: SignUp, action: BranchAction) -> OutgoingMail:
    """The message of one kind."""
    subject, words = _WORDS[kind](actor, sign_up, action)
    parts = [_("Hello %(name)s,", name=sign_up.name or ""), *words, _whose(actor, sign_up)]
    settings: Settings = current_app.config["SETTINGS"]
    return OutgoingMail(
        to=sign_up.email or "",
        subject=subject,
        text="\n\n".join(part for part in parts if part) + "\n",
        sender=settings.discreet_from,
    )


def _facts(action: BranchAction) -> str:
    where = ", ".join(part for part in (action.place, action.area, action.postcode) if part)
    return "\n".join([action.title, time_words(action), where])


def _notes(action: BranchAction) -> str:
    page = find_page(action.id)
    return (page.notes or "").strip() if page is not None else ""


def _whose(actor: Actor, sign_up: SignUp) -> str:
    link = place_url(sign_up.signing_id)
    others = "\n".join(f"{LANGUAGES[code]}: {place_url(sign_up.signing_id, code)}" for code in OTHERS)
    words: str = _(
        "Your place, to look at, put right or give up:\n%(link)s\n%(others)s\n\n"
        "-- \n%(organisation)s holds your details, and nobody else. They are deleted %(days)d days after the event.",
        link=link,
        others=others,
        organisation=actor.organisation_name,
        days=KEPT_DAYS,
    )
    return words


def _place(actor: Actor, sign_up: SignUp, action: BranchAction) -> tuple[str, list[str]]:
    return _("You have a place: %(day)s", day=longdate(action.starts_at)), [
        _("A place was given up, and it is yours:"),
        _facts(action),
        _notes(action),
        _("If you can’t come, please give it up on your page below, so that the next person gets it."),
    ]


def _reminder(actor: Actor, sign_up: SignUp, action: BranchAction) -> tuple[str, list[str]]:
    return _("Reminder: %(when)s", when=time_words(action)), [
        _("This is soon, and you have a place:"),
        _facts(action),
        _notes(action),
        _("If you can’t come, please give your place up on your page below."),
    ]


def _changed(actor: Actor, sign_up: SignUp, action: BranchAction) -> tuple[str, list[str]]:
    return _("A change of plan: %(day)s", day=longdate(action.starts_at)), [
        _("When or where has changed. This is how it stands now:"),
        _facts(action),
        _(
            "You need do nothing if you still come. If you can’t, please give your place up on your page below."
        ),
    ]


def _cancelled(actor: Actor, sign_up: SignUp, action: BranchAction) -> tuple[str, list[str]]:
    also = _("We are sorry. What else is coming up:\n%(link)s", link=address_of_page("attendance.take_part"))
    if action.cancelled_from not in AGREED:
        # What was called off while it waited for approval may say another day than the one that they know.
        return _("Cancelled: what you signed up for"), [
            _(
                "The event of %(organisation)s that you signed up for does not take place.",
                organisation=actor.organisation_name,
            ),
            also,
        ]
    return _("Cancelled: %(day)s", day=longdate(action.starts_at)), [
        _("This event does not take place, and nobody will be there:"),
        _facts(action),
        also,
    ]


def _restored(actor: Actor, sign_up: SignUp, action: BranchAction) -> tuple[str, list[str]]:
    return _("It takes place after all: %(day)s", day=longdate(action.starts_at)), [
        _("We told you that this was cancelled. It takes place after all, and your sign-up still stands:"),
        _facts(action),
    ]


def _thanks(actor: Actor, sign_up: SignUp, action: BranchAction) -> tuple[str, list[str]]:
    return _("Thank you for coming"), [
        _("Thank you for coming to “%(title)s”. It is people in a room who change this.", title=action.title),
        _next_ask(action),
        _("What else is coming up:\n%(link)s", link=address_of_page("attendance.take_part")),
    ]


def _next_ask(action: BranchAction) -> str:
    """One thing to do next: a letter to one's MP where a page is open, else the campaign's page with its pledge."""
    page = find_open_page(action.campaign_id)
    if page is not None:
        link = writing_url(page.host.slug, page.slug)
        return str(_("One thing that takes five minutes: %(title)s\n%(link)s", title=page.title, link=link))
    link = address_of_page("pages.campaign")
    return str(_("One thing that takes two minutes: sign the pledge, or share it.\n%(link)s", link=link))


def _briefing(actor: Actor, sign_up: SignUp, action: BranchAction) -> tuple[str, list[str]]:
    told = find_briefing_for(sign_up)
    return _("Your briefing: %(day)s", day=longdate(action.starts_at)), [
        _("This is what to know before you go:"),
        _facts(action),
        *(_meeting(told) if told is not None else ()),
        told.lines if told is not None else "",
        told.own_lines if told is not None else "",
        _notes(action),
    ]


def _meeting(told: BriefingFor) -> list[str]:
    lines = [
        _("You meet %(name)s%(seat)s.", name=told.member, seat=f", {told.seat}" if told.seat else ""),
        told.time,
        _("Room: %(room)s", room=told.room) if told.room else "",
    ]
    asks = [f"– {one}" for one in told.asks]
    if asks:
        asks.insert(0, _("What we ask:"))
    dossier = address_of_page("lobbying.briefing", person_id=str(told.person_id))
    return [
        "\n".join(line for line in lines if line),
        "\n".join(asks),
        _("Colleagues with an account find the dossier, two pages to print, at:\n%(link)s", link=dossier),
    ]


_WORDS = {
    MailKind.PLACE: _place,
    MailKind.REMINDER: _reminder,
    MailKind.CHANGED: _changed,
    MailKind.CANCELLED: _cancelled,
    MailKind.RESTORED: _restored,
    MailKind.THANKS: _thanks,
    MailKind.BRIEFING: _briefing,
}
