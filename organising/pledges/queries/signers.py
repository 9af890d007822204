"""Reading one's own signers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, tuple_
from sqlalchemy.orm import aliased

from ...platform.db import db
from ..models import (
    Pledge,
    PledgeConsent,
    PledgeDrive,
    PledgeState,
)


def standing() -> ColumnElement[bool]:
    """Confirmed, and the person's first with this organisation: who signs twice stands once in the list."""
    earlier = aliased(Pledge)
    return and_(
        Pledge.state == PledgeState.CONFIRMED,
        ~exists().where(
            earlier.organisation_id == Pledge.organisation_id,
            earlier.drive_id == Pledge.drive_id,
            earlier.person_key == Pledge.person_key,
            earlier.name_key == Pledge.name_key,
            earlier.state == PledgeState.CONFIRMED,
            tuple_(earlier.confirmed_at, earlier.id) < tuple_(Pledge.confirmed_at, Pledge.id),
        ),
    )


def list_signers(
    drive_id: UUID, *, state: str = PledgeState.CONFIRMED, name: str = "", email_key: bytes | None = None
) -> Select[tuple[Pledge]]:
    """Own signers of a drive. ``name`` is folded text, matched at the start of the name or of its last word."""
    statement = select(Pledge).where(Pledge.drive_id == drive_id)
    statement = statement.where(standing() if state == PledgeState.CONFIRMED else Pledge.state == state)
    if email_key is not None:
        statement = statement.where(Pledge.email_key == email_key)
    if name:
        # ^@ is leakproof, so it keeps its index under row security; LIKE would not.
        statement = statement.where(
            or_(
                Pledge.name_folded.op("^@", is_comparison=True)(name),
                Pledge.name_by_last.op("^@", is_comparison=True)(name),
            )
        )
    return statement


def list_signed_with(email_keys: Sequence[bytes]) -> list[tuple[Pledge, str]]:
    """Own signatures with one of these addresses, newest first, each with the title of its drive."""
    statement = (
        select(Pledge, PledgeDrive.title)
        .join(PledgeDrive, PledgeDrive.id == Pledge.drive_id)
        .where(Pledge.email_key.in_(email_keys))
        .order_by(Pledge.created_at.desc())
    )
    return [(pledge, title) for pledge, title in db.session.execute(statement)]


def list_consents(pledge: Pledge) -> list[PledgeConsent]:
    """What this signer agreed to, in every signature that stands for the same person here."""
    same = select(Pledge.id).where(
        Pledge.drive_id == pledge.drive_id,
        or_(
            Pledge.id == pledge.id,
            and_(Pledge.person_key == pledge.person_key, Pledge.name_key == pledge.name_key),
        ),
    )
    statement = select(PledgeConsent).where(PledgeConsent.pledge_id.in_(same))
    return list(db.session.scalars(statement.order_by(PledgeConsent.given_at, PledgeConsent.purpose)))


def find_earlier(pledge: Pledge) -> Pledge | None:
    """A confirmed signature of the same person with the same organisation, or ``None``."""
    statement = select(Pledge).where(
        Pledge.drive_id == pledge.drive_id,
        Pledge.person_key == pledge.person_key,
        Pledge.name_key == pledge.name_key,
        Pledge.state == PledgeState.CONFIRMED,
        Pledge.id != pledge.id,
    )
    return db.session.scalars(statement.order_by(Pledge.confirmed_at).limit(1)).one_or_none()


def wants_updates() -> ColumnElement[bool]:
    """Whether a pledge has a live consent to be written to."""
    return exists().where(
        PledgeConsent.organisation_id == Pledge.organisation_id,
        PledgeConsent.pledge_id == Pledge.id,
        PledgeConsent.purpose == "updates",
        PledgeConsent.withdrawn_at.is_(None),
    )
