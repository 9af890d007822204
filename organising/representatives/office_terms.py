"""Comparing terms in offices other than by seat tables: assemblies, commissioners, mayors, chiefs, candidates, peers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from organising.platform.db import new_id
from organising.representatives.known import AreaState, Draft, TermState
from organising.representatives.office_known import OfficeKnown
from organising.representatives.reaching import end_of_office
from organising.representatives.readers.office_records import AreaHint, OfficeRecord, OfficeRecords
from organising.representatives.readers.records import GSS, Identifier, PartialDate, day_before
from organising.representatives.terms import describe, overlaps, span

# One holder at a time in an area or institution.
SINGLE = frozenset({"mp", "pcc", "mayor", "chief_constable", "trust_ceo"})


class OfficeTerms:
    """The terms of one file. ``poll`` is the day of a general election, which its file does not say."""

    def __init__(
        self,
        draft: Draft,
        known: OfficeKnown,
        records: OfficeRecords,
        found: Mapping[str, UUID],
        *,
        as_of_stated: bool,
        poll: date | None = None,
    ) -> None:
        self.draft, self.known, self.records, self.found = draft, known, records, found
        self.as_of_stated, self.poll = as_of_stated, poll

    def compare(self) -> None:
        """Ends first: a place must be free before the next holder takes it."""
        for record in sorted(self.records.offices, key=lambda one: one.end is None):
            if record.holder not in self.found:
                continue
            try:
                self._take(record)
            except ValueError as error:
                self.draft.reject(record.place or record.source_id, str(error))

    def _take(self, record: OfficeRecord) -> None:
        area_id, institution_id = self._place(record)
        wanted = self._term(record, area_id, institution_id)
        term_id = self.draft.known.term_of.get((self.records.source, wanted.source_id or ""))
        if term_id:
            self._revise(self.draft.known.terms[term_id], wanted)
            return
        same = self._told_elsewhere(wanted) if record.secondary else None
        if same:
            self._complete(same, wanted, record)
            return
        self._make_room(wanted)
        self.draft.known.add_term(wanted)
        self.draft.added["office_holding"].append(wanted)
        self.draft.note("term", "created", describe(self.draft, wanted), span(wanted))

    def _term(self, record: OfficeRecord, area_id: UUID | None, institution_id: UUID | None) -> TermState:
        end = record.end
        source_id = record.source_id
        if record.kind == "candidate" and end is None:
            assert self.poll is not None
            end = PartialDate.of(self.poll)
            source_id = source_id.replace("general/", f"{self.poll}/", 1)
        parties = self.draft.known.parties
        return TermState(
            id=new_id(),
            person_id=self.found[record.holder],
            kind=record.kind,
            area_id=area_id,
            party_id=parties[record.party_key].id if record.party_key else None,
            source=self.records.source,
            source_id=source_id,
            source_statement=_statement(record, end),
            source_note=record.source_note,
            start=record.start,
            end=end,
            start_reason=record.start_reason,
            end_reason=record.end_reason,
            institution_id=institution_id,
        )

    def _revise(self, term: TermState, wanted: TermState) -> None:
        if term.source_statement == wanted.source_statement and term.person_id == wanted.person_id:
            self.draft.note("term", "unchanged")
            return
        if wanted.is_open:
            self._make_room(wanted, own=term)
        closes = term.is_open and not wanted.is_open
        self.draft.known.move_term(term, wanted.person_id, wanted.area_id)
        for name in (
            "party_id", "start", "end", "start_reason", "end_reason", "source_note", "source_statement",
            "institution_id",
        ):  # fmt: skip
            setattr(term, name, getattr(wanted, name))
        self._changed(term, "closed" if closes else "updated")
        if closes:
            end_of_office(self.draft, term.person_id)

    # Terms that another source told already

    def _told_elsewhere(self, wanted: TermState) -> TermState | None:
        same = [
            one
            for one in self.draft.known.terms_by[wanted.person_id]
            if (one.kind, one.area_id) == (wanted.kind, wanted.area_id) and overlaps(one, wanted)
        ]
        return next((one for one in same if one.is_open), same[0] if same else None)

    def _complete(self, term: TermState, wanted: TermState, record: OfficeRecord) -> None:
        """Take over what the term on record lacks. A contradiction needs the day for which the file speaks."""
        changes = self._party_differs(term, wanted) if record.kind == "peer" else False
        if changes and not self.as_of_stated:
            said = self.draft.known.party_name(wanted.party_id)
            raise ValueError(
                f"says {said}; on record is {describe(self.draft, term)}, and is kept. "
                "If the file is the newer one, give its date with --as-of"
            )
        if changes:
            self._change_party(term, wanted)
            return
        lacks_start = term.start is None and wanted.start is not None and record.kind == "peer"
        ends = term.is_open and wanted.end is not None and record.kind == "peer"
        if not (lacks_start or ends):
            self.draft.note("term", "unchanged")
            return
        if lacks_start:
            term.start = wanted.start
        if ends:
            term.end, term.end_reason = wanted.end, wanted.end_reason
        self._changed(term, "closed" if ends else "updated")

    def _party_differs(self, term: TermState, wanted: TermState) -> bool:
        return term.is_open and wanted.is_open and None not in (term.party_id, wanted.party_id) and (
            term.party_id != wanted.party_id
        )  # fmt: skip

    def _change_party(self, term: TermState, wanted: TermState) -> None:
        term.end, term.end_reason = PartialDate.of(day_before(self.draft.as_of)), "changed_party"
        self._changed(term, "closed")
        wanted.start, wanted.start_reason = PartialDate.of(self.draft.as_of), "changed_party"
        wanted.source_id = f"{wanted.source_id}/{self.draft.as_of}"
        self.draft.known.add_term(wanted)
        self.draft.added["office_holding"].append(wanted)
        self.draft.note("term", "created", describe(self.draft, wanted), span(wanted))

    # One holder at a time

    def _make_room(self, wanted: TermState, own: TermState | None = None) -> None:
        """End the term of who held the place before. Raises ValueError where nobody can tell when that was."""
        if wanted.kind not in SINGLE or not wanted.is_open:
            return
        for other in self._open_beside(wanted, own):
            who = describe(self.draft, other)
            if wanted.kind == "mp":
                raise ValueError(f"{who} is on record as sitting there, from {other.source}, and is kept")
            if wanted.start is None:
                raise ValueError(f"{who} is on record there; say when the new term starts")
            last = day_before(wanted.start.earliest)
            if other.start and other.start.earliest > last:
                raise ValueError(f"{who} is on record there since {other.start}, which is no earlier")
            other.end, other.end_reason = PartialDate.of(last), "replaced"
            self._changed(other, "closed")
            end_of_office(self.draft, other.person_id)

    def _open_beside(self, wanted: TermState, own: TermState | None) -> list[TermState]:
        return [
            one
            for one in self.draft.known.terms.values()
            if one.is_open
            and one is not own
            and one.kind == wanted.kind
            and (one.area_id, one.institution_id) == (wanted.area_id, wanted.institution_id)
            and (wanted.area_id or wanted.institution_id)
        ]

    # Places

    def _place(self, record: OfficeRecord) -> tuple[UUID | None, UUID | None]:
        hint = record.area
        if hint is None:
            return None, None
        if record.institution:
            found = self.known.find_institution(hint.kind, hint.name, hint.code)
            if found is None:
                raise ValueError(f"no institution on record is called “{hint.name}”{_coded(hint)}")
            return None, found
        return self.find_area(hint), None

    def find_area(self, hint: AreaHint) -> UUID:
        """The area that a row means. Raises ValueError where there is none, or more than one."""
        area_id = self.known.find_area(hint.kind, hint.name, hint.code, hint.on)
        if area_id is None and hint.on is not None and hint.kind != "westminster":
            area_id = self.known.find_area(hint.kind, hint.name, hint.code, None)
        if area_id is None and hint.may_create:
            area_id = self._add_area(hint)
        if area_id is None:
            raise ValueError(f"no area on record is called “{hint.name}”{_coded(hint)}")
        return area_id

    def _add_area(self, hint: AreaHint) -> UUID:
        area = AreaState(new_id(), hint.kind, hint.name, gss_code=hint.code)
        self.draft.known.areas[area.id] = area
        self.draft.added["area"].append(area)
        if hint.code:
            one = Identifier(GSS, hint.code)
            area.identifiers.add(one)
            self.draft.known.area_of[one] = area.id
            self.draft.added["area_identifier"].append((area.id, one))
        self.known.forget_areas()
        self.draft.note("area", "created", area.name)
        return area.id

    def _changed(self, term: TermState, outcome: str) -> None:
        self.draft.change("office_holding", term)
        self.draft.note("term", outcome, describe(self.draft, term), span(term))


def _coded(hint: AreaHint) -> str:
    return f" or has the code {hint.code}" if hint.code else ""


def _statement(record: OfficeRecord, end: PartialDate | None) -> str:
    """What the source says of the term, as one text to compare with what it said before."""
    place = record.area and (record.area.code or record.area.name)
    said = (
        record.kind, place, record.party_key, record.start, end, record.start_reason, record.end_reason,
        record.source_note,
    )  # fmt: skip
    return "|".join("" if one is None else str(one) for one in said)
