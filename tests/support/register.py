"""What is known, and imports made to it, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from organising.representatives.comparing import compare_contact_points, compare_records
from organising.representatives.known import Draft, Known, PersonState, TermState
from organising.representatives.readers import SourceRecords
from organising.representatives.readers.records import (
    MNIS,
    Identifier,
    PartyRecord,
)
from organising.representatives.terms import compare_terms

DAY = date(2026, 9, 1)


LATER = date(2026, 10, 1)


ADA = "uk.org.publicwhip/member/2"


class Register:
    """What is known, and the imports made to it."""

    def __init__(self) -> None:
        self.known = Known()

    def take(self, records: SourceRecords, as_of: date = DAY, *, stated: bool = False) -> Draft:
        draft = Draft(self.known, as_of)
        resolved = compare_records(draft, records)
        compare_terms(draft, records, resolved, as_of_stated=stated)
        compare_contact_points(draft, records, resolved)
        return draft

    def terms(self, seat: str) -> list[TermState]:
        (area_id,) = [
            one.id
            for one in self.known.areas.values()
            if one.name == seat and one.exists_on(date(2026, 1, 1))
        ]
        found = [one for one in self.known.terms.values() if one.area_id == area_id]
        return sorted(found, key=lambda one: one.start.earliest if one.start else date.min)

    def told(self, seat: str) -> list[tuple[str, str, str, str]]:
        """The terms in a seat: who, for which party, from, to."""
        return [
            (
                self.known.persons[one.person_id].name,
                self.known.party_name(one.party_id),
                str(one.start),
                str(one.end),
            )
            for one in self.terms(seat)
        ]

    def person(self, mnis: int) -> PersonState:
        return self.known.persons[self.known.person_of[Identifier(MNIS, str(mnis))]]

    def addresses(self, mnis: int) -> list[str | None]:
        points = self.known.contact_points[self.person(mnis).id]
        return [one.email for one in points if one.ended_on is None]


def outcomes(draft: Draft, kind: str) -> dict[str, int]:
    return dict(draft.tally[kind])


def only_unchanged(draft: Draft) -> bool:
    return all(set(one) <= {"unchanged"} for one in draft.tally.values()) and not draft.changes


def with_row(table: SourceRecords, seat: str, **changes: str | None) -> SourceRecords:
    """The table with another member or party in one seat (area key)."""
    return replace(
        table,
        holdings=tuple(replace(one, **changes) if one.area_key == seat else one for one in table.holdings),
        parties=(*table.parties, PartyRecord("meadow", "Meadow"), PartyRecord("independent", "Independent")),
    )
