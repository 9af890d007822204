"""Mailings to contacts, and what became of each message of one's own."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from organising.contacts.models import Contact
from organising.mailings.models import Delivery, Mailing
from organising.outreach.models import ContactMailing, MailingRecipient
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.representatives.models import Area


def get_about(mailing: Mailing) -> ContactMailing:
    """What a mailing goes to: one's own, or lent for sign-off. Raises :class:`NotFound` for one to others."""
    statement = select(ContactMailing).where(
        ContactMailing.organisation_id == mailing.organisation_id, ContactMailing.mailing_id == mailing.id
    )
    about = db.session.scalars(statement).one_or_none()
    if about is None:
        raise NotFound
    return about


def list_mailings(actor: Actor) -> Select[Mailing]:
    """The mailings to own contacts."""
    return (
        select(Mailing)
        .join(
            ContactMailing,
            and_(
                ContactMailing.organisation_id == Mailing.organisation_id,
                ContactMailing.mailing_id == Mailing.id,
            ),
        )
        .where(Mailing.organisation_id == actor.organisation_id)
    )


def purposes_of(mailings: Sequence[Mailing]) -> dict[UUID, str]:
    """What each of own mailings is for."""
    rows = db.session.execute(
        select(ContactMailing.mailing_id, ContactMailing.purpose).where(
            ContactMailing.mailing_id.in_([one.id for one in mailings])
        )
    )
    return {row.mailing_id: row.purpose for row in rows}


def list_messages(mailing_id: UUID, states: Sequence[str] = ()) -> Select[tuple[Delivery]]:
    """The current organisation's messages of a mailing to contacts, in these states or in any."""
    statement = select(Delivery).where(Delivery.mailing_id == mailing_id, Delivery.email_key.is_not(None))
    return statement.where(Delivery.state.in_(states)) if states else statement


def list_left_out(mailing_id: UUID, reason: str | None = None) -> Select[tuple[MailingRecipient]]:
    """Those whom a mailing left out when it was frozen, for one reason or for any."""
    statement = select(MailingRecipient).where(MailingRecipient.mailing_id == mailing_id)
    if reason is not None:
        return statement.where(MailingRecipient.left_out == reason)
    return statement.where(MailingRecipient.left_out.is_not(None))


def names_of(contact_ids: Collection[UUID | None]) -> dict[UUID, str]:
    """Names of contacts within reach by id."""
    rows = db.session.execute(select(Contact.id, Contact.name).where(Contact.id.in_(contact_ids)))
    return {row.id: row.name for row in rows}


def name_area(gss_code: str) -> str:
    """What an area is called; its code where that is not known."""
    statement = select(Area.name).where(Area.gss_code == gss_code).order_by(Area.start_on.desc()).limit(1)
    return db.session.scalar(statement) or gss_code


def count_reasons(mailing_id: UUID) -> dict[str, int]:
    """Why messages of an own mailing were not sent after all, with how many."""
    statement = (
        select(Delivery.last_reply, func.count())
        .where(Delivery.mailing_id == mailing_id, Delivery.state == "suppressed")
        .group_by(Delivery.last_reply)
    )
    return {str(reason): number for reason, number in db.session.execute(statement)}
