"""Who asked to hear of further events becomes one of the host's own contacts, with the words that they agreed to.

They ticked a box on the page and confirmed by the link in their mail: a yes that was given twice.
"""

from uuid import UUID

from sqlalchemy import select

from organising.contacts.models import (
    ConsentChannel,
    ConsentDecision,
    ConsentPurpose,
    ConsentSource,
    Contact,
    ContactConsent,
    ContactDetail,
    DetailKind,
    Source,
)
from organising.contacts.queries.contacts import find_whole
from organising.contacts.services.drafts import ContactDraft, DetailDraft
from organising.contacts.services.keeping import put, put_details
from organising.outreach.services.stopping import THEMSELVES
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, find
from organising.platform.locks import take_turns
from organising.safeguards.storage import find_storage_off

from ..models import STANDING, SignUp


def keep_contact(actor: Actor, sign_up_id: UUID) -> bool:
    """Keep who ticked the box among the contacts, once; returns whether that was done now. Runs twice without harm."""
    sign_up = find(SignUp, sign_up_id)
    if sign_up is None or sign_up.invitations_wording_id is None or sign_up.contact_kept_at is not None:
        return False
    if sign_up.state not in STANDING or sign_up.email is None or find_storage_off(actor.organisation_id):
        return False
    take_turns("attendance contact", (sign_up.email_key or b"").hex())
    contact = _find_contact(sign_up) or _add_contact(actor, sign_up)
    consent = ContactConsent(
        contact_id=contact.id,
        purpose=ConsentPurpose.INVITATIONS,
        channel=ConsentChannel.EMAIL,
        decision=ConsentDecision.GIVEN,
        wording_id=sign_up.invitations_wording_id,
        decided_at=sign_up.confirmed_at or now(),
        source=ConsentSource.CONFIRMED,
        author_label=THEMSELVES,
        submission_key=sign_up.id,
    )
    db.session.add(consent)
    sign_up.contact_kept_at = now()
    db.session.flush()
    audit.record(
        actor, "consent.confirmed", "contact", contact.id, purposes=[str(ConsentPurpose.INVITATIONS)]
    )
    return True


def _find_contact(sign_up: SignUp) -> Contact | None:
    known = select(ContactDetail.contact_id).where(
        ContactDetail.kind == DetailKind.EMAIL, ContactDetail.value_key == sign_up.email_key
    )
    contact_id = db.session.scalar(known.order_by(ContactDetail.created_at).limit(1))
    return find_whole(contact_id) if contact_id is not None else None


def _add_contact(actor: Actor, sign_up: SignUp) -> Contact:
    draft = ContactDraft(
        name=sign_up.name or "",
        submission_key=sign_up.id,
        emails=(DetailDraft(value=sign_up.email or ""),),
        addresses=(DetailDraft(postcode=sign_up.postcode),) if sign_up.postcode else (),
        source=Source.EVENT,
    )
    contact = Contact(organisation_id=actor.organisation_id, submission_key=draft.submission_key, name="")
    put(contact, draft)
    db.session.add(contact)
    db.session.flush()
    put_details(contact, draft, is_new=True)
    audit.record(actor, "contact.added", "contact", contact.id)
    return contact


def list_unkept() -> list[UUID]:
    """Sign-ups of the current organisation whose box was ticked, and that no doorbell brought among the contacts."""
    statement = select(SignUp.id).where(
        SignUp.invitations_wording_id.is_not(None),
        SignUp.contact_kept_at.is_(None),
        SignUp.state.in_(STANDING),
    )
    return list(db.session.scalars(statement.limit(200)))
