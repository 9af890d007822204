"""Recognising seats by code and by the ways their names get written."""

from __future__ import annotations

import pytest

from organising.representatives.matching import KnownSeat, SeatIndex
from organising.representatives.readers import SourceRecords

INDEX = SeatIndex(
    [
        KnownSeat(1, "Candlemere & the Wolds", ("Candlemere a'r Bryniau",), ("E99000013",)),
        KnownSeat(2, "Stow-cum-Thimble", (), ("E99000014", "E99000114")),
        KnownSeat(3, "Quill North", ()),
        KnownSeat(4, "Ynys y Bluen", ("Feather Island",)),
        KnownSeat(5, "The Saffron", ()),
        KnownSeat(6, "Saint Otter’s", ()),
        KnownSeat(7, "Lute West, Dapple", ()),
        KnownSeat(8, "Dapple West, Lute", ()),
    ]
)


@pytest.mark.parametrize(
    ("name", "key", "by"),
    [
        ("Candlemere and The Wolds", 1, "name"),
        ("CANDLEMERE AR BRYNIAU", 1, "other name"),
        ("Stow cum Thimble", 2, "name"),
        ("North Quill", 3, "words in another order"),
        ("ynys-y-bluen", 4, "name"),
        ("Feather Island", 4, "other name"),
        ("Saffron", 5, "name"),
        ("St. Otters", 6, "name"),
        ("Lute West Dapple", 7, "name"),
    ],
)
def test_spellings(name: str, key: int, by: str) -> None:
    found = INDEX.find(name)
    assert (found.key, found.by) == (key, by)


def test_the_code_goes_before_the_name_and_former_codes_count() -> None:
    assert INDEX.find("An unheard-of name", "E99000114").key == 2
    assert INDEX.find("Stow-cum-Thimble", "E99009999").by == "name"


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("Nowhere", None, "no seat is called “Nowhere”"),
        ("West Dapple Lute", None, "means 2 seats"),
        ("Quill North", "E99000013", "is one seat's and the name “Quill North” another's"),
    ],
)
def test_doubt_matches_nothing(name: str, code: str | None, reason: str) -> None:
    found = INDEX.find(name, code)
    assert found.key is None
    assert reason in found.reason


def test_the_two_fixtures_agree_on_their_seats(popolo: SourceRecords, mp_table: SourceRecords) -> None:
    seats = SeatIndex(
        [KnownSeat(one.key, one.name, one.other_names) for one in popolo.areas if one.end is None]
    )
    assert {seats.find(one.name, one.gss_code).key for one in mp_table.areas} == {
        f"uk.org.publicwhip/cons/{number}" for number in range(12, 19)
    }
