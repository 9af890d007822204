"""What mailings are told about the contacts they go to: how many, by which question, and what all of them read."""

import hashlib
import json
from typing import Any

from organising.mailings import audiences
from organising.mailings.content import AudienceHash, Letter
from organising.mailings.merge import Field
from organising.mailings.models import Mailing
from organising.mailings.queries import texts_of
from organising.mailings.services.people import EXAMPLE
from organising.mailings.states import MailingMode
from organising.organisations.models import Organisation
from organising.platform.db import db

from .content import Why, example_links, letter_to
from .models import ContactMailing
from .queries import count_reach, get_about


class Contacts:
    """The contacts who may be written to by the organisation that writes."""

    def hash(self, mailing: Mailing) -> AudienceHash:
        """The question, its purpose and basis, the moment it was asked as of, and how many there were."""
        return AudienceHash(mailing.audience_count or 0, _digest(get_about(mailing)))

    def size(self, mailing: Mailing) -> int:
        """How many would get it."""
        if not mailing.is_draft:
            return mailing.audience_count or 0
        return count_reach(get_about(mailing), mailing_id=mailing.id).going

    def common(self, mailing: Mailing) -> dict[str, Any]:
        """The organisation's name."""
        return common_of(get_about(mailing))

    def example(self, mailing: Mailing) -> Letter:
        """As somebody invented would read it."""
        about = get_about(mailing)
        links = example_links(about.organisation_id)
        return letter_to(texts_of(mailing), EXAMPLE, "", Why(about.purpose), links)


def common_of(about: ContactMailing) -> dict[str, Any]:
    """The merge values that are the same for all, of a mailing that may be unsaved."""
    organisation = db.session.get(Organisation, about.organisation_id)
    return {Field.ORGANISATION: organisation.name if organisation else None}


def _digest(about: ContactMailing) -> str:
    bound = {
        "contacts": str(about.id),
        "purpose": about.purpose,
        "basis": about.basis,
        "tag": str(about.tag_id) if about.tag_id else None,
        "unit": str(about.unit_id) if about.unit_id else None,
        "area": about.gss_code,
        "sector": about.sector,
        "segment": str(about.segment_id) if about.segment_id else None,
        "quiet_days": about.quiet_days,
        "as_of": about.as_of.isoformat() if about.as_of else None,
    }
    return hashlib.sha256(json.dumps(bound, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


audiences.register(MailingMode.CONTACTS, Contacts())
