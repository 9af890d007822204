"""An organisation's own signers: search, export, and what time takes away."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, update

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import LONDON
from ...platform.db import db
from ...platform.errors import Forbidden
from ...platform.permissions import Permission
from ...platform.sealing import blind_index, canonical_email
from ...platform.spreadsheet import table
from ...safeguards.services import may_take_out, record_export
from ...safeguards.terms import ExportKind
from ..canonical import folded
from ..models import DriveStatus, Pledge, PledgeAnswer, PledgeDrive, PledgeState
from ..queries import list_answers_of_drive, list_signers, standing, wants_updates
from ..queries.own_figures import seen_to_sign
from ..texts import DETAILS_DAYS, UNCONFIRMED_DAYS, sector_label

COLUMNS = (
    "name",
    "email",
    "postcode",
    "sector",
    "counted as",
    "confirmed or witnessed on",
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
    """Whether this role may take its own signers out: the data agreement's to say."""
    return actor.can(Permission.SIGNERS_VIEW) and may_take_out(actor, ExportKind.SIGNERS)


def export_signers(actor: Actor, drive: PledgeDrive) -> str:
    """Own signers as CSV, confirmed and witnessed, each person once; the export is in the audit log with its count."""
    if not may_export(actor):
        raise Forbidden("Your data agreement lets your role take no signers out.")
    at = func.coalesce(Pledge.confirmed_at, Pledge.witnessed_at)
    statement = select(Pledge, wants_updates()).where(
        Pledge.drive_id == drive.id, or_(standing(), seen_to_sign())
    )
    rows = list(db.session.execute(statement.order_by(at, Pledge.id)))
    record_export(actor, ExportKind.SIGNERS, len(rows), what=drive.slug)
    record(actor, "signers.exported", "pledge_drive", drive.id, count=len(rows))
    answers = list_answers_of_drive(drive.id)
    asked = sorted({one.asked for given in answers.values() for one in given})
    return table(
        (*COLUMNS, *asked),
        ((*_cells(pledge, wanted), *_answered(answers.get(pledge.id, []), asked)) for pledge, wanted in rows),
    )


def _answered(answers: list[PledgeAnswer], asked: list[str]) -> Iterable[str]:
    given = {one.asked: one.answer or "" for one in answers}
    return (given.get(question, "") for question in asked)


def _cells(pledge: Pledge, wants: bool) -> Iterable[object]:
    at = pledge.confirmed_at or pledge.witnessed_at
    assert at is not None
    return (
        pledge.name,
        pledge.email,
        pledge.postcode,
        sector_label(pledge.sector),
        pledge.state,
        at.astimezone(LONDON).date(),
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
    """Remove the details of the current organisation's signers who asked to hear from nobody; they stay counted or not.

    A name that its signer wants on the public list stays for the list, alone, and as long as there is one.
    """
    old = at - timedelta(days=DETAILS_DAYS)
    every = ("email_cipher", "email_key", "postcode", "job_cipher", "workplace_cipher")
    names = ("name", "name_folded", "name_by_last")
    # A witnessed one is made when its batch is accepted: from then on it counts. What was taken out of the count
    # leaves as early as if it counted; the keys that stay are enough to put it back.
    standing_since = or_(
        and_(Pledge.state == PledgeState.CONFIRMED, Pledge.confirmed_at < old),
        and_(Pledge.state == PledgeState.WITNESSED, Pledge.created_at < old),
        and_(
            Pledge.state == PledgeState.INVALIDATED,
            func.coalesce(Pledge.confirmed_at, Pledge.created_at) < old,
        ),
    )
    unwanted = (standing_since, ~wants_updates())
    fresh = Pledge.details_removed_at.is_(None)
    ended = Pledge.drive_id.in_(select(PledgeDrive.id).where(PledgeDrive.status == DriveStatus.ARCHIVED))
    removed = _remove((*unwanted, fresh, ~Pledge.public_name), (*every, *names), details_removed_at=at)
    removed += _remove((*unwanted, fresh, Pledge.public_name), every, details_removed_at=at)
    _remove((*unwanted, Pledge.public_name, ended), names, public_name=False)
    return removed


def _remove(which: Sequence[Any], columns: Sequence[str], **noted: object) -> int:
    values = dict.fromkeys(columns) | noted
    removal = update(Pledge).where(*which).values(values).execution_options(synchronize_session=False)
    changed: Any = db.session.execute(removal)
    return int(changed.rowcount)
