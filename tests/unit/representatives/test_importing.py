"""What an import would do, worked out without a database: one file after another against what is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from organising.representatives.known import Draft
from organising.representatives.readers import SourceRecords
from organising.representatives.readers.records import (
    MNIS,
    Identifier,
    PersonRecord,
)
from tests.support.register import DAY, LATER, Register, only_unchanged, outcomes


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
