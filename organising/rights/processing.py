"""What is done with people's data here, told from the live configuration: settings, the agreement's terms, and the code's own numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _

from organising.config import Settings
from organising.letters import texts as letters
from organising.platform.retention import RULES
from organising.pledges import texts as pledges
from organising.safeguards.terms import Terms

NEAR = ("localhost", "127.0.0.1", "::1", "")


@dataclass(frozen=True)
class Processing:
    """One purpose for which people's data are kept."""

    name: str
    whose: str
    what: str
    basis: str
    kept: str


@dataclass(frozen=True)
class Processor:
    """Somebody whom this installation hands data to, by configuration."""

    what: str
    host: str
    gets: str


def list_processing(terms: Terms) -> list[Processing]:
    """The purposes, with how long each is kept at most now."""
    return [
        Processing(
            _("Signing a pledge"),
            _("People who sign"),
            _(
                "Name, email address, postcode; sector and workplace if they say so. That they signed tells of an opinion."
            ),
            _("Explicit consent"),
            _(
                "Unconfirmed: %(unconfirmed)s days. Confirmed, without wanting news: details go after %(details)s days. With news: until they say no.",
                unconfirmed=pledges.UNCONFIRMED_DAYS,
                details=pledges.DETAILS_DAYS,
            ),
        ),
        Processing(
            _("Pledges on paper"),
            _("People who sign on paper"),
            _("What they wrote on the sheet, and its photograph"),
            _("Explicit consent"),
            _("Photographs: %(days)s days after the batch was accepted.", days=pledges.SCAN_DAYS),
        ),
        Processing(
            _("Letters to MPs"),
            _("People who write to their MP"),
            _("Name, postal and email address, postcode, and the letter. Staff read no letter."),
            _("Explicit consent"),
            _(
                "Unconfirmed: %(unconfirmed)s days. The text: %(text)s days. The rest: %(details)s days.",
                unconfirmed=letters.UNCONFIRMED_DAYS,
                text=letters.TEXT_DAYS,
                details=letters.DETAILS_DAYS,
            ),
        ),
        Processing(
            _("Events"),
            _("People who sign up for an event"),
            _(
                "Name and email address; the postcode where they meet their MP. That they come tells of an opinion."
            ),
            _("Explicit consent"),
            _(
                "Unconfirmed: %(unconfirmed)s days. Confirmed: %(days)s days after the event.",
                unconfirmed=RULES["attendance.unconfirmed"].days,
                days=RULES["attendance.people"].days,
            ),
        ),
        Processing(
            _("Tasks at actions"),
            _("Stewards, speakers and others by name"),
            _("Name, the task, a note on when"),
            _("Legitimate interest: who does what on the day has to be known"),
            _("%(days)s days after the action.", days=RULES["actions.names"].days),
        ),
        Processing(
            _("Contacts"),
            _("Supporters, members, volunteers, press, officials"),
            _(
                "Name, contact details, workplace, language, notes, what they agreed to. Never immigration status."
            ),
            _("Consent or legitimate interest, by purpose"),
            _(
                "Without contact or consent: %(months)s months at most. Imported files: %(days)s days.",
                months=terms.contacts_months,
                days=RULES["contacts.import_files"].days,
            ),
        ),
        Processing(
            _("People who work here"),
            _("Members of the organisations"),
            _("Name, email address, what they did (audit log)"),
            _("Legitimate interest: who did what has to be known"),
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
