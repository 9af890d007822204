"""Why a contact stays when the file that brought it is undone: whatever points at it has come since.

No table can be forgotten: all that the database ties to a contact is asked. A later domain says in words what its tables
tell, and registers what it ties to somebody in another way: by an address, for one.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ...platform.audit import AuditEvent
from ...platform.db import db
from ...platform.many import among
from ...platform.retention import RetentionHold
from ..models import (
    Contact,
    ContactArea,
    ContactChanged,
    ContactConsent,
    ContactDetail,
    ContactFieldValue,
    ContactMerge,
    ContactNote,
    ContactTag,
    ImportedRow,
    ImportFinding,
    NotDuplicate,
    RowDeed,
    SearchToken,
    SpecialFact,
)
from ..words import DEEDS

Find = Callable[[Collection[UUID]], Iterable[UUID]]

# What a file writes itself; it says nothing of what came later.
_OF_FILES = (Contact, ContactArea, ContactDetail, ImportedRow, ImportFinding, SearchToken)
# What comes with a file has the contact's own time.
_IN_FILES = (ContactConsent, ContactNote, ContactTag)
_WORKED_WITH = _l("Worked with")
_finds: dict[Find, Any] = {}
_words: dict[str, Any] = {}


def register_keep(words: Any, find: Find) -> None:
    """Have those stay whom ``find`` finds among many contacts; ``words`` say why."""
    _finds[find] = words


def say_keep(model: Any, words: Any) -> None:
    """Say in words what a table's row about a contact means; the contact stays in any case."""
    _words[model.__tablename__] = words


def list_keeps(contacts: Mapping[UUID, Contact], import_id: UUID | None) -> dict[UUID, list[Any]]:
    """Who of those that an import added was worked with since, with the reasons in words."""
    found: dict[UUID, dict[str, Any]] = defaultdict(dict)
    if not contacts:
        return {}
    for words, ids in _tied(contacts, import_id):
        for key in ids:
            found[key][str(words)] = words
    reasons = {key: list(words.values()) for key, words in found.items()}
    for key, action in _deeds(contacts):
        # What was done is told where nothing that is left of it tells it better.
        if key not in found:
            words = DEEDS.get(action, _WORKED_WITH)
            kept = reasons.setdefault(key, [])
            if words not in kept:
                kept.append(words)
    for one in contacts.values():
        if one.version > 1:
            reasons.setdefault(one.id, [DEEDS["contact.edited"]])
    return reasons


def _tied(contacts: Mapping[UUID, Contact], import_id: UUID | None) -> Iterable[tuple[Any, set[UUID]]]:
    ids = list(contacts)
    for table, column in _pointing():
        pointing = select(column).where(among(column, ids)).distinct()
        yield _words.get(table.name, _WORKED_WITH), set(db.session.scalars(pointing))
    for model in _IN_FILES:
        written = select(model.contact_id, model.created_at).where(among(model.contact_id, ids))
        since = {key for key, at in db.session.execute(written) if at > contacts[key].created_at}
        yield _words[model.__tablename__], since
    other = select(ImportedRow.contact_id).where(
        among(ImportedRow.contact_id, ids),
        ImportedRow.import_id != import_id,
        ImportedRow.deed == RowDeed.UPDATED,
        ImportedRow.undone_at.is_(None),
    )
    yield DEEDS["contact.changed_by_file"], {key for key in db.session.scalars(other) if key}
    for find, words in _finds.items():
        yield words, set(find(ids))


def _pointing() -> list[tuple[Any, Any]]:
    """The tables that are tied to a contact and that no file writes, with the column that says so."""
    target = Contact.__table__
    passed = {model.__tablename__ for model in (*_OF_FILES, *_IN_FILES)}
    return [
        (table, table.c[next(name for name in key.column_keys if name != "organisation_id")])
        for table in db.metadata.sorted_tables
        for key in table.foreign_key_constraints
        if key.referred_table is target and table.name not in passed
    ]


def _deeds(contacts: Collection[UUID]) -> Iterable[tuple[UUID, str]]:
    events = select(AuditEvent.subject_id, AuditEvent.action).where(
        among(AuditEvent.subject_id, list(contacts)),
        AuditEvent.subject_type == "contact",
        AuditEvent.action != "contact.imported",
    )
    return [(row.subject_id, row.action) for row in db.session.execute(events)]


for _model, _said in (
    (ContactChanged, _l("Changed together with others")),
    (ContactConsent, _l("What they agreed to was written down")),
    (ContactFieldValue, _l("One of your own fields was filled in")),
    (ContactMerge, _l("Merged with another contact")),
    (ContactNote, _l("Written about")),
    (ContactTag, _l("Tagged")),
    (NotDuplicate, _l("Said to be two people, not one")),
    (RetentionHold, _l("Held, so that they are not deleted")),
    (SpecialFact, _l("Something is kept with their consent")),
):
    say_keep(_model, _said)
