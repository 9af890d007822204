"""Comparing committees, groups and the posts in them with what is on record."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from organising.platform.db import new_id
from organising.representatives.known import Draft
from organising.representatives.office_known import AffiliationState, BodyState, OfficeKnown, new_body
from organising.representatives.readers.office_records import (
    AffiliationRecord,
    BodyRecord,
    Holder,
    OfficeRecords,
)
from organising.representatives.readers.records import PartialDate, day_before


def compare_bodies(draft: Draft, known: OfficeKnown, records: OfficeRecords) -> None:
    """Add the bodies that are new, and say more of the others."""
    for record in records.bodies:
        body = known.bodies.get((record.kind, record.key))
        if body is None:
            _add_body(draft, known, record, records.source)
        elif _say_more(body, record):
            draft.change("body", body)
            draft.note("body", "updated", body.name)
        else:
            draft.note("body", "unchanged")


def _add_body(draft: Draft, known: OfficeKnown, record: BodyRecord, source: str) -> None:
    name = record.name or record.key.replace("-", " ").capitalize()
    body = new_body(record.kind, record.key, name, source)
    _say_more(body, record)
    known.bodies[record.kind, record.key] = body
    draft.added["body"].append(body)
    draft.note("body", "created", body.name)


def _say_more(body: BodyState, record: BodyRecord) -> bool:
    """Take over what the record says; what it leaves out stays. A name made of a key gives way to one told."""
    before = (body.name, body.parliament, body.purpose, body.url)
    for word in ("name", "parliament", "purpose", "url"):
        told = getattr(record, word)
        if told and (
            word != "name" or body.kind == "group" or body.name.casefold().replace(" ", "-") == body.key
        ):
            setattr(body, word, told)
    return before != (body.name, body.parliament, body.purpose, body.url)


def compare_affiliations(
    draft: Draft, known: OfficeKnown, records: OfficeRecords, found: Mapping[str, UUID]
) -> None:
    """Work out which posts begin, change and end. Those of people not on record are kept for them."""
    told: set[str] = set()
    for record in records.affiliations:
        told.add(record.source_id)
        holder = records.holders[record.holder]
        answer = draft.known.asked.get(holder.identifiers[0])
        if answer and answer.state == "ignored":
            continue
        _compare(draft, known, record, holder, found.get(record.holder), records.source)
    if records.complete_groups:
        _end_untold(draft, known, records.source, told)


def _compare(
    draft: Draft,
    known: OfficeKnown,
    record: AffiliationRecord,
    holder: Holder,
    person_id: UUID | None,
    source: str,
) -> None:
    state = known.affiliations.get((source, record.source_id))
    statement = _statement(record)
    if state is None:
        other = next((one for one in known.by_number[record.source_id] if one.source != source), None)
        if other is not None:
            _complete(draft, other, record)
            return
        state = AffiliationState(
            new_id(), person_id, holder.identifiers[0], record.kind,
            known.bodies[record.body].id if record.body else None, record.role, source, record.source_id, statement,
            record.start, record.end,
        )  # fmt: skip
        known.affiliations[source, record.source_id] = state
        draft.added["affiliation"].append(state)
        draft.note("post", "created", _who(draft, state, holder), record.role or record.kind)
        return
    waits = state.person_id is None and person_id is not None
    if state.source_statement == statement and not waits:
        draft.note("post", "unchanged")
        return
    closes = state.end is None and record.end is not None
    state.person_id = person_id or state.person_id
    if state.source_statement != statement:
        state.body_id = known.bodies[record.body].id if record.body else None
        state.kind, state.role, state.start, state.end = record.kind, record.role, record.start, record.end
        state.source_statement = statement
    draft.change("affiliation", state)
    draft.note(
        "post", "closed" if closes else "updated", _who(draft, state, holder), record.role or record.kind
    )


def _complete(draft: Draft, other: AffiliationState, record: AffiliationRecord) -> None:
    """Another source tells the same post under the same number; only its missing end is taken over."""
    if other.end is None and record.end is not None and other.start == record.start:
        other.end = record.end
        draft.change("affiliation", other)
        draft.note("post", "closed", other.holder.value, record.role or record.kind)
    else:
        draft.note("post", "unchanged")


def _end_untold(draft: Draft, known: OfficeKnown, source: str, told: set[str]) -> None:
    for state in known.affiliations.values():
        if state.source == source and state.end is None and state.source_id not in told:
            state.end, state.source_statement = PartialDate.of(day_before(draft.as_of)), "no longer named"
            draft.change("affiliation", state)
            draft.note("post", "closed", state.holder.value, state.role or state.kind)


def _statement(record: AffiliationRecord) -> str:
    said = (record.kind, record.body and "/".join(record.body), record.role, record.start, record.end)
    return "|".join("" if one is None else str(one) for one in said)


def _who(draft: Draft, state: AffiliationState, holder: Holder) -> str:
    return draft.known.persons[state.person_id].name if state.person_id else holder.name
