"""What is done with people's data here, told from the live configuration: settings, the agreement's terms, and the code's own numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _

from organising.config import Settings
from organising.platform.retention import RULES
from organising.safeguards.terms import Terms

NEAR = ("localhost", "127.0.0.1", "::1", "")


@dataclass(frozen=True)
class Processing:
    """One purpose for which people's data are kept. ``article``: where the law has the basis, for the record."""

    name: str
    whose: str
    what: str
    basis: str
    article: str
    kept: str


# For how many days a rule of retention keeps something.
Days = Callable[[str], int]
CONSENT, INTEREST = "Articles 6(1)(a) and 9(2)(a)", "Article 6(1)(f)"


@dataclass(frozen=True)
class Processor:
    """Somebody whom this installation hands data to, by configuration."""

    what: str
    host: str
    gets: str


def list_processing(terms: Terms) -> list[Processing]:
    """The purposes of all who keep people here, with how long each is kept at most now."""
    contacts = _(
        "Without contact or consent: %(months)s months at most. Imported files: %(days)s days.",
        months=terms.contacts_months,
        days=RULES["contacts.import_files"].days,
    )
    return list_purposes(lambda rule: RULES[rule].days, contacts)


def list_purposes(days: Days, contacts: str) -> list[Processing]:
    """Every purpose, each said once for every page that tells of it. ``contacts``: how long those are kept, in words."""
    return [*_signing(days), *_taking_part(days), *_in_touch(days, contacts), *_running(days)]


def _signing(days: Days) -> list[Processing]:
    return [
        Processing(
            _("Signing a pledge"),
            _("People who sign"),
            _("Name, email address, postcode; sector and workplace if they say so. That they signed tells of an opinion."),
            _("Explicit consent"),
            CONSENT,
            _(
                "Unconfirmed: %(unconfirmed)s days. Confirmed, without wanting news: details go after %(details)s days. With news: until they say no.",
                unconfirmed=days("pledges.unconfirmed"),
                details=days("pledges.details"),
            ),
        ),
        Processing(
            _("Pledges on paper"),
            _("People who sign on paper"),
            _("What they wrote on the sheet, and its photograph."),
            _("Explicit consent"),
            CONSENT,
            _("Photographs: %(days)s days after the batch was accepted.", days=days("pledges.scans")),
        ),
        Processing(
            _("Letters to MPs"),
            _("People who write to their MP"),
            _("Name, postal and email address, postcode, and the letter. Staff read no letter."),
            _("Explicit consent"),
            CONSENT,
            _(
                "Unconfirmed: %(unconfirmed)s days. The text: %(text)s days. The rest: %(details)s days.",
                unconfirmed=days("letters.unconfirmed"),
                text=days("letters.texts"),
                details=days("letters.details"),
            ),
        ),
    ]  # fmt: skip


def _taking_part(days: Days) -> list[Processing]:
    return [
        Processing(
            _("Events"),
            _("People who sign up for an event"),
            _("Name and email address; the postcode where they meet their MP; whether they came. That they come tells of an opinion."),
            _("Explicit consent"),
            CONSENT,
            _(
                "Unconfirmed: %(unconfirmed)s days. Confirmed: %(days)s days after the event.",
                unconfirmed=days("attendance.unconfirmed"),
                days=days("attendance.people"),
            ),
        ),
        Processing(
            _("Tasks at actions"),
            _("Stewards, speakers and others by name"),
            _("Name, the task, a note on when."),
            _("Legitimate interest: who does what on the day has to be known"),
            INTEREST,
            _("%(days)s days after the action.", days=days("actions.names")),
        ),
        Processing(
            _("Motions"),
            _("People who propose or second a motion, by name"),
            _("Name, and which of the two they did. That they did tells of an opinion."),
            _("Legitimate interest: who moved a motion belongs to the record of what was decided"),
            "Articles 6(1)(f) and 9(2)(d)",
            _("As long as the motion; the name goes when they ask for it."),
        ),
    ]  # fmt: skip


def _in_touch(days: Days, contacts: str) -> list[Processing]:
    return [
        Processing(
            _("Contacts"),
            _("Supporters, members, volunteers, press, officials"),
            _("Name, contact details, workplace, language, notes, what they agreed to. Never immigration status."),
            _("Consent or legitimate interest, by purpose; explicit consent for union membership and opinions"),
            "Articles 6(1)(a) or (f), and 9(2)(a)",
            contacts,
        ),
        Processing(
            _("Mailings to MPs and other decision-makers"),
            _("MPs, peers, police and crime commissioners, and others in public office"),
            _("Name, office and its published contact details; what they were sent, what they answered, where they stand and what they promised."),
            _("Legitimate interest: to speak with those who decide about what they do in office"),
            INTEREST,
            _(
                "The words of their replies: %(days)s days. The log of contact with them, their positions and promises stay.",
                days=days("replies.words"),
            ),
        ),
        Processing(
            _("Directory of stakeholders"),
            _("People in a public role: MPs’ staff, journalists, officials, other campaigns"),
            _("Name, role, employer, contact details of the role, where the role is public, and a short log of headlines. All partners read it."),
            _("Legitimate interest: to coordinate who speaks with whom"),
            INTEREST,
            _("Until a partner takes them out, or they ask for it; then a keyed hash keeps them from being written down again."),
        ),
    ]  # fmt: skip


def _running(days: Days) -> list[Processing]:
    return [
        Processing(
            _("Requests about people’s own data"),
            _("People who ask for a copy, a correction, erasure, or that something stops"),
            _("Name, email address, what they ask, how their identity was made sure of, and the answer."),
            _("Legal obligation"),
            "Articles 12 to 22",
            _(
                "Unconfirmed: %(unconfirmed)s days. Details of the others: %(days)s days after they were closed.",
                unconfirmed=days("rights.unconfirmed"),
                days=days("rights.details"),
            ),
        ),
        Processing(
            _("People who work here"),
            _("Members of the organisations"),
            _("Name, email address, what they did (audit log)."),
            _("Legitimate interest: who did what has to be known"),
            INTEREST,
            _("While they are members; the audit log stays."),
        ),
    ]


def list_processors(settings: Settings | None = None) -> Sequence[Processor]:
    """Other hosts that this installation is configured to hand data to; none on the server itself."""
    settings = settings or current_app.config["SETTINGS"]
    asked = [
        (_("Sending mail"), settings.smtp.host, _("Addresses and messages")),
        (
            _("Fetching answers"),
            settings.inbound_imap.host if settings.inbound_imap else "",
            _("Messages that come back"),
        ),
        (_("Database"), _host(settings.database_url), _("Everything, as it is stored")),
        (_("Queue"), _host(settings.redis_url), _("Numbers of rows, no details")),
        (_("Looking up postcodes"), _host(settings.postcodes_url or ""), _("Postcodes, without names")),
    ]
    return [Processor(*one) for one in asked if one[1] not in NEAR]


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
