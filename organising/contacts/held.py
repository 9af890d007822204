"""What contacts hold of one person: found by their addresses and numbers, told in full (told.py), erased with all that hangs on them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from ..platform.actor import Actor
from ..platform.db import change_rows, db
from ..platform.people import Holding, Rows, Subject, about_nobody, ids, register
from ..platform.retention import RetentionHold
from ..platform.sealing import canonical_email
from ..platform.sheets import UnreadableSheet, read_sheet
from ..representatives.names import fold
from .models import (
    Contact,
    ContactDetail,
    ContactImport,
    ImportedRow,
    ImportFinding,
    ImportPiece,
    ImportState,
)
from .phones import parse_phone
from .services.checking import open_content
from .services.pieces import open_rows
from .told import tell_contacts

HANGING = (
    "contact_detail", "contact_area", "contact_tag", "contact_note", "contact_consent", "special_fact", "search_token",
    "contact_merge", "not_duplicate", "contact_field_value", "contact_changed",
)  # fmt: skip
OF_FILES = ("imported_row", "contact_import", "import_piece", "import_finding")
# Of these nothing was written yet: they are thrown away as a whole. Others are finished or undone first.
LOOKED_AT = (ImportState.READING, ImportState.REFUSED, ImportState.CHECKING, ImportState.CHECKED)


def find_contacts(actor: Actor, subject: Subject) -> Rows:
    """Contacts with one of their addresses or numbers, those merged with them, and what files told of them."""
    found = set(subject.contact_ids)
    known = select(ContactDetail.contact_id).where(ContactDetail.value_key.in_(list(subject.keys)))
    if subject.keys:
        found |= set(db.session.scalars(known))
    if subject.by_name:
        found |= _named(subject)
    found = _with_merged(found)
    rows = select(ImportedRow.id).where(ImportedRow.contact_id.in_(found))
    findings = select(ImportFinding.id).where(ImportFinding.contact_id.in_(found))
    return {
        "contact": frozenset(found),
        "imported_row": frozenset(db.session.scalars(rows)) if found else frozenset(),
        "retention_hold": _holds_of(found),
        "import_finding": frozenset(db.session.scalars(findings)) | _findings_with(subject),
        "contact_import": _files_with(subject),
    }


def _holds_of(contacts: set[UUID]) -> frozenset[UUID]:
    return frozenset(
        db.session.scalars(select(RetentionHold.id).where(RetentionHold.contact_id.in_(contacts)))
        if contacts
        else ()
    )


def _named(subject: Subject) -> set[UUID]:
    at = select(ContactDetail.contact_id).where(ContactDetail.postcode.in_(list(subject.postcodes)))
    named = select(Contact.id).where(
        Contact.sort_key.in_([fold(name) or name for name in subject.names]), Contact.id.in_(at)
    )
    return set(db.session.scalars(named))


def _with_merged(found: set[UUID]) -> set[UUID]:
    """Both sides of every merge, until no more are found: they were said to be one person."""
    while True:
        both = select(Contact.id).where(
            or_(
                Contact.merged_into_id.in_(found),
                Contact.id.in_(select(Contact.merged_into_id).where(Contact.id.in_(found))),
            )
        )
        more = set(db.session.scalars(both)) - found
        if not more:
            return found
        found |= more


def _files_with(subject: Subject) -> frozenset[UUID]:
    """Files that are still kept and name one of the addresses or numbers: read, as only their rows tell."""
    wanted = _wanted(subject)
    if not wanted:
        return frozenset()
    whole = db.session.scalars(select(ContactImport).where(ContactImport.content_cipher.is_not(None)))
    found = {one.id for one in whole if _names(wanted, _rows_of(one))}
    for piece in db.session.scalars(select(ImportPiece).order_by(ImportPiece.import_id)):
        if piece.import_id not in found and _names(wanted, (row.cells for row in open_rows(piece))):
            found.add(piece.import_id)
    return frozenset(found)


def _findings_with(subject: Subject) -> frozenset[UUID]:
    """Rows with faults that are kept to be put right, and name one of the addresses or numbers."""
    wanted = _wanted(subject)
    held = select(ImportFinding).where(ImportFinding.faults_cipher.is_not(None))
    return frozenset(
        one.id
        for one in (db.session.scalars(held) if wanted else ())
        if _names(wanted, [json.loads(one.faults_json or "{}").get("cells") or ()])
    )


def _wanted(subject: Subject) -> set[str]:
    return {canonical_email(one) for one in (*subject.emails, *subject.phones)}


def _names(wanted: set[str], rows: Iterable[Iterable[str]]) -> bool:
    return any(canonical_email(_as_kept(str(cell))) in wanted for cells in rows for cell in cells)


def _rows_of(kept: ContactImport) -> Iterable[Iterable[str]]:
    try:
        return [row.cells for row in read_sheet(open_content(kept)).rows]
    except UnreadableSheet:
        return ()


def _as_kept(cell: str) -> str:
    try:
        return cell if "@" in cell else parse_phone(cell)
    except ValueError:
        return cell


def erase_contacts(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Remove contacts with all that hangs on them, what undoing an import would bring back, and files that were only looked at."""
    counts: dict[str, int] = {}
    contacts = ids(rows, "contact")
    for table, column in _hanging():
        counts[table.name] = counts.get(table.name, 0) + _count(table, column, contacts)
    imported = update(ImportedRow).where(ImportedRow.id.in_(ids(rows, "imported_row")))
    counts["imported_row"] = change_rows(
        imported.where(ImportedRow.before_cipher.is_not(None)).values(before_cipher=None)
    )
    counts["import_finding"] = change_rows(
        delete(ImportFinding).where(ImportFinding.id.in_(ids(rows, "import_finding")))
    )
    counts["retention_hold"] = change_rows(
        delete(RetentionHold).where(RetentionHold.id.in_(ids(rows, "retention_hold")))
    )
    counts["contact"] = change_rows(delete(Contact).where(Contact.id.in_(contacts)))
    files = delete(ContactImport).where(
        ContactImport.id.in_(ids(rows, "contact_import")), ContactImport.state.in_(LOOKED_AT)
    )
    counts["contact_import"] = change_rows(files)
    db.session.expire_all()
    return counts


def _hanging() -> list[tuple[Any, str]]:
    """The tables whose rows the database removes with a contact, and the column that points at it."""
    target = Contact.__table__
    return [
        (table, next(name for name in key.column_keys if name != "organisation_id"))
        for table in db.metadata.sorted_tables
        for key in table.foreign_key_constraints
        if key.referred_table is target and key.ondelete == "CASCADE"
    ]


def _count(table: Any, column: str, contacts: Sequence[UUID]) -> int:
    found = db.session.scalar(select(func.count()).select_from(table).where(table.c[column].in_(contacts)))
    return int(found or 0)


register(
    Holding(
        "contacts",
        find_contacts,
        erase_contacts,
        tell_contacts,
        exports=frozenset({"contact", "retention_hold", "audit_event", *OF_FILES, *HANGING}),
        erases=frozenset({"contact", "retention_hold", *OF_FILES, *HANGING}),
        stays={
            "audit_event": "holds ids, states and counts, never a person's details; a chain that loses rows proves nothing"
        },
    )
)
about_nobody(
    {
        "audit_seal": "hashes of audit events",
        "consent_wording": "the organisation's own words, the same for everybody",
        "duplicate_rule": "weights of fields",
        "contact_change": "what a colleague did to many at once; to whom is contact_changed",
        "contact_field": "a field that the organisation defined; what stands in it is contact_field_value",
        "contact_field_option": "words to choose among, the same for everybody",
        "contact_segment": "a question about contacts, and no list of them",
        "export_record": "that a colleague took a file out, with its kind and number of rows",
        "retention_run": "how many rows went at a time",
        "retention_setting": "how long the organisation keeps what",
        "tag": "words of the organisation's own; that somebody bears one is contact_tag",
    }
)
