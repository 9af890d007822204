"""Mailings, whose they are, and what is the same in every message."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, func, select

from organising.config import Settings
from organising.mailings.audiences import find_audience_of
from organising.mailings.merge import Field
from organising.mailings.models import Mailing
from organising.mailings.queries.attachments import ATTACHED, bound_files
from organising.mailings.queries.identities import find_identity
from organising.mailings.queries.texts import find_signature
from organising.mailings.states import MailingMode, MailingState
from organising.organisations.models import Ask, CampaignMember, CoalitionStatus, Organisation
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import NotFound
from organising.platform.message import address_of, named_address


def get_mailing(mailing_id: UUID) -> Mailing:
    """A mailing of one's own, or one lent for sign-off; raises :class:`NotFound` alike for all others."""
    return get_or_404(Mailing, mailing_id)


def get_own(actor: Actor, mailing_id: UUID, *, lock: bool = False) -> Mailing:
    """A mailing of the actor's organisation, with ``lock`` until the transaction ends. Raises
    :class:`NotFound`.
    """
    statement = select(Mailing).where(
        Mailing.id == mailing_id, Mailing.organisation_id == actor.organisation_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    mailing = db.session.scalars(statement).one_or_none()
    if mailing is None:
        raise NotFound
    return mailing


def list_mailings(states: Collection[MailingState] = tuple(MailingState)) -> Select[Mailing]:
    """Mailings of one's own and those lent, in these states; constituents' letters have pages of their own."""
    return select(Mailing).where(Mailing.state.in_(states), Mailing.mode == MailingMode.ORGANISATION)


def count_by_state(organisation_id: UUID) -> dict[str, int]:
    """How many mailings of one's own are in each state."""
    statement = select(Mailing.state, func.count().label("number")).where(
        Mailing.organisation_id == organisation_id, Mailing.mode == MailingMode.ORGANISATION
    )
    rows = db.session.execute(statement.group_by(Mailing.state))
    return {row.state: row.number for row in rows}


def lead_of(campaign_id: UUID) -> UUID | None:
    """The organisation that leads a campaign."""
    return db.session.scalar(
        select(CampaignMember.organisation_id)
        .where(
            CampaignMember.campaign_id == campaign_id, CampaignMember.coalition_status == CoalitionStatus.LEAD
        )
        .order_by(CampaignMember.created_at)
        .limit(1)
    )


def name_of(organisation_id: UUID | None) -> str:
    """An organisation's short name."""
    found = db.session.get(Organisation, organisation_id) if organisation_id else None
    return found.short_name if found else ""


def common_values(mailing: Mailing) -> dict[str, Any]:
    """The merge values that are the same in every letter: frozen once sign-off was asked for."""
    if not mailing.is_draft:
        return dict(mailing.common)
    audience = find_audience_of(mailing)
    if audience is not None:
        return audience.common(mailing)
    ask = db.session.get(Ask, mailing.ask_id) if mailing.ask_id else None
    organisation = db.session.get(Organisation, mailing.organisation_id)
    signature = find_signature(mailing.organisation_id)
    files = bound_files(mailing.id)
    return {
        **({ATTACHED: files} if files else {}),
        Field.ASK: ask.wording if ask else None,
        Field.ORGANISATION: organisation.name if organisation else None,
        Field.SIGNATURE: signature.text or None if signature else None,
    }


def sender_of(mailing: Mailing) -> str:
    """The From of every message: the organisation's own address that was chosen, else the mailing's name and the
    installation's own address, so that it stays aligned.
    """
    identity = find_identity(mailing.identity_id)
    if identity is not None:
        return named_address(identity.name, identity.address)
    if mailing.identity_id is not None and mailing.sender:
        # Whoever reads a lent mailing reads none of its organisation's senders.
        return mailing.sender
    settings: Settings = current_app.config["SETTINGS"]
    return named_address(mailing.sender_name, address_of(settings.mail_from))
