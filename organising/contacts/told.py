"""What a person is told of what contacts hold of them, section by section."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from ..platform.actor import Actor
from ..platform.audit import AuditEvent
from ..platform.db import db
from ..platform.people import Item, Rows, Section, ids
from ..platform.retention import RetentionHold
from ..platform.ui import longdate
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
    SpecialFact,
)
from .queries.contacts import list_areas_of, list_details, list_tags_of, list_unit_names
from .words import CHANNELS, DECISIONS, DEEDS, FIELDS, KINDS, LANGUAGES, PURPOSES, SECTORS, SOURCES, USES


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
