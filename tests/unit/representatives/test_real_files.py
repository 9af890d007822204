"""The published files themselves, where a developer has them: what their documentation promises holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from organising.representatives.matching import KnownSeat, SeatIndex
from organising.representatives.names import bare_name, derive_salutation
from organising.representatives.readers import SourceRecords, read_source
from organising.representatives.readers.records import MNIS

AS_OF = date(2026, 8, 20)


@pytest.fixture(scope="module")
def people(real_file: Callable[[str], Path]) -> SourceRecords:
    return read_source(real_file("popolo/people.reconstructed.json.gz"))


@pytest.fixture(scope="module")
def table(real_file: Callable[[str], Path]) -> SourceRecords:
    return read_source(real_file("mps/mp_lookup.csv"))


def test_650_open_terms_one_per_seat(people: SourceRecords) -> None:
    sitting = [one for one in people.open_on(AS_OF) if one.kind == "mp"]
    assert (
        len(sitting)
        == len({one.area_key for one in sitting})
        == len({one.person_key for one in sitting})
        == 650
    )
    assert (len(people.persons), len(people.holdings), people.rejected) == (1334, 2196, ())


def test_646_addresses_and_the_four_without(table: SourceRecords) -> None:
    assert sum(one.email is not None for one in table.contact_points) == 646
    assert [one.email for one in table.contact_points].count(None) == 4
    assert (len(table.holdings), table.vacant, table.rejected) == (650, (), ())


def test_the_two_files_know_the_same_members(people: SourceRecords, table: SourceRecords) -> None:
    numbers = {
        one.value: person.key for person in people.persons for one in person.identifiers if one.scheme == MNIS
    }
    members = {person.key: numbers.get(person.identifiers[0].value) for person in table.persons}
    assert None not in members.values()
    seats = SeatIndex(
        [KnownSeat(one.key, one.name, one.other_names) for one in people.areas if one.end is None]
    )
    found = {one.key: seats.find(one.name, one.gss_code) for one in table.areas}
    assert Counter(one.by for one in found.values()) == {"name": 650}
    sitting = {one.area_key: one for one in people.open_on(AS_OF) if one.kind == "mp"}
    pairs = [(one, sitting[found[one.area_key or ""].key]) for one in table.holdings]
    assert all(members[one.person_key] == other.person_key for one, other in pairs)
    # Two members had their whip restored after the table was made.
    assert [(one.party_key, other.party_key) for one, other in pairs if one.party_key != other.party_key] == [
        ("independent", "labour")
    ] * 2


def test_titles_of_all_members_come_apart(table: SourceRecords) -> None:
    for person in table.persons:
        assert bare_name(person.full_title or "") == person.names[0].text
        salutation = derive_salutation(person.full_title, person.names[0].text, "mp").text
        assert "MP" not in salutation.split()
        assert "Hon" not in salutation.split()


def test_the_small_sample_reads_like_the_whole(real_file: Callable[[str], Path]) -> None:
    sample = read_source(real_file("popolo/people.sample.json"))
    assert (len(sample.persons), sample.rejected) == (34, ())
