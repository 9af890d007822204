"""What mailings are told about the signers of an update: how many, by which question, and what all of them read."""

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
from organising.mailings.stop_links import Links
from organising.organisations.models import Organisation
from organising.platform.db import db
from organising.platform.links import address_of_page
from organising.platform.ui import number
from organising.pledges.queries import read_tally

from .content import letter_to
from .links import STOP, TEST
from .models import PledgeUpdate
from .queries import count_reach, get_drive, get_update_of


class Signers:
    """The signers of one drive who agreed to be written to by the organisation that writes."""

    def hash(self, mailing: Mailing) -> AudienceHash:
        """The drive, the question, the moment it was asked as of, and how many there were."""
        return AudienceHash(mailing.audience_count or 0, _digest(get_update_of(mailing), mailing))

    def size(self, mailing: Mailing) -> int:
        """How many would get it."""
        if not mailing.is_draft:
            return mailing.audience_count or 0
        return count_reach(get_update_of(mailing), mailing).going

    def common(self, mailing: Mailing) -> dict[str, Any]:
        """The pledge's title, the number that its public page shows, and the organisation's name."""
        return common_of(get_update_of(mailing))

    def example(self, mailing: Mailing) -> Letter:
        """As somebody invented would read it."""
        return letter_to(texts_of(mailing), EXAMPLE, "", example_links(get_update_of(mailing)))


def common_of(update: PledgeUpdate) -> dict[str, Any]:
    """The merge values that are the same for all, of an update that may be unsaved."""
    drive = get_drive(update.drive_id)
    organisation = db.session.get(Organisation, update.organisation_id)
    signed = read_tally(drive.id).total
    return {
        Field.PLEDGE: drive.title,
        Field.SIGNED: number(signed) if signed is not None else None,
        Field.ORGANISATION: organisation.name if organisation else None,
    }


def example_links(update: PledgeUpdate) -> Links:
    """Links for a message that goes to nobody: a page that says so, and the pledge itself for a signature of it."""
    drive = get_drive(update.drive_id)
    return STOP.links(update.organisation_id, TEST, address_of_page("pledges.sign", slug=drive.slug))


def _digest(update: PledgeUpdate, mailing: Mailing) -> str:
    bound = {
        "update": str(update.id),
        "drive": str(update.drive_id),
        "sector": update.sector,
        "constituency": update.constituency_code,
        "since": update.since.isoformat() if update.since else None,
        "as_of": update.as_of.isoformat() if update.as_of else None,
        "corrects": str(mailing.corrects_id) if mailing.corrects_id else None,
    }
    if update.unit_id:
        bound["unit"] = str(update.unit_id)
    return hashlib.sha256(json.dumps(bound, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


audiences.register(MailingMode.SIGNERS, Signers())
