"""Reading imports of contacts and what became of their rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from ...platform.db import db
from ...platform.many import among
from ..models import (
    UNDER_WAY,
    Contact,
    ContactImport,
    ImportedRow,
    ImportFinding,
    ImportPiece,
    ImportState,
    RowDeed,
)


def list_imports() -> Select[ContactImport]:
    """The organisation's imports, to be paged."""
    return select(ContactImport)


def find_meanings(headers_key: bytes) -> dict[str, str] | None:
    """What these columns were said to be the last time, or None."""
    statement = (
        select(ContactImport.meanings)
        .where(ContactImport.headers_key == headers_key, ContactImport.applied_at.is_not(None))
        .order_by(ContactImport.created_at.desc())
        .limit(1)
    )
    found: dict[str, str] | None = db.session.scalar(statement)
    return found


def list_same_file(digest_key: bytes, besides: UUID) -> Sequence[ContactImport]:
    """Other imports of the same file that were applied, the latest first."""
    statement = (
        select(ContactImport)
        .where(
            ContactImport.digest_key == digest_key,
            ContactImport.id != besides,
            ContactImport.applied_at.is_not(None),
        )
        .order_by(ContactImport.applied_at.desc())
    )
    return db.session.scalars(statement).all()


def find_piece(import_id: UUID, place: int) -> ImportPiece | None:
    """The rows of a file that begin after so many others."""
    statement = select(ImportPiece).where(ImportPiece.import_id == import_id, ImportPiece.place == place)
    return db.session.scalars(statement.options(undefer(ImportPiece.cells_cipher))).one_or_none()


def list_seen(import_id: UUID, before: int) -> Sequence[ImportPiece]:
    """The pieces of a file that were looked at, with who was in them."""
    statement = (
        select(ImportPiece)
        .where(ImportPiece.import_id == import_id, ImportPiece.place < before)
        .options(undefer(ImportPiece.seen_cipher))
    )
    return db.session.scalars(statement.order_by(ImportPiece.place)).all()


def list_findings(
    import_id: UUID, *, wrong: bool, after: int = 0, most: int | None = None
) -> Sequence[ImportFinding]:
    """Rows with faults, or rows of people who are known already, in order, after a row's number."""
    is_wrong = ImportFinding.deed == RowDeed.WRONG
    statement = (
        select(ImportFinding)
        .where(
            ImportFinding.import_id == import_id,
            is_wrong if wrong else ~is_wrong,
            ImportFinding.number > after,
        )
        .order_by(ImportFinding.number)
        .limit(most)
    )
    return db.session.scalars(statement).all()


def list_rows_of(import_id: UUID, contact_ids: Collection[UUID]) -> Sequence[ImportedRow]:
    """The rows that these contacts are, as far as the file is written."""
    return db.session.scalars(
        select(ImportedRow)
        .where(ImportedRow.import_id == import_id, among(ImportedRow.contact_id, contact_ids))
        .order_by(ImportedRow.number)
    ).all()


def list_to_change(contact_ids: Collection[UUID], *, locking: bool) -> Sequence[Contact]:
    """Contacts as they are; ``locking``: until the transaction ends, in one order whoever asks."""
    statement = select(Contact).where(among(Contact.id, contact_ids)).order_by(Contact.id)
    if locking:
        statement = statement.with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def list_to_undo(import_id: UUID, most: int) -> Sequence[ImportedRow]:
    """Rows that added or changed somebody and are not undone yet, the last first."""
    statement = (
        select(ImportedRow)
        .where(
            ImportedRow.import_id == import_id,
            ImportedRow.undone_at.is_(None),
            ImportedRow.deed.in_([RowDeed.ADDED, RowDeed.UPDATED]),
        )
        .order_by(ImportedRow.number.desc())
        .limit(most)
    )
    return db.session.scalars(statement).all()


def list_staying(import_id: UUID, most: int = 50) -> Sequence[Contact]:
    """Contacts that undoing left, as somebody had worked with them."""
    statement = (
        select(Contact)
        .join(
            ImportedRow,
            (ImportedRow.organisation_id == Contact.organisation_id) & (ImportedRow.contact_id == Contact.id),
        )
        .where(ImportedRow.import_id == import_id, ImportedRow.stays)
        .order_by(Contact.sort_key)
        .limit(most)
    )
    return db.session.scalars(statement).all()


def list_deeds_of(contact_id: UUID) -> list[tuple[datetime, UUID | None, str]]:
    """When files added or changed a contact, who had them written, and which of both it was."""
    statement = (
        select(ImportedRow.created_at, ContactImport.user_id, ImportedRow.deed)
        .join(
            ContactImport,
            (ContactImport.organisation_id == ImportedRow.organisation_id)
            & (ContactImport.id == ImportedRow.import_id),
        )
        .where(ImportedRow.contact_id == contact_id, ImportedRow.deed.in_([RowDeed.ADDED, RowDeed.UPDATED]))
    )
    return [(row.created_at, row.user_id, row.deed) for row in db.session.execute(statement)]


def list_under_way() -> Sequence[UUID]:
    """Imports of the current organisation that a worker has more to do for."""
    return db.session.scalars(select(ContactImport.id).where(ContactImport.state.in_(UNDER_WAY))).all()


def list_forgotten(at: datetime) -> Sequence[ContactImport]:
    """Imports whose time to be kept is over, and that no worker has in hand."""
    statement = select(ContactImport).where(
        ContactImport.kept_until < at,
        ContactImport.state.not_in([ImportState.APPLYING, ImportState.UNDOING]),
    )
    return db.session.scalars(statement.with_for_update(skip_locked=True)).all()
