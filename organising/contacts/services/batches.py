"""Contacts as rows of their tables, many at a time: sealed here, written in one statement for each table."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from ...platform.bulk import insert_rows, run, update_rows
from ...platform.clock import today
from ...platform.db import db, new_id
from ...platform.sealing import seal_field
from ...representatives.names import fold
from ...representatives.queries.postcodes import list_area_codes
from ..models import Contact, ContactArea, ContactDetail, ContactTag, SearchToken, Tag
from ..tokens import tokens_of
from .drafts import ContactDraft
from .keeping import detail_key, ensure_tags, holds_today

SEALED_FACTS = ("source_detail", "job", "workplace", "language")
# What is written anew with a contact; each is found by the contact's id.
CHILDREN: tuple[tuple[Any, str], ...] = (
    (ContactDetail, "contact_id"),
    (ContactArea, "contact_id"),
    (ContactTag, "contact_id"),
    (SearchToken, "id"),
)
_FACTS = ("id", "kind", "name", "sort_key", "unit_id", "sector", "source",
          *(f"{name}_cipher" for name in SEALED_FACTS))  # fmt: skip
_DETAILS = ("id", "contact_id", "kind", "place", "use", "value_cipher", "value_key", "postcode", "valid_from",
            "valid_until")  # fmt: skip


@dataclass
class Batch:
    """Contacts to be added, and others to be changed, of one organisation."""

    organisation_id: UUID
    added: list[tuple[UUID, ContactDraft]] = field(default_factory=list)
    changed: list[tuple[Contact, ContactDraft]] = field(default_factory=list)
    tags: Sequence[Tag] = ()
    made_tags: list[UUID] = field(default_factory=list)

    def take_tags(self) -> dict[str, str]:
        """The tags of all drafts as they are called here, by folded word; those that are new are made, and noted."""
        drafts = [draft for _who, draft in (*self.added, *self.changed)]
        names = {fold(name) or name.casefold(): name for draft in drafts for name in draft.tags}
        self.tags = ensure_tags(self.organisation_id, list(names.values()), made=self.made_tags)
        return {tag.name_folded: tag.name for tag in self.tags}

    def write(self) -> None:
        """Write all of them. Drafts are tidied, tags taken, and who is changed is locked."""
        session, same = db.session(), {"organisation_id": self.organisation_id}
        fresh = [(*self._facts(key, draft, None), draft.submission_key, 1) for key, draft in self.added]
        insert_rows(session, table_of(Contact), (*_FACTS, "submission_key", "version"), fresh, same=same)
        kept = [self._facts(contact.id, draft, contact) for contact, draft in self.changed]
        more = "version = kept.version + 1, edited_at = now()"
        update_rows(session, table_of(Contact), _FACTS[1:], kept, more=more)
        delete_children([contact.id for contact, _draft in self.changed])
        for contact, _draft in self.changed:
            session.expire(contact)
        self._write_children([*self.added, *((contact.id, draft) for contact, draft in self.changed)], same)

    def _facts(self, key: UUID, draft: ContactDraft, contact: Contact | None) -> tuple[Any, ...]:
        return (
            key, draft.kind, draft.name, fold(draft.name) or draft.name, draft.unit_id, draft.sector, draft.source,
            *(self._sealed_fact(key, name, getattr(draft, name) or None, contact) for name in SEALED_FACTS),
        )  # fmt: skip

    def _sealed_fact(self, key: UUID, name: str, value: str | None, contact: Contact | None) -> bytes | None:
        if contact is not None and getattr(contact, name) == value:
            # Each seal is another cipher, which would look like a change.
            kept: bytes | None = getattr(contact, f"{name}_cipher")
            return kept
        return self._seal("contact", f"{name}_cipher", key, value) if value else None

    def _seal(self, table: str, column: str, key: UUID, value: str) -> bytes:
        return seal_field(db.session(), self.organisation_id, table, column, key, value)

    def _write_children(self, drafts: Sequence[tuple[UUID, ContactDraft]], same: Mapping[str, Any]) -> None:
        session = db.session()
        details = [row for key, draft in drafts for row in self._details(key, draft)]
        insert_rows(session, table_of(ContactDetail), _DETAILS, details, same=same)
        tokens = [
            (key, token)
            for key, draft in drafts
            for token in tokens_of(draft.name, *(one.postcode for one in draft.addresses if one.postcode))
        ]
        insert_rows(session, table_of(SearchToken), ("id", "token"), tokens, same=same)
        present = {
            key: {one.postcode for one in draft.addresses if one.postcode and holds_today(one)}
            for key, draft in drafts
        }
        codes = list_area_codes({one for found in present.values() for one in found}, on=today())
        areas = [
            (key, code)
            for key, found in present.items()
            for code in {code for one in found for code in codes.get(one, ())}
        ]
        insert_rows(session, table_of(ContactArea), ("contact_id", "gss_code"), areas, same=same)
        tags = {tag.name_folded: tag.id for tag in self.tags}
        borne = [
            (key, tags[word])
            for key, draft in drafts
            for word in {fold(name) or name.casefold() for name in draft.tags}
        ]
        insert_rows(session, table_of(ContactTag), ("contact_id", "tag_id"), borne, same=same)

    def _details(self, key: UUID, draft: ContactDraft) -> Iterable[tuple[Any, ...]]:
        for kind, place, one in draft.details():
            detail = new_id()
            cipher = self._seal("contact_detail", "value_cipher", detail, one.value) if one.value else None
            yield (
                detail, key, str(kind), place, str(one.use), cipher,
                detail_key(self.organisation_id, kind, one.value), one.postcode or None, one.valid_from,
                one.valid_until,
            )  # fmt: skip


def table_of(model: Any) -> Table:
    """The table behind a model."""
    found: Table = model.__table__
    return found


def delete_children(contact_ids: Collection[UUID]) -> None:
    """Delete the details, areas, tags and words of contacts."""
    if not contact_ids:
        return
    for model, column in CHILDREN:
        statement = f"DELETE FROM {model.__tablename__} WHERE {column} = ANY(%s)"  # noqa: S608 - names of our own
        run(db.session(), statement, [list(contact_ids)])
