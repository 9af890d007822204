"""Comparing addresses, sites and accounts with those on record; what its own source no longer names has ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from organising.platform.db import new_id
from organising.representatives.known import ContactPointState, Draft
from organising.representatives.readers.office_records import OfficeRecords, ReachRecord

# The office that an address belongs to ends with the seat.
OF_OFFICE = frozenset({"parliamentary_office", "department"})


def compare_reach(draft: Draft, records: OfficeRecords, found: Mapping[str, UUID]) -> None:
    """Work out which ways to reach people begin, change and end."""
    by_person: defaultdict[UUID, list[ReachRecord]] = defaultdict(list)
    for record in records.reach:
        if record.holder in found:
            by_person[found[record.holder]].append(record)
    for person_id in {found[key]: None for key in records.complete_reach if key in found}:
        by_person.setdefault(person_id, [])
    complete = {found[key] for key in records.complete_reach if key in found}
    for person_id, reach in by_person.items():
        named = {_compare(draft, record, person_id, records.source) for record in reach}
        if person_id in complete:
            _end_others(draft, person_id, records.source, named)


def end_of_office(draft: Draft, person_id: UUID) -> None:
    """End the addresses of an office whose holder has no office left."""
    if any(one.is_open and one.kind != "candidate" for one in draft.known.terms_by[person_id]):
        return
    for point in draft.known.contact_points[person_id]:
        if point.kind in OF_OFFICE and point.ended_on is None:
            _end(draft, point)


def _compare(draft: Draft, record: ReachRecord, person_id: UUID, source: str) -> UUID:
    """The point on record that the record means, or a new one."""
    points = draft.known.contact_points[person_id]
    for point in points:
        if point.ended_on is None and point.kind == record.kind and _same(point, record):
            changed = _enrich(point, record)
            if changed:
                draft.change("contact_point", point)
            draft.note(
                "contact_point", "updated" if changed else "unchanged", *_words(draft, point)[: 2 * changed]
            )
            return point.id
    point = ContactPointState(
        new_id(), person_id, record.kind, record.email, source, draft.as_of, None,
        record.phone, record.address, record.url, record.preferred,
    )  # fmt: skip
    points.append(point)
    draft.added["contact_point"].append(point)
    draft.note("contact_point", "created", *_words(draft, point))
    return point.id


def _same(point: ContactPointState, record: ReachRecord) -> bool:
    """The same mailbox, page or, where there is neither, telephone and address."""
    if record.email or point.email:
        return (record.email or "").casefold() == (point.email or "").casefold()
    if record.url or point.url:
        return record.url == point.url
    return (record.phone, record.address) == (point.phone, point.address)


def _enrich(point: ContactPointState, record: ReachRecord) -> bool:
    before = (point.phone, point.address, point.is_preferred)
    point.phone, point.address = record.phone or point.phone, record.address or point.address
    point.is_preferred = record.preferred or point.is_preferred
    return before != (point.phone, point.address, point.is_preferred)


def _end_others(draft: Draft, person_id: UUID, source: str, named: set[UUID]) -> None:
    for point in draft.known.contact_points[person_id]:
        if point.source == source and point.ended_on is None and point.id not in named:
            _end(draft, point)


def _end(draft: Draft, point: ContactPointState) -> None:
    point.ended_on = draft.as_of
    draft.change("contact_point", point)
    draft.note("contact_point", "closed", *_words(draft, point))


def _words(draft: Draft, point: ContactPointState) -> tuple[str, str]:
    return draft.known.persons[point.person_id].name, point.label
