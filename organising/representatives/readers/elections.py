"""Candidates and results as the Commons library publishes them, by general election or by-election.

What bites: the file of a general election does not say its day; `Member MNIS ID` is there only for those who have
ever sat; the number of Democracy Club has two headings; dates are dd/mm/yyyy.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from organising.representatives.names import fold
from organising.representatives.parties import party_of
from organising.representatives.readers.office_records import (
    AreaHint,
    ContestRecord,
    Holder,
    OfficeRecord,
    OfficeRecords,
    WinnerRecord,
)
from organising.representatives.readers.records import (
    CANDIDATE_NAME,
    MNIS,
    Identifier,
    NameRecord,
    PartialDate,
    PartyRecord,
    Rejection,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import Row

CANDIDACIES: Final = (
    "ONS ID", "Constituency name", "Party name", "Candidate first name", "Candidate surname", "Member MNIS ID", "Votes",
)  # fmt: skip
CONTESTS: Final = ("ONS ID", "Constituency name", "Result", "Electorate", "Valid votes", "Majority")
DEMOCRACY_CLUB: Final = "democracy_club"
_CLUB_COLUMNS: Final = ("DC Person ID", "Democracy Club person ID")
_DAY_COLUMNS: Final = ("Election date", "By-election date")


def read_candidacies(source: SourceText) -> OfficeRecords:
    """Who stood where, and who won. Raises UnreadableFile when a column is missing."""
    source.table.require(CANDIDACIES)
    holders: dict[str, Holder] = {}
    parties: dict[str, PartyRecord] = {}
    offices: dict[str, OfficeRecord] = {}
    best: dict[tuple[str, date | None], tuple[int, WinnerRecord]] = {}
    rejected: list[Rejection] = []
    for row in source.table.rows:
        try:
            poll, votes = _day(row), _number(row, "Votes") or 0
            key, holder = _candidate(row)
            office = _candidacy(row, key, poll, parties)
            if office.source_id in offices:
                raise ValueError(f"{holder.name} stands twice in {row['Constituency name']}")
        except ValueError as error:
            rejected.append(Rejection(row.place, str(error)))
            continue
        holders[key] = _joined(holders.get(key), holder)
        offices[office.source_id] = office
        winner = WinnerRecord(_seat(row, poll), key, poll, _is_by_election(row), row.place)
        seat = (row["ONS ID"], poll)
        if seat not in best or best[seat][0] < votes:
            best[seat] = (votes, winner)
    return OfficeRecords(
        source="elections",
        order=41 if any(winner.by_election for _, winner in best.values()) else 40,
        holders=holders,
        parties=tuple(parties.values()),
        offices=tuple(offices.values()),
        winners=tuple(winner for _, winner in best.values()),
        rejected=tuple(rejected),
    )


def _candidate(row: Row) -> tuple[str, Holder]:
    given, family = row["Candidate first name"], row["Candidate surname"]
    name = f"{given} {family}".strip()
    if not name:
        raise ValueError("no name")
    club = next((row.cells[one] for one in _CLUB_COLUMNS if row.cells.get(one)), "")
    identifiers = [Identifier(DEMOCRACY_CLUB, club)] if club else []
    if row["Member MNIS ID"]:
        identifiers.append(Identifier(MNIS, row["Member MNIS ID"]))
    is_numbered = bool(identifiers)
    if not is_numbered:
        identifiers.append(
            Identifier(CANDIDATE_NAME, f"{row['ONS ID'] or fold(row['Constituency name'])}/{fold(name)}")
        )
    holder = Holder(
        tuple(identifiers),
        (NameRecord(name, family=family or None),),
        unknown="create",
        certain=is_numbered,
        place=row.place,
        says={"seat": row["Constituency name"], "party": row["Party name"]},
    )
    return f"{identifiers[0].scheme}:{identifiers[0].value}", holder


def _joined(one: Holder | None, other: Holder) -> Holder:
    """The same candidate in two contests: all identifiers."""
    if one is None:
        return other
    more = tuple(identifier for identifier in other.identifiers if identifier not in one.identifiers)
    return replace(one, identifiers=(*one.identifiers, *more))


def _candidacy(row: Row, holder: str, poll: date | None, parties: dict[str, PartyRecord]) -> OfficeRecord:
    party = party_of(row["Party name"] or "Independent")
    parties[party.key] = party
    votes = _number(row, "Votes")
    return OfficeRecord(
        source_id=f"{poll or 'general'}/{row['ONS ID']}/{holder}",
        holder=holder,
        kind="candidate",
        area=_seat(row, poll),
        party_key=party.key,
        end=PartialDate.of(poll) if poll else None,
        end_reason="poll",
        place=row.place,
        source_note=f"{votes:,} votes" if votes is not None else None,
    )


def read_contests(source: SourceText) -> OfficeRecords:
    """Each poll in each seat. Raises UnreadableFile when a column is missing."""
    source.table.require(CONTESTS)
    contests, rejected = [], []
    for row in source.table.rows:
        try:
            poll = _day(row)
            numbers = [_number(row, column) for column in ("Electorate", "Valid votes", "Majority")]
        except ValueError as error:
            rejected.append(Rejection(row.place, str(error)))
            continue
        kind = "by_election" if _is_by_election(row) else "general"
        contests.append(
            ContestRecord(_seat(row, poll), kind, poll, row.place, row["Result"] or None, *numbers)
        )
    return OfficeRecords(source="elections", contests=tuple(contests), rejected=tuple(rejected))


def _seat(row: Row, poll: date | None) -> AreaHint:
    if not row["Constituency name"]:
        raise ValueError("no constituency name")
    return AreaHint("westminster", row["Constituency name"], row["ONS ID"] or None, poll)


def _day(row: Row) -> date | None:
    text = next((row.cells[one] for one in _DAY_COLUMNS if one in row.cells), None)
    if text is None:
        return None
    return _british(text)


def _is_by_election(row: Row) -> bool:
    return any(one in row.cells for one in _DAY_COLUMNS)


def _british(text: str) -> date:
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()
    except ValueError:
        raise ValueError(f"“{text}” is not a date (expected dd/mm/yyyy)") from None


def _number(row: Row, column: str) -> int | None:
    text = row[column].replace(",", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{column} “{row[column]}” is not a number")
    return int(text)


def _is_candidacies(source: SourceText) -> bool:
    return {"ONS ID", "Candidate surname", "Votes"} <= set(source.columns)


def _is_contests(source: SourceText) -> bool:
    return {"ONS ID", "Result", "Electorate"} <= set(source.columns)


register(Reader("candidacies", _is_candidacies, read_candidacies))
register(Reader("contests", _is_contests, read_contests))
