"""Mail to those who can sign off, from their own organisation: the author's may not know who they are."""

from uuid import UUID

from organising.mailings.binding import current_hash
from organising.mailings.links import AskedOf
from organising.mailings.models import Mailing
from organising.mailings.queries import list_asked, was_asked
from organising.mailings.services.asking import compose_request, is_to_be_asked, notice_of
from organising.mailings.services.signatories import ASK
from organising.mailings.states import MailingState
from organising.organisations.queries import list_people
from organising.platform.actor import Actor
from organising.platform.db import find
from organising.platform.notices import tell
from organising.platform.permissions import Permission
from organising.platform.queue import job, periodic, ring_in_each
from organising.platform.tenancy import Context, use_context


@job(purpose="ask_for_sign_off")
def ask_for_sign_off(actor: Actor, row_id: UUID) -> None:
    """Write to everyone in this organisation who can answer about a mailing and was not written to. ``row_id``: it."""
    people = list_people(
        actor.organisation_id,
        Permission.MAILINGS_SIGN_OFF,
        organisation_name=actor.organisation_name,
        campaign_id=actor.campaign_id,
    )
    for person, email in people:
        assert person.user_id is not None
        with use_context(Context(organisation_id=actor.organisation_id, user_id=person.user_id)):
            _ask(person, email, row_id)


def _ask(person: Actor, email: str, mailing_id: UUID) -> None:
    mailing = find(Mailing, mailing_id)
    if mailing is None or mailing.state != MailingState.IN_REVIEW or not is_to_be_asked(person, mailing):
        return
    assert person.user_id is not None
    asked = AskedOf(person.organisation_id, person.user_id, mailing.id, current_hash(mailing))
    notice = notice_of(asked, mailing.organisation_id)
    if was_asked(asked.mailing_id, asked.content_hash, asked.user_id):
        return
    # Where their mail server says no for good, the page asks them all the same.
    tell(compose_request(person, email, mailing, asked), notice, what="sign_off_request")


@periodic(every_seconds=300)
def ask_for_sign_offs() -> None:
    """Ring for all that waits for an answer: the job writes to whoever was not written to yet, one colleague or all."""
    ring_in_each(
        ASK,
        purpose="ask_for_sign_off",
        queue="urgent",
        find=lambda organisation_id: [one.id for one in list_asked(organisation_id)],
    )
