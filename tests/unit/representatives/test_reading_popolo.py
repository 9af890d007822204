"""The Popolo reader, on a small file that holds every oddity of the real one."""

from __future__ import annotations

from datetime import date

import pytest

from organising.representatives.readers.records import (
    MNIS,
    PUBLICWHIP,
    HoldingRecord,
    Identifier,
    PartialDate,
    PersonRecord,
    SourceRecords,
)

PERSON = "uk.org.publicwhip/person/"
SEAT = "uk.org.publicwhip/cons/"


def person(source: SourceRecords, number: int) -> PersonRecord:
    return next(one for one in source.persons if one.key == f"{PERSON}{number}")


def terms(
    source: SourceRecords, *, seat: int | None = None, member: int | None = None
) -> list[HoldingRecord]:
    return [
        one
        for one in source.holdings
        if (seat is None or one.area_key == f"{SEAT}{seat}")
        and (member is None or one.person_key == f"{PERSON}{member}")
    ]


def test_a_by_election_is_one_term_after_another(popolo: SourceRecords) -> None:
    before, after = terms(popolo, seat=13)
    assert (before.person_key, str(before.end)) == (f"{PERSON}1002", "2025-03-16")
    assert (after.person_key, after.start_reason, after.end) == (f"{PERSON}1003", "by_election", None)


def test_a_party_left_and_joined_again_is_three_terms(popolo: SourceRecords) -> None:
    found = [(one.party_key, str(one.start)) for one in terms(popolo, member=1004)]
    assert found == [("labour", "2024-07-05"), ("independent", "2024-11-14"), ("labour", "2025-09-26")]


def test_a_vacant_seat_has_no_open_term(popolo: SourceRecords) -> None:
    assert [one.end for one in terms(popolo, seat=18)] == [PartialDate(2026, 5, 17)]


def test_a_member_who_returns_keeps_one_person(popolo: SourceRecords) -> None:
    assert [one.area_key for one in terms(popolo, member=1001)] == [f"{SEAT}2", f"{SEAT}12"]


def test_two_members_of_one_name_stay_two(popolo: SourceRecords) -> None:
    namesakes = [one for one in popolo.persons if one.names[0].text == "Maeve Tarn"]
    assert {Identifier(MNIS, "9005"), Identifier(MNIS, "9006")} == {one.identifiers[1] for one in namesakes}


def test_accents_and_other_spellings_survive(popolo: SourceRecords) -> None:
    names = person(popolo, 1007).names
    assert [(name.text, name.main) for name in names] == [
        ("Ysolde Brânwen", True),
        ("Ysolde Mary Branwen", False),
    ]


def test_redirects_lead_to_the_person_kept(popolo: SourceRecords) -> None:
    kept = person(popolo, 1007)
    assert [one.person_key for one in terms(popolo, seat=17)] == [kept.key]
    assert Identifier(PUBLICWHIP, f"{PERSON}1098") in kept.identifiers
    assert Identifier(PUBLICWHIP, f"{PERSON}1099") in kept.identifiers


def test_a_peer_has_a_title_for_a_name(popolo: SourceRecords) -> None:
    peer = person(popolo, 1009)
    assert (peer.names[0].text, peer.names[0].peerage) == ("Baroness Quillan", True)
    assert [one.kind for one in terms(popolo, member=1009)] == ["peer"]


def test_a_former_member_in_the_lords_has_a_name_for_each_time(popolo: SourceRecords) -> None:
    ennobled = person(popolo, 1008)
    assert ennobled.name_on(date(2020, 1, 1)).text == "Osric Fennimore"
    assert ennobled.name_on(date(2026, 1, 1)).text == "Lord Fennimore of Otterwick"


def test_dates_keep_the_precision_they_came_with(popolo: SourceRecords) -> None:
    assert str(terms(popolo, seat=17)[0].start) == "2024-07"
    assert {str(one.start) for one in terms(popolo, member=1008)} == {"2015", "2024-08"}


def test_other_chambers_are_counted_and_left_out(popolo: SourceRecords) -> None:
    assert popolo.ignored["a membership of scottish-parliament"] == 1
    assert popolo.ignored["a membership of crown"] == 1
    assert not [one for one in popolo.persons if one.key in {f"{PERSON}1011", f"{PERSON}1012"}]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("member/20", "person/0 stands for nobody"),
        ("member/21", "person/5555 is not in the file"),
        ("member/22", "cons/777 is not in the file"),
        ("member/23", "ends on 2023-01-01 before it starts"),
        ("member/24", "“2024-02-30” is not a date in the calendar"),
        ("member/25", "already has an open membership"),
        ("person/1020", "no name"),
        ("person/1097", "redirects to"),
    ],
)
def test_what_makes_no_sense_is_left_out_with_its_reason(
    popolo: SourceRecords, place: str, reason: str
) -> None:
    assert [one for one in popolo.rejected if place in one.place and reason in one.reason]


def test_nothing_else_is_left_out(popolo: SourceRecords) -> None:
    assert len(popolo.rejected) == 8
    assert len(popolo.holdings) == 14


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2017", date(2017, 1, 1), date(2017, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-7-5", date(2024, 7, 5), date(2024, 7, 5)),
    ],
)
def test_a_partial_date_spans_what_it_may_mean(text: str, first: date, last: date) -> None:
    parsed = PartialDate.parse(text)
    assert (parsed.earliest, parsed.latest) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "soon", "2024-13", "2024-00-00", "2023-02-29", "0000", "05/07/2024", "2024-07-05T00:00"]
)
def test_no_date_is_made_up(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        PartialDate.parse(text)
