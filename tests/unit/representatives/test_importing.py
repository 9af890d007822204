"""What an import would do, worked out without a database: one file after another against what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from organising.representatives.comparing import compare_contact_points, compare_records
from organising.representatives.known import CORRECTED, Draft, Known, PersonState, TermState
from organising.representatives.readers import SourceRecords, read_source
from organising.representatives.readers.records import (
    MNIS,
    HoldingRecord,
    Identifier,
    NameRecord,
    PartialDate,
    PartyRecord,
    PersonRecord,
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


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def later_table(fixture_file: Callable[[str], Path]) -> SourceRecords:
    return read_source(fixture_file("mp_table.later.csv"))


def with_row(table: SourceRecords, seat: str, **changes: str | None) -> SourceRecords:
    """The table with another member or party in one seat (area key)."""
    return replace(
        table,
        holdings=tuple(replace(one, **changes) if one.area_key == seat else one for one in table.holdings),
        parties=(*table.parties, PartyRecord("meadow", "Meadow"), PartyRecord("independent", "Independent")),
    )


def test_the_first_import_creates_everything(register: Register, popolo: SourceRecords) -> None:
    draft = register.take(popolo)
    assert outcomes(draft, "person") == {"created": 10}
    assert outcomes(draft, "term") == {"created": 14}
    assert outcomes(draft, "area") == {"created": 8}


def test_the_second_import_changes_nothing(register: Register, popolo: SourceRecords) -> None:
    register.take(popolo)
    draft = register.take(popolo, LATER)
    assert only_unchanged(draft)
    assert outcomes(draft, "term") == {"unchanged": 14}
    assert not any(draft.added.values())


def test_the_table_adds_codes_and_addresses_and_creates_nobody_twice(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    register.take(popolo)
    draft = register.take(mp_table)
    assert outcomes(draft, "term") == {"unchanged": 7}
    assert outcomes(draft, "area") == {"updated": 7}
    assert outcomes(draft, "person") == {"updated": 6}
    assert outcomes(draft, "contact_point") == {"created": 5}
    assert draft.rejected == []
    codes = {one.name: one.gss_code for one in register.known.areas.values() if one.end is None}
    assert codes["Candlemere & the Wolds"] == "E99000013"
    assert codes["Quill North"] == "N99000015"


@pytest.mark.parametrize("first", ["popolo", "table"])
def test_all_is_unchanged_once_both_were_taken_in_either_order(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords, first: str
) -> None:
    for records in (popolo, mp_table) if first == "popolo" else (mp_table, popolo):
        register.take(records)
    assert len(register.known.persons) == 10
    assert len(register.known.areas) == 8
    assert len(register.known.terms) == 14
    assert only_unchanged(register.take(popolo))
    assert only_unchanged(register.take(mp_table))


def test_names_come_from_the_dated_source_and_other_spellings_help_to_find(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    for records in (mp_table, popolo):
        register.take(records)
    quill = next(one for one in register.known.areas.values() if one.gss_code == "N99000015")
    assert (quill.name, quill.other_names) == ("Quill North", ["North Quill"])
    ysolde = register.person(9007)
    assert (ysolde.name, ysolde.full_title, ysolde.family_name) == (
        "Ysolde Brânwen",
        "Dr Ysolde Brânwen MP",
        "Brânwen",
    )
    tokens = Draft(register.known, DAY).wanted_tokens()
    assert {"ysolde", "mary", "branwen", "bluen", "feather"} <= tokens[ysolde.id]


def test_a_later_table_closes_and_opens_exactly_what_changed(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords, later_table: SourceRecords
) -> None:
    for records in (popolo, mp_table):
        register.take(records)
    draft = register.take(later_table, LATER)
    assert outcomes(draft, "term") == {"unchanged": 3, "closed": 3, "created": 3}
    assert register.told("Fablewick")[-2:] == [
        ("Ada Merrow", "Harbour Party", "2024-07-05", "2026-09-30"),
        ("Ffion Tŷnewydd", "Labour", "2026-10-01", "None"),
    ]
    assert register.told("Otter's Haven")[-2:] == [
        ("Dov Lanternfield", "Labour", "2025-09-26", "2026-09-30"),
        ("Dov Lanternfield", "Independent", "2026-10-01", "None"),
    ]
    assert [one.end for one in register.terms("Ynys y Bluen")] == [PartialDate(2026, 9, 30)]
    assert only_unchanged(register.take(later_table, LATER))


def test_addresses_follow_the_later_table(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords, later_table: SourceRecords
) -> None:
    for records in (popolo, mp_table):
        register.take(records)
    draft = register.take(later_table, LATER)
    assert outcomes(draft, "contact_point") == {"unchanged": 2, "created": 4, "closed": 3}
    assert register.addresses(9001) == []
    assert register.addresses(9007) == []
    assert register.addresses(9004) == ["dov.lanternfield.mp@parliament.example"]
    assert register.addresses(9006) == ["maeve.tarn2.mp@parliament.example"]


def test_a_member_returns_under_the_old_id(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords, later_table: SourceRecords
) -> None:
    for records, day in ((popolo, DAY), (mp_table, DAY), (later_table, LATER)):
        register.take(records, day)
    pell = register.person(9010)
    assert len([one for one in register.known.persons.values() if one.name == pell.name]) == 1
    assert [one.is_open for one in register.terms("Thimble-upon-Lute")] == [False, True]


def test_a_recoded_seat_stays_the_same_seat_and_answers_to_both_codes(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords, later_table: SourceRecords
) -> None:
    for records, day in ((popolo, DAY), (mp_table, DAY), (later_table, LATER)):
        register.take(records, day)
    quill = next(one for one in register.known.areas.values() if one.name == "Quill North")
    assert quill.gss_code == "N99000115"
    assert {one.value for one in quill.identifiers if one.scheme == "gss"} == {"N99000015", "N99000115"}
    assert len(register.known.areas) == 8


def test_two_members_of_one_name_stay_two(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    for records in (popolo, mp_table):
        register.take(records)
    assert register.addresses(9005) == ["maeve.tarn.mp@parliament.example"]
    assert register.addresses(9006) == ["tarnm@parliament.example"]


def test_reading_the_people_file_again_does_not_undo_what_a_newer_table_said(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords, later_table: SourceRecords
) -> None:
    for records, day in ((popolo, DAY), (mp_table, DAY), (later_table, LATER)):
        register.take(records, day)
    before = register.told("Fablewick")
    assert only_unchanged(register.take(popolo, LATER))
    assert register.told("Fablewick") == before


def test_a_newer_people_file_takes_over_the_terms_that_a_table_opened(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords, later_table: SourceRecords
) -> None:
    for records, day in ((popolo, DAY), (mp_table, DAY), (later_table, LATER)):
        register.take(records, day)
    ffion = PersonRecord("p/21", (Identifier(MNIS, "9021"),), (NameRecord("Ffion Tŷnewydd"),))
    ended = PartialDate(2026, 9, 10)
    won = HoldingRecord(
        "m/900", "p/21", "mp", "uk.org.publicwhip/cons/12", "labour", PartialDate(2026, 9, 18)
    )
    newer = replace(
        popolo,
        persons=(*popolo.persons, ffion),
        holdings=(
            *(
                replace(one, end=ended, end_reason="died") if one.source_id == ADA else one
                for one in popolo.holdings
                if one.kind == "mp"
            ),
            won,
        ),
    )  # fmt: skip
    draft = register.take(newer, LATER)
    assert outcomes(draft, "term") == {"unchanged": 11, "updated": 2}
    assert register.told("Fablewick")[-2:] == [
        ("Ada Merrow", "Harbour Party", "2024-07-05", "2026-09-10"),
        ("Ffion Tŷnewydd", "Labour", "2026-09-18", "None"),
    ]
    assert only_unchanged(register.take(newer, LATER))


def test_a_table_older_than_the_record_is_kept_out_and_told(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    register.take(popolo)
    old = with_row(mp_table, "E99000014", party_key="independent")
    for _time in range(2):
        draft = register.take(old)
        assert outcomes(draft, "term") == {"unchanged": 6}
        (rejected,) = draft.rejected
        assert rejected.place == "Otter's Haven"
        assert "the table says Dov Lanternfield (Independent)" in rejected.reason
        assert "--as-of" in rejected.reason


def test_the_same_table_is_news_once_its_date_is_said(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    register.take(popolo)
    draft = register.take(with_row(mp_table, "E99000014", party_key="independent"), LATER, stated=True)
    assert outcomes(draft, "term") == {"unchanged": 6, "closed": 1, "created": 1}
    assert draft.rejected == []


def test_a_table_of_a_day_gone_by_agrees_with_the_record_of_that_day(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    register.take(popolo)
    of_then = replace(
        with_row(mp_table, "E99000014", party_key="independent"), vacant=(),
    )  # fmt: skip
    draft = register.take(of_then, date(2025, 6, 1), stated=True)
    assert outcomes(draft, "term") == {"unchanged": 6}
    assert draft.rejected == []


def test_a_table_of_a_day_gone_by_overrules_no_later_change(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    register.take(popolo)
    draft = register.take(with_row(mp_table, "E99000014", party_key="meadow"), date(2025, 6, 1), stated=True)
    assert "having changes after that day" in " ".join(one.reason for one in draft.rejected)
    assert [one[1] for one in register.told("Otter's Haven")] == ["Labour", "Independent", "Labour"]


def test_a_party_left_and_joined_again_by_tables_alone(register: Register, mp_table: SourceRecords) -> None:
    days = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
    changed = with_row(mp_table, "E99000014", party_key="independent")
    for records, day in zip((mp_table, changed, mp_table), days, strict=True):
        register.take(records, day)
    assert [one[1:] for one in register.told("Otters Haven")] == [
        ("Labour", "None", "2026-01-31"),
        ("Independent", "2026-02-01", "2026-02-28"),
        ("Labour", "2026-03-01", "None"),
    ]


def test_what_was_replaced_on_its_first_day_was_never_in_force(
    register: Register, mp_table: SourceRecords
) -> None:
    for records in (mp_table, with_row(mp_table, "E99000014", party_key="independent"), mp_table):
        register.take(records)
    terms = register.terms("Otters Haven")
    assert [one.end_reason for one in terms if one.end] == ["changed_party", CORRECTED]
    assert [one.in_force_on(DAY) for one in terms if one.end] == [False, False]
    assert sum(one.in_force_on(DAY) for one in terms) == 1


def test_the_people_file_does_not_put_back_whom_a_newer_table_replaced(
    register: Register, popolo: SourceRecords, later_table: SourceRecords
) -> None:
    register.take(later_table)
    draft = register.take(popolo)
    rejected = [one.reason for one in draft.rejected]
    assert any("Ffion Tŷnewydd (Labour), Fablewick is on record as sitting there" in one for one in rejected)
    assert register.told("Fablewick")[-1][0] == "Ffion Tŷnewydd"


def test_a_seat_that_matches_nothing_waits_for_a_person(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    register.take(popolo)
    areas = tuple(replace(one, name="Nowhere") if one.name == "Fablewick" else one for one in mp_table.areas)
    draft = register.take(replace(mp_table, areas=areas))
    assert [one.reason for one in draft.rejected] == ["no seat is called “Nowhere”"]
    assert outcomes(draft, "term") == {"unchanged": 6}


def test_a_code_and_a_name_of_two_seats_match_neither(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    for records in (popolo, mp_table):
        register.take(records)
    other = {"Fablewick": "Quill South", "Quill South": "Fablewick"}
    areas = tuple(replace(one, name=other.get(one.name, one.name)) for one in mp_table.areas)
    draft = register.take(replace(mp_table, areas=areas))
    assert len(draft.rejected) == 2
    assert outcomes(draft, "term") == {"unchanged": 5}


def test_one_person_with_the_ids_of_two_waits_for_a_person(register: Register, popolo: SourceRecords) -> None:
    register.take(popolo)
    namesake = Identifier(MNIS, "9006")
    persons: Iterable[PersonRecord] = (
        replace(one, identifiers=(*one.identifiers, namesake)) if one.key.endswith("/1005") else one
        for one in popolo.persons
        if not one.key.endswith("/1006")
    )  # fmt: skip
    draft = register.take(replace(popolo, persons=tuple(persons)))
    assert "belong to 2 people on record" in draft.rejected[0].reason


def test_a_person_cannot_sit_twice(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    for records in (popolo, mp_table):
        register.take(records)
    only = with_row(mp_table, "E99000016", person_key="9005")
    draft = register.take(
        replace(only, holdings=tuple(h for h in only.holdings if h.area_key == "E99000016"))
    )
    assert "sits for another seat on record" in draft.rejected[0].reason


def test_a_new_style_means_that_the_salutation_is_checked_again(
    register: Register, popolo: SourceRecords, mp_table: SourceRecords
) -> None:
    for records in (popolo, mp_table):
        register.take(records)
    dov, ada = register.person(9004), register.person(9001)
    dov.salutation_checked_at = ada.salutation_checked_at = datetime(2026, 1, 1, tzinfo=UTC)
    persons = tuple(
        replace(one, full_title="Sir Dov Lanternfield MP") if one.key == "9004" else one
        for one in mp_table.persons
    )  # fmt: skip
    register.take(replace(mp_table, persons=persons))
    assert dov.full_title == "Sir Dov Lanternfield MP"
    assert dov.salutation_checked_at is None
    assert ada.salutation_checked_at is not None


def test_a_member_who_becomes_a_peer_takes_the_peer_s_name(register: Register, popolo: SourceRecords) -> None:
    early = date(2020, 1, 1)
    register.take(popolo, early)
    assert register.person(9008).name == "Osric Fennimore"
    draft = register.take(popolo, DAY)
    assert register.person(9008).name == "Lord Fennimore of Otterwick"
    assert outcomes(draft, "person") == {"updated": 1, "unchanged": 9}
