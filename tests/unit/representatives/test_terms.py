"""Terms worked out without a database: what a later, an older or a dated file opens and closes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from organising.representatives.known import CORRECTED
from organising.representatives.readers import SourceRecords
from organising.representatives.readers.records import (
    MNIS,
    HoldingRecord,
    Identifier,
    NameRecord,
    PartialDate,
    PersonRecord,
)
from tests.support.register import ADA, DAY, LATER, Register, only_unchanged, outcomes, with_row


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
