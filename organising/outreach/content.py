"""A mailing as a contact reads it: the text, then why they get it and how to stop it or choose."""

from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from organising.contacts.models import ConsentPurpose
from organising.mailings.content import Letter, Texts
from organising.mailings.merge import Field
from organising.mailings.people import person_letter
from organising.mailings.stop_links import Links, in_other_languages

from .links import STOP, TEST, preferences_url
from .words import REASONS, SUPPORTED


@dataclass(frozen=True)
class Why:
    """Why somebody gets a mailing: what it is for, and whether they said yes or did not refuse as a supporter."""

    purpose: str
    is_soft: bool = False


def letter_to(texts: Texts, name: str | None, address: str, why: Why, links: Links) -> Letter:
    """The letter to one contact; raises ``KeyError`` naming a field without value and fallback."""
    organisation = str(texts.common.get(Field.ORGANISATION) or "")
    return person_letter(texts, name, address, footer(organisation, why, links))


def footer(organisation: str, why: Why, links: Links) -> str:
    """Who holds their details, why they get this, and what they can do about both."""
    reason = (SUPPORTED if why.is_soft else REASONS)[ConsentPurpose(why.purpose)]
    text: str = _(
        "\n\n-- \n"
        "%(reason)s %(organisation)s holds your details. No other organisation of the campaign sees them without your yes.\n\n"
        "Stop all emails from %(organisation)s:\n%(stop)s\n\n"
        "Choose what you get, or ask every campaign partner to stop:\n%(more)s\n",
        reason=str(reason) % {"organisation": organisation},
        organisation=organisation,
        stop=links.stop,
        more=links.more,
    )
    return text + in_other_languages(links)


def links_of(organisation_id: UUID, delivery_id: UUID, contact_id: UUID, email_key: bytes = b"") -> Links:
    """The links in one message."""
    more = preferences_url(organisation_id, contact_id, email_key)
    return STOP.links(organisation_id, delivery_id, more)


def example_links(organisation_id: UUID) -> Links:
    """Links for a message that goes to nobody: pages that say so."""
    return links_of(organisation_id, TEST, TEST)
