"""What a contact was, as text to be sealed: for putting it back, but for what was changed by hand since."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from ...platform.bulk import run
from ...platform.db import db
from ...platform.sealing import open_bytes
from .batches import CHILDREN, delete_children
from .drafts import ContactDraft, DetailDraft
from .keeping import COMPARED

# Of a contact's own row only what a file can change; the rest is other deeds'.
_FACTS = ("kind", "name", "sort_key", "unit_id", "sector", "source", "source_detail_cipher", "job_cipher",
          "workplace_cipher", "language_cipher", "version", "edited_at")  # fmt: skip


def written(parts: Mapping[str, Any]) -> str:
    """Parts of a snapshot as JSON; ``before`` and ``after`` are values by field as ``kept_values`` gives them."""
    return json.dumps(parts, default=_as_json)


def is_as_after(snapshot: Mapping[str, Any], present: Mapping[str, Any]) -> bool:
    """Whether nothing was changed since."""
    now = json.loads(written(present))
    return all(now[name] == snapshot["after"][name] for name in COMPARED)


def put_back(snapshot: Mapping[str, Any], present: Mapping[str, Any], submission_key: UUID) -> ContactDraft:
    """The contact as it was before, with those fields as they are now that were changed since."""
    now = json.loads(written(present))
    restored = {
        # Whoever changed a field since then meant it.
        name: snapshot["before"][name] if now[name] == snapshot["after"][name] else now[name]
        for name in COMPARED
    }
    return ContactDraft(submission_key=submission_key, **_read(restored))


def raw_rows(contact_ids: Collection[UUID]) -> dict[UUID, dict[str, list[Any]]]:
    """The very rows of contacts and of what is written anew with them, by contact and table: ciphers, keys and times."""
    found: dict[UUID, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    if not contact_ids:
        return found
    facts = ", ".join(f"'{name}', t.{name}" for name in ("id", *_FACTS))
    read = [("contact", "id", f"jsonb_build_object({facts})")]
    read += [(model.__tablename__, column, "to_jsonb(t)") for model, column in CHILDREN]
    for table, column, row in read:
        statement = f"SELECT t.{column}, {row} FROM {table} t WHERE t.{column} = ANY(%s)"  # noqa: S608 - names of our own
        for key, kept in run(db.session(), statement, [list(contact_ids)]):
            found[key][table].append(kept)
    return found


def can_restore(organisation_id: UUID, snapshot: Mapping[str, list[Any]]) -> bool:
    """Whether what is sealed in these rows still opens: a key that was changed since has closed it for good."""
    for table, rows in snapshot.items():
        for row in rows:
            for column in (one for one in row if one.endswith("_cipher") and row[one]):
                cipher = bytes.fromhex(row[column].removeprefix("\\x"))
                try:
                    open_bytes(db.session(), organisation_id, table, column, UUID(row["id"]), cipher)
                except InvalidTag:
                    return False
    return True


def restore_rows(snapshots: Sequence[Mapping[str, list[Any]]]) -> None:
    """Put the very rows of contacts back in place of those that there are."""
    if not snapshots:
        return
    contacts = [row for one in snapshots for row in one["contact"]]
    delete_children([UUID(row["id"]) for row in contacts])
    facts = ", ".join(f"{name} = was.{name}" for name in _FACTS)
    run(
        db.session(),
        f"UPDATE contact AS kept SET {facts} FROM jsonb_populate_recordset(NULL::contact, %s::jsonb) AS was "  # noqa: S608 - names of our own
        "WHERE kept.id = was.id",
        [json.dumps(contacts)],
    )
    for model, _column in CHILDREN:
        table = model.__tablename__
        rows = [row for one in snapshots for row in one.get(table, ())]
        # A tag that was taken away since is not brought back.
        there_is = (
            "WHERE EXISTS (SELECT FROM tag t WHERE t.id = was.tag_id)" if table == "contact_tag" else ""
        )
        if rows:
            run(
                db.session(),
                f"INSERT INTO {table} SELECT was.* FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS was {there_is}",  # noqa: S608 - names of our own
                [json.dumps(rows)],
            )


def _as_json(value: Any) -> Any:
    if isinstance(value, DetailDraft):
        return asdict(value)
    if isinstance(value, date | UUID):
        return str(value)
    raise TypeError(type(value).__name__)


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    read = dict(values)
    for name in ("emails", "phones", "addresses"):
        read[name] = tuple(_detail(one) for one in values[name])
    read["tags"] = tuple(values["tags"])
    read["unit_id"] = UUID(values["unit_id"]) if values["unit_id"] else None
    return read


def _detail(one: Mapping[str, Any]) -> DetailDraft:
    since, until = (
        date.fromisoformat(one[name]) if one[name] else None for name in ("valid_from", "valid_until")
    )
    return DetailDraft(one["value"], one["use"], one["postcode"], since, until)
