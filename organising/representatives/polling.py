"""Comparing polls with what is on record: their day, how they went, and whether who won sits there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from organising.platform.db import new_id
from organising.platform.errors import Invalid
from organising.representatives.known import Draft
from organising.representatives.office_known import ContestState, OfficeKnown
from organising.representatives.office_terms import OfficeTerms
from organising.representatives.readers.office_records import AreaHint, OfficeRecords, WinnerRecord
from organising.representatives.readers.records import PartialDate


def poll_of(draft: Draft, known: OfficeKnown, records: OfficeRecords, *, as_of_stated: bool) -> date | None:
    """The day of a general election, which its own file leaves out: said with the import, else told by the terms
    that began in these seats the day after. None where the file says its days. Raises Invalid where nobody knows.
    """
    seats = [one.area for one in records.winners if one.poll is None]
    seats += [one.area for one in records.contests if one.poll is None]
    if not seats:
        return None
    if as_of_stated:
        return draft.as_of
    starts: Counter[date] = Counter()
    for hint in seats:
        area_id = known.find_area(hint.kind, hint.name, hint.code, None)
        for term in draft.known.terms_in[area_id] if area_id else ():
            if term.kind == "mp" and term.start_reason == "general_election" and term.start:
                starts[term.start.earliest] += 1
    if not starts:
        raise Invalid("The day of this election is not in the file. Say it with --as-of.")
    return max(starts.items(), key=lambda one: (one[1], one[0]))[0] - timedelta(days=1)


def compare_contests(draft: Draft, known: OfficeKnown, records: OfficeRecords, poll: date | None) -> None:
    """Add polls and correct what their source says anew."""
    terms = OfficeTerms(draft, known, records, {}, as_of_stated=False)
    for record in records.contests:
        day = record.poll or poll
        assert day is not None
        try:
            area_id = _seat(terms, record.area, record.poll)
        except ValueError as error:
            draft.reject(record.place, str(error))
            continue
        values = (record.result, record.electorate, record.valid_votes, record.majority)
        state = known.contests.get((area_id, day))
        name = draft.known.areas[area_id].name
        if state is None:
            state = ContestState(new_id(), area_id, record.kind, day, *values, records.source)
            known.contests[area_id, day] = state
            draft.added["contest"].append(state)
            draft.note("contest", "created", name, str(day))
        elif (state.result, state.electorate, state.valid_votes, state.majority) != values:
            state.result, state.electorate, state.valid_votes, state.majority = values
            draft.change("contest", state)
            draft.note("contest", "updated", name, str(day))
        else:
            draft.note("contest", "unchanged")


def check_winners(
    draft: Draft, known: OfficeKnown, records: OfficeRecords, found: Mapping[str, UUID], poll: date | None
) -> None:
    """Say where who won is not who sat there after; give terms seen first in a table their real beginning."""
    terms = OfficeTerms(draft, known, records, found, as_of_stated=False)
    for winner in records.winners:
        day = winner.poll or poll
        if winner.holder not in found or day is None:
            continue
        try:
            area_id = _seat(terms, winner.area, winner.poll)
        except ValueError:
            # The candidacy itself was left out with this reason.
            continue
        _check(draft, winner, area_id, found[winner.holder], day)


def _check(draft: Draft, winner: WinnerRecord, area_id: UUID, person_id: UUID, poll: date) -> None:
    taken = poll + timedelta(days=1)
    seat = draft.known.areas[area_id].name
    sat = [one for one in draft.known.terms_in[area_id] if one.kind == "mp" and one.in_force_on(taken)]
    mine = next((one for one in sat if one.person_id == person_id), None) or next(
        (one for one in draft.known.terms_in[area_id]
         if one.kind == "mp" and one.person_id == person_id and one.is_open), None
    )  # fmt: skip
    name = draft.known.persons[person_id].name
    if mine is None:
        others = " and ".join(sorted(draft.known.persons[one.person_id].name for one in sat))
        on_record = f"on record is {others}" if others else "nobody is on record as sitting there then"
        draft.reject(winner.place, f"{name} won {seat} on {poll}; {on_record}. Import the table of members")
        return
    seen_in_table = mine.source_id is None and (mine.start is None or mine.start.earliest > taken)
    if winner.by_election and seen_in_table:
        mine.start, mine.start_reason = PartialDate.of(taken), "by_election"
        draft.change("office_holding", mine)
        draft.note("term", "updated", f"{name}, {seat}", f"elected on {poll}")


def _seat(terms: OfficeTerms, hint: AreaHint, poll: date | None) -> UUID:
    return terms.find_area(AreaHint(hint.kind, hint.name, hint.code, poll))
