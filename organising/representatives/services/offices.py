"""Importing the files that tell more than seats: offices, posts, groups, addresses, candidates, polls."""

from __future__ import annotations

from datetime import date

from organising.platform import audit, clock
from organising.platform.actor import Actor
from organising.platform.db import db, new_id
from organising.representatives.affiliating import compare_affiliations, compare_bodies
from organising.representatives.comparing import compare_contact_points, compare_records
from organising.representatives.holders import find_holders
from organising.representatives.known import AreaState, Draft, PartyState
from organising.representatives.office_known import OfficeKnown, load_office_known, write_office_rows
from organising.representatives.office_terms import OfficeTerms
from organising.representatives.polling import check_winners, compare_contests, poll_of
from organising.representatives.reaching import compare_reach
from organising.representatives.readers.office_records import OfficeRecords
from organising.representatives.readers.records import AreaRecord
from organising.representatives.services.importing import why_outdated
from organising.representatives.services.registry import imports
from organising.representatives.services.results import ImportResult, counted
from organising.representatives.terms import compare_terms
from organising.representatives.writing import load_known, lock_imports, write_draft


@imports(OfficeRecords)
def import_offices(
    actor: Actor | None, records: OfficeRecords, *, as_of: date | None = None, dry_run: bool = False
) -> ImportResult:
    """Bring what is on record to what ``records`` say, in the current transaction; the caller commits.

    The session's context needs the purpose ``import``. ``as_of`` is the day for which the file speaks, for candidates
    of a general election the day of the poll. Raises Invalid where that day is needed and nobody knows it.
    """
    connection = db.session.connection()
    lock_imports(connection)
    draft = Draft(load_known(connection, records.source), as_of or clock.today())
    known = load_office_known(connection, draft.known)
    draft.rejected.extend(records.rejected)
    draft.ignored.update(records.ignored)
    _compare(draft, known, records, as_of_stated=as_of is not None)
    result = ImportResult(
        source=records.source,
        as_of=draft.as_of,
        dry_run=dry_run,
        counts=counted(draft.tally),
        changes=tuple(draft.changes),
        rejected=tuple(draft.rejected),
        ignored=dict(draft.ignored),
        questions=tuple(draft.questions.values()),
    )
    if not dry_run:
        write_draft(connection, draft, records.source)
        write_office_rows(connection, draft)
        db.session.expire_all()
        if actor is not None:
            audit.record(actor, "representatives.imported", "representatives", source=records.source,
                         created=result.created, updated=result.updated, closed=result.closed)  # fmt: skip
    return result


def _compare(draft: Draft, known: OfficeKnown, records: OfficeRecords, *, as_of_stated: bool) -> None:
    poll = poll_of(draft, known, records, as_of_stated=as_of_stated)
    if records.sitting is not None:
        draft.outdated = why_outdated(records.sitting, draft.as_of if as_of_stated else None)
        resolved = compare_records(draft, records.sitting)
        compare_terms(draft, records.sitting, resolved, as_of_stated=as_of_stated)
        compare_contact_points(draft, records.sitting, resolved)
        known.forget_areas()
    _add_parties(draft, records)
    _add_old_seats(draft, records)
    found = find_holders(draft, records.holders)
    OfficeTerms(draft, known, records, found, as_of_stated=as_of_stated, poll=poll).compare()
    compare_contests(draft, known, records, poll)
    check_winners(draft, known, records, found, poll)
    compare_bodies(draft, known, records)
    compare_affiliations(draft, known, records, found)
    compare_reach(draft, records, found)


def _add_parties(draft: Draft, records: OfficeRecords) -> None:
    for record in records.parties:
        if record.key not in draft.known.parties:
            party = PartyState(new_id(), record.key, record.name, record.colour)
            draft.known.parties[record.key] = party
            draft.added["party"].append(party)
            draft.note("party", "created", record.name)


def _add_old_seats(draft: Draft, records: OfficeRecords) -> None:
    """Seats that are over are added; of those on record only further spellings are; the rest can't be told."""
    for record in records.old_seats:
        area_id = draft.known.area_of.get(record.identifiers[0])
        if area_id:
            _spell(draft, draft.known.areas[area_id], record)
        elif record.end is None:
            draft.ignored[
                "a seat that is not on record, and the file is too old to say whether it still is one"
            ] += 1
        else:
            _add_old_seat(draft, record)


def _spell(draft: Draft, area: AreaState, record: AreaRecord) -> None:
    known = {area.name, *area.other_names}
    new = [one for one in (record.name, *record.other_names) if one not in known]
    if new:
        area.other_names = [*area.other_names, *dict.fromkeys(new)]
        draft.change("area", area)
    draft.note("area", "updated" if new else "unchanged", area.name)


def _add_old_seat(draft: Draft, record: AreaRecord) -> None:
    area = AreaState(
        new_id(), record.kind, record.name, list(record.other_names), start=record.start, end=record.end,
        identifiers=set(record.identifiers),
    )  # fmt: skip
    draft.known.areas[area.id] = area
    draft.added["area"].append(area)
    for one in record.identifiers:
        draft.known.area_of[one] = area.id
        draft.added["area_identifier"].append((area.id, one))
    draft.note("area", "created", area.name)
