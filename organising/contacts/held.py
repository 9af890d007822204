"""What contacts hold of one person: found by their addresses and numbers, told in full, erased with all that hangs on them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, or_, select, update

from ..platform.actor import Actor
from ..platform.audit import AuditEvent
from ..platform.db import db
from ..platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register
from ..platform.retention import RetentionHold
from ..platform.sealing import canonical_email
from ..platform.ui import longdate
from ..representatives.names import fold
from .models import (
    ConsentWording,
    Contact,
    ContactConsent,
    ContactDetail,
    ContactField,
    ContactFieldOption,
    ContactFieldValue,
    ContactImport,
    ContactMerge,
    ContactNote,
    ImportedRow,
    ImportFinding,
    ImportPiece,
    ImportState,
    SpecialFact,
)
from .phones import parse_phone
from .queries.contacts import list_areas_of, list_details, list_tags_of, list_unit_names
from .services.checking import open_content
from .services.pieces import open_rows
from .sheets import UnreadableSheet, read_sheet
from .words import CHANNELS, DECISIONS, DEEDS, FIELDS, KINDS, LANGUAGES, PURPOSES, SECTORS, SOURCES, USES

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
    counts["imported_row"] = _change(
        imported.where(ImportedRow.before_cipher.is_not(None)).values(before_cipher=None)
    )
    counts["import_finding"] = _change(
        delete(ImportFinding).where(ImportFinding.id.in_(ids(rows, "import_finding")))
    )
    counts["retention_hold"] = _change(
        delete(RetentionHold).where(RetentionHold.id.in_(ids(rows, "retention_hold")))
    )
    counts["contact"] = _change(delete(Contact).where(Contact.id.in_(contacts)))
    files = delete(ContactImport).where(
        ContactImport.id.in_(ids(rows, "contact_import")), ContactImport.state.in_(LOOKED_AT)
    )
    counts["contact_import"] = _change(files)
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


def _change(statement: Any) -> int:
    changed: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(changed.rowcount)


def tell_contacts(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Everything that is kept of these contacts, and what was done with them."""
    contacts = list(
        db.session.scalars(
            select(Contact).where(Contact.id.in_(ids(rows, "contact"))).order_by(Contact.created_at)
        )
    )
    return (
        Section(_("What is kept of you"), tuple(_contact(one) for one in contacts)),
        Section(_("Notes"), _notes(ids(rows, "contact"))),
        Section(_("What you agreed to, and what not"), _consents(ids(rows, "contact"))),
        Section(_("Union membership and opinions"), _facts(ids(rows, "contact"))),
        Section(_("Merged records"), _merges(ids(rows, "contact"))),
        Section(
            _("Files you came in"),
            (
                *_imports(ids(rows, "imported_row"), ids(rows, "contact_import")),
                *_findings(ids(rows, "import_finding")),
            ),
        ),
        Section(_("Holds: why something was kept longer"), _holds(ids(rows, "retention_hold"))),
        Section(_("What was done, by whom and when"), _deeds(ids(rows, "contact"))),
    )


def _contact(contact: Contact) -> Item:
    details = list_details([contact.id]).get(contact.id, [])
    areas = list_areas_of([contact.id], contact.created_at.date()).get(contact.id, [])
    facts = [
        (_("Name"), contact.name),
        (_("Kind"), _word(KINDS, contact.kind)),
        *((_detail_label(one), _detail(one)) for one in details),
        (_("Unit"), list_unit_names([contact.unit_id]).get(contact.unit_id, "") if contact.unit_id else ""),
        (str(FIELDS["sector"]), _word(SECTORS, contact.sector)),
        (str(FIELDS["job"]), contact.job or ""),
        (str(FIELDS["workplace"]), contact.workplace or ""),
        (
            str(FIELDS["language"]),
            _word(LANGUAGES, contact.language),
        ),
        (_("Tags"), ", ".join(tag.name for tag in list_tags_of([contact.id]).get(contact.id, []))),
        (_("Areas"), ", ".join(area.name for area in areas)),
        (_("How we know you"), _word(SOURCES, contact.source)),
        (_("Where from"), contact.source_detail or ""),
        *_own_fields(contact.id),
        (_("Kept since"), longdate(contact.created_at)),
        (_("Put away on"), longdate(contact.archived_at) if contact.archived_at else ""),
        (_("Restricted on"), longdate(contact.restricted_at) if contact.restricted_at else ""),
        (_("Objection noted on"), longdate(contact.objected_at) if contact.objected_at else ""),
    ]
    return Item(f"contact:{contact.id}", contact.name, _given(facts), contact.created_at)


def _own_fields(contact_id: UUID) -> list[tuple[str, str]]:
    """What stands in fields of the organisation's own, those put away too."""
    value = ContactFieldValue
    rows = db.session.execute(
        select(ContactField.name, ContactFieldOption.name, value)
        .join(
            ContactField,
            (ContactField.organisation_id == value.organisation_id) & (ContactField.id == value.field_id),
        )
        .outerjoin(
            ContactFieldOption,
            (ContactFieldOption.organisation_id == value.organisation_id)
            & (ContactFieldOption.id == value.option_id),
        )
        .where(value.contact_id == contact_id)
        .order_by(ContactField.place, ContactFieldOption.place)
    )
    return [(name, _value(option, kept)) for name, option, kept in rows]


def _value(option: str | None, kept: ContactFieldValue) -> str:
    if kept.truth is not None:
        return _("yes") if kept.truth else _("no")
    if kept.day is not None:
        return longdate(kept.day)
    return option or kept.text or str(kept.number)


def _detail_label(detail: ContactDetail) -> str:
    kinds = {"email": _("Email"), "phone": _("Phone"), "address": _("Address")}
    return f"{kinds.get(detail.kind, detail.kind)} ({_word(USES, detail.use)})"


def _detail(detail: ContactDetail) -> str:
    parts = [(detail.value or "").replace("\n", ", "), detail.postcode or ""]
    days = [f"{_('from')} {detail.valid_from}" if detail.valid_from else ""]
    days += [f"{_('until')} {detail.valid_until}" if detail.valid_until else ""]
    return ", ".join(part for part in (*parts, *days) if part)


def _notes(contacts: Sequence[UUID]) -> tuple[Item, ...]:
    # One that was taken from the page is kept, so it is told.
    found = select(ContactNote).where(ContactNote.contact_id.in_(contacts)).order_by(ContactNote.created_at)
    return tuple(
        Item(
            f"contact_note:{one.id}",
            _("Note by %(who)s", who=one.author_label),
            _given(
                [
                    (_("Note"), one.body or ""),
                    (_("Taken away on"), longdate(one.removed_at) if one.removed_at else ""),
                ]
            ),
            one.created_at,
        )
        for one in db.session.scalars(found)
    )


def _consents(contacts: Sequence[UUID]) -> tuple[Item, ...]:
    rows = db.session.execute(
        select(ContactConsent, ConsentWording.text)
        .outerjoin(
            ConsentWording,
            (ConsentWording.organisation_id == ContactConsent.organisation_id)
            & (ConsentWording.id == ContactConsent.wording_id),
        )
        .where(ContactConsent.contact_id.in_(contacts))
        .order_by(ContactConsent.decided_at)
    )
    return tuple(
        Item(
            f"contact_consent:{one.id}",
            f"{_word(PURPOSES, one.purpose)} {_word(CHANNELS, one.channel)}",
            _given(
                [
                    (_("Decision"), _word(DECISIONS, one.decision)),
                    (_("Exact words"), words or ""),
                    (_("Evidence"), one.evidence or ""),
                    (_("Written down by"), one.author_label),
                ]
            ),
            one.decided_at,
        )
        for one, words in rows
    )


def _facts(contacts: Sequence[UUID]) -> tuple[Item, ...]:
    found = select(SpecialFact).where(SpecialFact.contact_id.in_(contacts))
    return tuple(
        Item(
            f"special_fact:{one.id}",
            _word(PURPOSES, one.purpose),
            ((_("Kept"), one.value or ""),),
        )
        for one in db.session.scalars(found)
    )


def _merges(contacts: Sequence[UUID]) -> tuple[Item, ...]:
    found = select(ContactMerge).where(ContactMerge.kept_id.in_(contacts)).order_by(ContactMerge.created_at)
    return tuple(
        Item(
            f"contact_merge:{one.id}",
            _("Two records became one"),
            _given(
                [
                    (_("By"), one.author_label),
                    (_("Undone on"), longdate(one.undone_at) if one.undone_at else ""),
                    (_("Kept for undoing"), one.before or ""),
                ]
            ),
            one.created_at,
        )
        for one in db.session.scalars(found)
    )


def _imports(imported: Sequence[UUID], files: Sequence[UUID]) -> tuple[Item, ...]:
    rows = db.session.execute(
        select(ImportedRow, ContactImport)
        .join(
            ContactImport,
            (ContactImport.organisation_id == ImportedRow.organisation_id)
            & (ContactImport.id == ImportedRow.import_id),
        )
        .where(ImportedRow.id.in_(imported))
        .order_by(ImportedRow.created_at)
    )
    came = [
        Item(
            f"imported_row:{row.id}",
            _("Row %(number)s of %(file)s", number=row.number, file=kept.file_name or ""),
            _given([(_("By"), kept.author_label), (_("Kept for undoing"), row.before or "")]),
            row.created_at,
        )
        for row, kept in rows
    ]
    held = db.session.scalars(select(ContactImport).where(ContactImport.id.in_(files)))
    return (
        *came,
        *(
            Item(
                f"contact_import:{one.id}",
                _("In a file that waits: %(file)s", file=one.file_name or ""),
                (),
                one.created_at,
            )
            for one in held
        ),
    )


def _findings(findings: Sequence[UUID]) -> tuple[Item, ...]:
    found = select(ImportFinding).where(ImportFinding.id.in_(findings)).order_by(ImportFinding.number)
    told = []
    for one in db.session.scalars(found):
        said = json.loads(one.faults_json or "{}")
        cells = ", ".join(str(cell) for cell in said.get("cells") or () if cell) or str(said.get("name", ""))
        title = _("Row %(number)s of a file, as it was looked at", number=one.number)
        told.append(Item(f"import_finding:{one.id}", title, _given([(_("Cells"), cells)]), one.created_at))
    return tuple(told)


def _holds(holds: Sequence[UUID]) -> tuple[Item, ...]:
    found = select(RetentionHold).where(RetentionHold.id.in_(holds)).order_by(RetentionHold.created_at)
    return tuple(
        Item(
            f"retention_hold:{one.id}",
            _("Until %(day)s", day=longdate(one.until)),
            _given([(_("Reason"), one.reason or ""), (_("By"), one.author_label)]),
            one.created_at,
        )
        for one in db.session.scalars(found)
    )


def _deeds(contacts: Sequence[UUID]) -> tuple[Item, ...]:
    found = (
        select(AuditEvent)
        .where(AuditEvent.subject_id.in_(contacts), AuditEvent.subject_type == "contact")
        .order_by(AuditEvent.created_at)
    )
    return tuple(
        Item(
            f"audit_event:{one.id}",
            str(DEEDS.get(one.action, one.action)),
            _given(
                [
                    (
                        _("Fields"),
                        ", ".join(str(FIELDS.get(name, name)) for name in one.facts.get("fields", ())),
                    )
                ]
            ),
            one.created_at,
        )
        for one in db.session.scalars(found)
    )


def _word(words: Mapping[Any, Any], value: str | None) -> str:
    return str(words.get(value, value)) if value else ""


def _given(facts: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in facts if value)


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
