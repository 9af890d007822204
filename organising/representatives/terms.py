"""Comparing terms of office with what is known: from sources with dates, and from tables of who sits now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from organising.platform.db import new_id
from organising.representatives.comparing import NEWER, Resolved
from organising.representatives.known import CORRECTED, Claim, Draft, TermState
from organising.representatives.readers.records import (
    HoldingRecord,
    PartialDate,
    SourceRecords,
    day_before,
)


def compare_terms(draft: Draft, records: SourceRecords, resolved: Resolved, *, as_of_stated: bool) -> None:
    """Work out which terms start, change and end. `as_of_stated`: the day was said, not just assumed."""
    if records.dated:
        _Dated(draft, records, resolved).compare()
    else:
        _Snapshot(draft, records, resolved, as_of_stated).compare()


class _Dated:
    """Terms with dates and ids of their own. What the source says anew is taken over; a repetition is not."""

    def __init__(self, draft: Draft, records: SourceRecords, resolved: Resolved) -> None:
        self.draft, self.records, self.resolved = draft, records, resolved
        self.ids = {one.source_id for one in records.holdings}

    def compare(self) -> None:
        new: list[HoldingRecord] = []
        # Ends first: a seat must be free before the next member takes it.
        for record in sorted(self.records.holdings, key=lambda one: one.end is None):
            if record.person_key not in self.resolved.persons:
                continue
            if record.area_key and record.area_key not in self.resolved.areas:
                continue
            term_id = self.draft.known.term_of.get((self.records.source, record.source_id or ""))
            if term_id:
                self._revise(self.draft.known.terms[term_id], record)
            else:
                new.append(record)
        for record, term in self._adoptions(new):
            if term:
                self._take_over(term, record)
            else:
                self._open(record)

    def _revise(self, term: TermState, record: HoldingRecord) -> None:
        if term.source_statement == self._statement(record):
            self.draft.note("term", "unchanged")
        else:
            self._take_over(term, record)

    def _adoptions(self, records: list[HoldingRecord]) -> Iterator[tuple[HoldingRecord, TermState | None]]:
        """Pair new entries with terms that a table, or the same source under another id, put there."""
        taken: set[UUID] = set()
        paired: dict[int, TermState] = {}
        # The likeliest first: an open term is the file's open one before it is one of its closed ones.
        for same_party, only_open in ((True, True), (True, False), (False, True)):
            for place, record in enumerate(records):
                if place in paired or (only_open and record.end is not None):
                    continue
                for term in self._candidates(record, same_party):
                    if term.id not in taken:
                        taken.add(term.id)
                        paired[place] = term
                        break
        for place, record in enumerate(records):
            yield record, paired.get(place)

    def _candidates(self, record: HoldingRecord, same_party: bool) -> Iterator[TermState]:
        person_id = self.resolved.persons[record.person_key]
        for term in self.draft.known.terms_by[person_id]:
            is_loose = term.source_id is None or (
                term.source == self.records.source and term.source_id not in self.ids
            )
            if (
                is_loose
                and (term.kind, term.area_id) == (record.kind, self._area(record))
                and ((term.party_id == self._party(record)) if same_party else term.is_open)
                and overlaps(term, record)
            ):
                yield term

    def _take_over(self, term: TermState, record: HoldingRecord) -> None:
        if record.end is None and not self._seat_is_free(record, term):
            return
        closes = term.is_open and record.end is not None
        term.party_id, term.start, term.end = self._party(record), record.start, record.end
        self.draft.known.move_term(term, self.resolved.persons[record.person_key], self._area(record))
        term.start_reason, term.end_reason = record.start_reason, record.end_reason
        term.source, term.source_id = self.records.source, record.source_id
        term.source_note, term.source_statement = record.source_note, self._statement(record)
        self.draft.known.term_of[term.source, term.source_id or ""] = term.id
        self.draft.change("office_holding", term)
        self.draft.note("term", "closed" if closes else "updated", describe(self.draft, term), span(term))

    def _open(self, record: HoldingRecord) -> None:
        if record.end is None and not self._seat_is_free(record):
            return
        term = TermState(
            id=new_id(),
            person_id=self.resolved.persons[record.person_key],
            kind=record.kind,
            area_id=self._area(record),
            party_id=self._party(record),
            source=self.records.source,
            source_id=record.source_id,
            source_statement=self._statement(record),
            source_note=record.source_note,
            start=record.start,
            end=record.end,
            start_reason=record.start_reason,
            end_reason=record.end_reason,
        )
        self.draft.known.add_term(term)
        self.draft.added["office_holding"].append(term)
        self.draft.note("term", "created", describe(self.draft, term), span(term))

    def _seat_is_free(self, record: HoldingRecord, own: TermState | None = None) -> bool:
        area_id = self._area(record)
        if record.kind != "mp" or area_id is None:
            return True
        others = [one for one in self.draft.known.terms_in[area_id] if one.is_open and one is not own]
        if others:
            sitting = describe(self.draft, others[0])
            reason = (
                f"{sitting} is on record as sitting there, from {others[0].source}, and does not end here"
            )
            self.draft.reject(record.source_id or record.person_key, reason)
        return not others

    def _area(self, record: HoldingRecord) -> UUID | None:
        return self.resolved.areas[record.area_key] if record.area_key else None

    def _party(self, record: HoldingRecord) -> UUID | None:
        return self.resolved.parties[record.party_key] if record.party_key else None

    def _statement(self, record: HoldingRecord) -> str:
        """What the source says of the term, as one text to compare with what it said before."""
        said = (
            self.resolved.persons[record.person_key], record.area_key, record.party_key,
            record.start, record.end, record.start_reason, record.end_reason,
        )  # fmt: skip
        return "|".join("" if one is None else str(one) for one in said)


@dataclass(frozen=True)
class _Verdict:
    """What to do with one row: `apply` it, or keep what is on record, for a `reason` when they differ."""

    apply: bool
    reason: str = ""


class _Snapshot:
    """A table that says who sits in each seat and not since when.

    A row that agrees changes nothing. One that differs is news, unless it is what the record says of an
    earlier time: then the table is the older of the two, and a person has to say its date.
    """

    def __init__(self, draft: Draft, records: SourceRecords, resolved: Resolved, as_of_stated: bool) -> None:
        self.draft, self.records, self.resolved, self.as_of_stated = draft, records, resolved, as_of_stated

    def compare(self) -> None:
        claims = dict(self._claims())
        verdicts = {area_id: self._judge(area_id, claim) for area_id, claim in claims.items()}
        freed = {area_id for area_id, verdict in verdicts.items() if verdict.apply}
        for area_id, claim in claims.items():
            verdict = verdicts[area_id]
            if verdict.apply and claim[0] and not self._is_free_to_sit(claim[0], area_id, freed):
                verdict = _Verdict(False, f"{self._say(claim)} sits for another seat on record")
            if verdict.reason:
                self.draft.reject(self.draft.known.areas[area_id].name, verdict.reason)
            elif verdict.apply:
                self._close(area_id, claim)
            else:
                self.draft.note("term", "unchanged")
            self._remember(area_id, claim)
            if not verdict.apply:
                claims[area_id] = (None, None)
        for area_id, claim in claims.items():
            if claim[0]:
                self._open(area_id, claim)

    def _claims(self) -> Iterator[tuple[UUID, Claim]]:
        for record in self.records.holdings:
            area_id = self.resolved.areas.get(record.area_key or "")
            person_id = self.resolved.persons.get(record.person_key)
            if area_id and person_id:
                yield area_id, (person_id, self.resolved.parties.get(record.party_key or ""))
        for key in self.records.vacant:
            if key in self.resolved.areas:
                yield self.resolved.areas[key], (None, None)

    def _judge(self, area_id: UUID, claim: Claim) -> _Verdict:
        current = self._current(area_id)
        on_record = _claim_of(current)
        if _agree(claim, on_record):
            return _Verdict(False)
        terms = self._terms(area_id)
        if self.as_of_stated:
            if any(self._changes_later(one) for one in terms):
                return _Verdict(False, f"{self._differs(claim, current)}, having changes after that day")
            return _Verdict(True)
        said = self.draft.known.statements.get(area_id)
        if said is not None and _agree(said, on_record) and said != claim and not self.records.repeated:
            return _Verdict(True)
        if said == claim or _was_true_once(claim, [one for one in terms if one is not current], current):
            return _Verdict(False, f"{self._differs(claim, current)}. {NEWER}")
        return _Verdict(True)

    def _terms(self, area_id: UUID) -> list[TermState]:
        return [
            one
            for one in self.draft.known.terms_in[area_id]
            if one.kind == "mp" and one.end_reason != CORRECTED
        ]

    def _current(self, area_id: UUID) -> TermState | None:
        terms = self._terms(area_id)
        if self.as_of_stated:
            return next((one for one in terms if one.in_force_on(self.draft.as_of)), None)
        return next((one for one in terms if one.is_open), None)

    def _changes_later(self, term: TermState) -> bool:
        begins = term.start is not None and term.start.earliest > self.draft.as_of
        return begins or (term.end is not None and term.end.latest >= self.draft.as_of)

    def _is_free_to_sit(self, person_id: UUID, area_id: UUID, freed: set[UUID]) -> bool:
        return all(
            one.area_id == area_id or one.area_id in freed
            for one in self.draft.known.terms_by[person_id]
            if one.is_open and one.kind == "mp"
        )

    def _close(self, area_id: UUID, claim: Claim) -> None:
        term = self._current(area_id)
        if term is None:
            return
        last = day_before(self.draft.as_of)
        same_person = term.person_id == claim[0]
        term.end, term.end_reason = PartialDate.of(last), "changed_party" if same_person else "unknown"
        if term.start and term.start.earliest > last:
            term.end, term.end_reason = PartialDate.of(term.start.latest), CORRECTED
        self.draft.change("office_holding", term)
        self.draft.note("term", "closed", describe(self.draft, term), span(term))

    def _open(self, area_id: UUID, claim: Claim) -> None:
        person_id, party_id = claim
        assert person_id
        earlier = self._terms(area_id)
        term = TermState(
            id=new_id(),
            person_id=person_id,
            kind="mp",
            area_id=area_id,
            party_id=party_id,
            source=self.records.source,
            # Nobody knows since when a first row is true; a change was seen on this day.
            start=PartialDate.of(self.draft.as_of) if earlier else None,
            source_note=f"seen in a table of {self.draft.as_of}",
        )
        self.draft.known.add_term(term)
        self.draft.added["office_holding"].append(term)
        self.draft.note("term", "created", describe(self.draft, term), span(term))

    def _remember(self, area_id: UUID, claim: Claim) -> None:
        if self.draft.known.statements.get(area_id) != claim:
            self.draft.known.statements[area_id] = claim
            self.draft.added["seat_statement"].append((self.records.source, area_id, claim))

    def _differs(self, claim: Claim, current: TermState | None) -> str:
        since = f" since {current.start}" if current and current.start else ""
        on_record = describe(self.draft, current, area=False) if current else "vacant"
        return f"the table says {self._say(claim)}; on record is {on_record}{since}, and is kept"

    def _say(self, claim: Claim) -> str:
        if claim[0] is None:
            return "vacant"
        person = self.draft.known.persons[claim[0]].name
        return f"{person} ({self.draft.known.party_name(claim[1])})"


def describe(draft: Draft, term: TermState, *, area: bool = True) -> str:
    """A term in words: “Ada Merrow (Labour), Fablewick”."""
    words = f"{draft.known.persons[term.person_id].name} ({draft.known.party_name(term.party_id)})"
    return f"{words}, {draft.known.areas[term.area_id].name}" if area and term.area_id else words


def span(term: TermState) -> str:
    """A term's dates in words."""
    return f"{term.start or 'unknown'} to {term.end or 'now'}"


def _claim_of(term: TermState | None) -> Claim:
    return (term.person_id, term.party_id) if term else (None, None)


def _agree(claim: Claim, other: Claim) -> bool:
    """Whether both name the same member; a party that one of them leaves out is no difference."""
    return claim[0] == other[0] and (claim[1] == other[1] or None in (claim[1], other[1]))


def _was_true_once(claim: Claim, earlier: Iterable[TermState], current: TermState | None) -> bool:
    """Whether the record says the same of an earlier time."""
    if claim[0] is not None:
        return any(_agree(claim, _claim_of(one)) for one in earlier)
    if current is None or current.start is None:
        return False
    before = [one.end.latest for one in earlier if one.end and one.end.latest < current.start.earliest]
    # A seat stands empty for at least a day before a by-election, and for none when a member changes party.
    return bool(before) and _days_between(max(before), current.start.earliest) > 1


def _days_between(first: date, last: date) -> int:
    return (last - first).days


def overlaps(term: TermState, record: HoldingRecord | TermState) -> bool:
    """Whether both may have been in force on one day."""
    starts_late = term.start and record.end and term.start.earliest > record.end.latest
    ends_early = term.end and record.start and term.end.latest < record.start.earliest
    return not starts_late and not ends_early
