"""The table of sitting members: a row per seat, with its own words for “none”."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from organising.representatives.readers import SourceRecords, read_source
from organising.representatives.readers.mp_table import COLUMNS
from organising.representatives.readers.records import MNIS, Identifier

GOOD = {
    "pcon_name": "Fablewick",
    "pcon_code": "E99000012",
    "member_id": "9001",
    "full_title": "Ms Ada Merrow MP",
    "display_as": "Ms Ada Merrow",
    "party_text": "Labour",
    "member_email": "ada@parliament.example",
}


def table(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({**GOOD, **row} for row in rows)
    return path


def test_a_byte_order_mark_is_no_part_of_the_first_column(fixture_file: Callable[[str], Path]) -> None:
    path = fixture_file("mp_table.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert len(read_source(path).areas) == 7


def test_members_are_known_by_number_and_called_without_titles(mp_table: SourceRecords) -> None:
    ada = mp_table.persons[0]
    assert ada.identifiers == (Identifier(MNIS, "9001"),)
    assert (ada.names[0].text, ada.full_title) == ("Ada Merrow", "Rt Hon Dame Ada Merrow KC MP")


def test_a_vacant_seat_has_no_member(mp_table: SourceRecords) -> None:
    assert mp_table.vacant == ("S99000018",)
    assert "Vacant" not in {one.names[0].text for one in mp_table.persons}
    assert "z" not in {one.key for one in mp_table.parties}


def test_no_email_found_is_no_address(mp_table: SourceRecords) -> None:
    assert {one.person_key: one.email for one in mp_table.contact_points}["9004"] is None
    assert not [one for one in mp_table.contact_points if one.email and "found" in one.email]


def test_not_applicable_is_none(mp_table: SourceRecords) -> None:
    regions = {one.name: one.region for one in mp_table.areas}
    assert (regions["North Quill"], regions["Thimble upon Lute"], regions["Fablewick"]) == (
        None,
        None,
        "Quillshire",
    )


def test_parties_have_one_key_for_all_spellings(popolo: SourceRecords, mp_table: SourceRecords) -> None:
    assert {"dup", "green", "harbour-party"} <= {one.key for one in popolo.parties} & {
        one.key for one in mp_table.parties
    }


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"member_id": "nobody"}, "neither a number nor “Vacant”"),
        ({"member_id": "", "full_title": "", "display_as": ""}, "neither a number nor “Vacant”"),
        ({"member_id": "9001"}, "already sits in another row"),
        ({"pcon_code": "E99000012"}, "appears twice"),
        ({"pcon_name": "FABLE-WICK".replace("-", "")}, "appears twice"),
        ({"pcon_code": "Aldershot"}, "not a GSS code"),
        ({"pcon_name": "Not applicable"}, "no constituency name"),
        ({"full_title": "", "display_as": ""}, "has no name"),
    ],
)
def test_a_row_that_makes_no_sense_is_left_out(tmp_path: Path, change: dict[str, str], reason: str) -> None:
    other = {
        "pcon_name": "Quill",
        "pcon_code": "E99000099",
        "member_id": "9099",
        "member_email": "q@parliament.example",
    }
    read = read_source(table(tmp_path / "rows.csv", {}, {**other, **change}))
    assert [one.reason for one in read.rejected if reason in one.reason]
    assert read.rejected[0].place == "line 3"
    assert len(read.areas) == len(read.persons) == len(read.holdings) == 1


@pytest.mark.parametrize(
    "email", ["ada at parliament", "a@b", "a@b@c.example", "a@parliament.example, b@parliament.example"]
)
def test_a_bad_address_loses_only_the_address(tmp_path: Path, email: str) -> None:
    read = read_source(table(tmp_path / "rows.csv", {"member_email": email}))
    assert len(read.holdings) == 1
    assert not read.contact_points
    assert "is not an email address" in read.rejected[0].reason
