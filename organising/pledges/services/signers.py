"""An organisation's own signers: search, export, and what time takes away."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import LONDON
from ...platform.db import db
from ...platform.errors import Forbidden
from ...platform.permissions import Permission, Role
from ...platform.sealing import blind_index, canonical_email
from ...platform.spreadsheet import table
from ..canonical import folded
from ..models import Pledge, PledgeDrive, PledgeState
from ..queries import list_signers, standing, wants_updates
from ..texts import DETAILS_DAYS, UNCONFIRMED_DAYS, sector_label

COLUMNS = (
    "name",
    "email",
    "postcode",
    "sector",
    "confirmed on",
    "may be emailed",
    "came by",
    "wording version",
)


def search_signers(actor: Actor, drive_id: UUID, words: str, state: str) -> Select[tuple[Pledge]]:
    """Own signers whose name or surname starts with ``words``, or whose address is exactly that."""
    actor.check(Permission.SIGNERS_VIEW)
    words = words.strip()
    if "@" in words:
        key = blind_index(actor.organisation_id, "email", canonical_email(words))
        return list_signers(drive_id, state=state, email_key=key)
    return list_signers(drive_id, state=state, name=folded(words))


def may_export(actor: Actor) -> bool:
    """Organisation admins and the coordinator take their own signers out; organisers and deputies do not."""
    return actor.can(Permission.SIGNERS_VIEW) and actor.role in (Role.ADMIN, Role.COORDINATOR)


def export_signers(actor: Actor, drive: PledgeDrive) -> str:
    """Own confirmed signers as CSV; the export is in the audit log with its count."""
    if not may_export(actor):
        raise Forbidden("Only an organisation admin or the coordinator exports signers.")
    statement = select(Pledge, wants_updates()).where(Pledge.drive_id == drive.id, standing())
    rows = list(db.session.execute(statement.order_by(Pledge.confirmed_at, Pledge.id)))
    record(actor, "signers.exported", "pledge_drive", drive.id, count=len(rows))
    return table(COLUMNS, (_cells(pledge, wanted) for pledge, wanted in rows))


def _cells(pledge: Pledge, wants: bool) -> Iterable[object]:
    assert pledge.confirmed_at is not None
    return (
        pledge.name,
        pledge.email,
        pledge.postcode,
        sector_label(pledge.sector),
        pledge.confirmed_at.astimezone(LONDON).date(),
        "yes" if wants else "no",
        "own link" if pledge.part == "collected" else "another partner's link, with consent",
        pledge.wording_version,
    )


def erase_unconfirmed(at: datetime) -> int:
    """Erase the current organisation's signatures that nobody confirmed in time; returns how many."""
    old = at - timedelta(days=UNCONFIRMED_DAYS)
    changed: Any = db.session.execute(
        update(Pledge)
        .where(Pledge.state == PledgeState.PENDING, Pledge.created_at < old)
        .values(state=PledgeState.ERASED, ended_at=at)
        .execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)


def remove_details(at: datetime) -> int:
    """Remove the details of the current organisation's signers who asked to hear from nobody; they stay counted."""
    old = at - timedelta(days=DETAILS_DAYS)
    emptied = dict.fromkeys(
        ("name", "name_folded", "name_by_last", "email_cipher", "email_key", "postcode", "job", "workplace")
    )
    changed: Any = db.session.execute(
        update(Pledge)
        .where(
            Pledge.state == PledgeState.CONFIRMED,
            Pledge.confirmed_at < old,
            Pledge.details_removed_at.is_(None),
            ~wants_updates(),
        )
        .values(**emptied, details_removed_at=at)
        .execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)
