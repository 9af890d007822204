"""Importing motions, divisions and questions: the same file twice is the same rows once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from organising.platform import audit, clock
from organising.platform.actor import Actor
from organising.platform.db import db, new_id
from organising.representatives.known import Change
from organising.representatives.models import ParliamentaryAct, ParliamentaryItem, PersonIdentifier
from organising.representatives.readers.acts import ActRecord, ActRecords, ItemRecord
from organising.representatives.readers.records import MNIS, Rejection
from organising.representatives.services.registry import imports
from organising.representatives.services.results import ImportResult, counted

COMPARED = ("kind", "number", "title", "words", "answer", "answering_body", "happened_on", "url", "counts")
BATCH = 2000


@imports(ActRecords)
def import_acts(
    actor: Actor | None, records: ActRecords, *, as_of: date | None = None, dry_run: bool = False
) -> ImportResult:
    """Keep items and members' parts in them. A member whom nobody knows is reported with the item, and left out.

    A signature that a complete list no longer has is removed; one that the list calls withdrawn keeps its day.
    """
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    changes: list[Change] = []
    rejected = list(records.rejected)
    people = _people({act.member for item in records.items for act in item.acts})
    known = _known(records.source, [item.source_id for item in records.items])
    for item in records.items:
        row = known.get(item.source_id)
        outcome = _outcome(row, item)
        tally["item"][outcome] += 1
        if outcome != "unchanged":
            changes.append(Change("item", outcome, item.title, ""))
        acts, unknown = _acts_of(item, people)
        rejected += [
            Rejection(f"{item.kind} {item.source_id}", f"member {one} is not known; import the members first")
            for one in unknown
        ]
        item_id = row.id if row else new_id()
        _compare_acts(tally, row, item, acts)
        if not dry_run:
            _write(records.source, item_id, item, acts)
    result = ImportResult(
        source=records.source,
        as_of=as_of or clock.today(),
        dry_run=dry_run,
        counts=counted(tally),
        changes=tuple(changes),
        rejected=tuple(rejected),
        ignored=records.ignored,
    )
    if not dry_run:
        db.session.expire_all()
        if actor is not None:
            audit.record(actor, "acts.imported", "parliamentary_item", source=records.source,
                         created=result.created, updated=result.updated)  # fmt: skip
    return result


def _people(members: Iterable[str]) -> dict[str, UUID]:
    rows = db.session.execute(
        select(PersonIdentifier.value, PersonIdentifier.person_id).where(
            PersonIdentifier.scheme == MNIS, PersonIdentifier.value.in_(list(members))
        )
    )
    return dict(rows.all())


def _known(source: str, source_ids: list[str]) -> dict[str, ParliamentaryItem]:
    rows = db.session.scalars(
        select(ParliamentaryItem).where(
            ParliamentaryItem.source == source, ParliamentaryItem.source_id.in_(source_ids)
        )
    )
    return {one.source_id: one for one in rows}


def _outcome(row: ParliamentaryItem | None, item: ItemRecord) -> str:
    if row is None:
        return "created"
    said = _columns(item, row)
    return "updated" if any(getattr(row, name) != said[name] for name in COMPARED) else "unchanged"


def _columns(item: ItemRecord, row: ParliamentaryItem | None) -> dict[str, Any]:
    """The columns as this file leaves them: a search result does not take away the counts of a full list."""
    counts = dict(item.counts)
    if row is not None and not item.complete:
        counts = dict(row.counts) | {
            key: value for key, value in counts.items() if not key.endswith("_listed")
        }
    return {name: counts if name == "counts" else getattr(item, name) for name in COMPARED}


def _acts_of(
    item: ItemRecord, people: dict[str, UUID]
) -> tuple[dict[tuple[UUID, str], ActRecord], list[str]]:
    acts = {(people[one.member], one.part): one for one in item.acts if one.member in people}
    unknown = sorted(
        {one.member for one in item.acts if one.member not in people}, key=lambda one: (len(one), one)
    )
    return acts, unknown


def _compare_acts(
    tally: dict[str, Counter[str]],
    row: ParliamentaryItem | None,
    item: ItemRecord,
    acts: dict[tuple[UUID, str], ActRecord],
) -> None:
    kept: dict[tuple[UUID, str], ParliamentaryAct] = {}
    if row is not None:
        found = db.session.scalars(select(ParliamentaryAct).where(ParliamentaryAct.item_id == row.id))
        kept = {(one.person_id, one.part): one for one in found}
    for key, act in acts.items():
        same = kept.get(key)
        if same is None:
            tally["act"]["created"] += 1
        elif (same.happened_on, same.place, same.withdrawn_on) != (
            act.happened_on,
            act.place,
            act.withdrawn_on,
        ):
            tally["act"]["updated"] += 1
        else:
            tally["act"]["unchanged"] += 1
    if item.complete and (gone := len(kept.keys() - acts.keys())):
        tally["act"]["closed"] += gone


def _write(source: str, item_id: UUID, item: ItemRecord, acts: dict[tuple[UUID, str], ActRecord]) -> None:
    row = db.session.get(ParliamentaryItem, item_id)
    said = _columns(item, row)
    if row is None:
        db.session.add(ParliamentaryItem(id=item_id, source=source, source_id=item.source_id, **said))
        db.session.flush()
    else:
        for name, value in said.items():
            setattr(row, name, value)
    if item.complete:
        _remove_others(item_id, acts)
    at = clock.now()
    rows = [
        {
            "id": new_id(),
            "item_id": item_id,
            "person_id": person_id,
            "part": part,
            "happened_on": act.happened_on,
            "place": act.place,
            "withdrawn_on": act.withdrawn_on,
            "seen_at": at,
            "created_at": at,
        }
        for (person_id, part), act in acts.items()
    ]
    for first in range(0, len(rows), BATCH):
        statement = insert(ParliamentaryAct).values(rows[first : first + BATCH])
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["item_id", "person_id", "part"],
                set_={
                    name: statement.excluded[name]
                    for name in ("happened_on", "place", "withdrawn_on", "seen_at")
                },
            )
        )
    db.session.flush()


def _remove_others(item_id: UUID, acts: dict[tuple[UUID, str], ActRecord]) -> None:
    found = db.session.execute(
        select(ParliamentaryAct.id, ParliamentaryAct.person_id, ParliamentaryAct.part).where(
            ParliamentaryAct.item_id == item_id
        )
    )
    gone = [row.id for row in found if (row.person_id, row.part) not in acts]
    if gone:
        db.session.execute(delete(ParliamentaryAct).where(ParliamentaryAct.id.in_(gone)))
