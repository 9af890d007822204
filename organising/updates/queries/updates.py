"""Updates, the drives they belong to, and what became of each message of one's own."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from organising.mailings.models import Delivery, Mailing
from organising.platform.actor import Actor
from organising.platform.db import db, find
from organising.platform.errors import NotFound
from organising.pledges.models import Pledge, PledgeDrive
from organising.representatives.models import Area
from organising.updates.models import PledgeUpdate


def get_update_of(mailing: Mailing) -> PledgeUpdate:
    """What a mailing goes to: one's own, or lent for sign-off. Raises :class:`NotFound` for a mailing that is no update."""
    statement = select(PledgeUpdate).where(
        PledgeUpdate.organisation_id == mailing.organisation_id, PledgeUpdate.mailing_id == mailing.id
    )
    update = db.session.scalars(statement).one_or_none()
    if update is None:
        raise NotFound
    return update


def get_drive(drive_id: UUID) -> PledgeDrive:
    """The drive that an update is about; raises :class:`NotFound`."""
    drive = find(PledgeDrive, drive_id)
    if drive is None:
        raise NotFound
    return drive


def list_updates(actor: Actor, drive_id: UUID) -> Select[Mailing]:
    """The mailings of own updates to the signers of a drive."""
    return (
        select(Mailing)
        .join(
            PledgeUpdate,
            and_(
                PledgeUpdate.organisation_id == Mailing.organisation_id, PledgeUpdate.mailing_id == Mailing.id
            ),
        )
        .where(Mailing.organisation_id == actor.organisation_id, PledgeUpdate.drive_id == drive_id)
    )


def list_recipients(mailing_id: UUID, states: Sequence[str] = ()) -> Select[tuple[Delivery]]:
    """The current organisation's messages of an update, in these states or in any."""
    statement = select(Delivery).where(Delivery.mailing_id == mailing_id, Delivery.pledge_id.is_not(None))
    return statement.where(Delivery.state.in_(states)) if states else statement


def signers_of(deliveries: Sequence[Delivery]) -> dict[UUID, Pledge]:
    """The own signers that these messages are for, by the ids of their rows."""
    statement = select(Pledge).where(Pledge.id.in_([one.pledge_id for one in deliveries]))
    return {one.id: one for one in db.session.scalars(statement)}


def count_reasons(mailing_id: UUID) -> dict[str, int]:
    """Why messages of an own update were not sent after all, with how many."""
    statement = (
        select(Delivery.last_reply, func.count())
        .where(Delivery.mailing_id == mailing_id, Delivery.state == "suppressed")
        .group_by(Delivery.last_reply)
    )
    return {str(reason): number for reason, number in db.session.execute(statement)}


def name_constituency(code: str) -> str:
    """What a constituency is called; its code where that is not known."""
    name = db.session.scalar(select(Area.name).where(Area.gss_code == code, Area.kind == "westminster"))
    return name or code


def list_constituencies() -> Sequence[Any]:
    """Code and name of the constituencies that own signers live in, by name."""
    codes = select(Pledge.constituency_code).where(Pledge.constituency_code.is_not(None)).distinct()
    statement = select(Area.gss_code, Area.name).where(Area.gss_code.in_(codes), Area.kind == "westminster")
    return db.session.execute(statement.order_by(Area.sort_key)).all()
