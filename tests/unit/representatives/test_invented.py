"""The demo's parliament: complete, the same every time, and nobody's real name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from organising.representatives.invented import SEATS, invent_parliament
from organising.representatives.invented_layout import Cell, neighbours
from organising.representatives.names import fold
from organising.representatives.readers import SourceRecords, read_source


@pytest.fixture(scope="module")
def parliament() -> SourceRecords:
    return invent_parliament()


def test_every_seat_is_held_by_one_member(parliament: SourceRecords) -> None:
    sitting = parliament.open_on(date(2026, 11, 1))
    assert len(parliament.areas) == len(parliament.persons) == len(sitting) == SEATS == 650
    assert len({one.area_key for one in sitting}) == len({one.person_key for one in sitting}) == 650
    assert {one.area_key for one in sitting} == {one.key for one in parliament.areas}


def test_names_codes_and_addresses_are_distinct(parliament: SourceRecords) -> None:
    assert len({fold(one.name) for one in parliament.areas}) == 650
    assert len({fold(one.names[0].text) for one in parliament.persons}) == 650
    assert len({one.gss_code for one in parliament.areas}) == 650
    addresses = [one.email for one in parliament.contact_points if one.email]
    assert len(addresses) == len(set(addresses)) == 646


def test_it_is_visibly_fictional(parliament: SourceRecords) -> None:
    assert all(re.fullmatch(r"X14\d{6}", one.gss_code or "") for one in parliament.areas)
    assert all(
        one.email is None or re.fullmatch(r"[a-z.]+@parliament\.example", one.email)
        for one in parliament.contact_points
    )
    assert parliament.rejected == ()


def test_accents_are_there_to_be_tested(parliament: SourceRecords) -> None:
    assert sum(not one.name.isascii() for one in parliament.areas) >= 8
    assert sum(not one.names[0].text.isascii() for one in parliament.persons) >= 50


def test_parties_and_changes_of_party(parliament: SourceRecords) -> None:
    sitting = Counter(one.party_key for one in parliament.holdings if one.end is None)
    assert sum(sitting.values()) == 650
    assert len(sitting) == 6
    assert all(one.colour for one in parliament.parties)
    left = [one for one in parliament.holdings if one.end]
    assert len(left) == 6
    for one in left:
        joined = next(
            two for two in parliament.holdings if two.person_key == one.person_key and two.end is None
        )
        assert joined.party_key != one.party_key
        assert one.end
        assert joined.start
        assert (joined.start.earliest - one.end.latest).days == 1


def connected(cells: set[Cell]) -> bool:
    reached, edge = set(), [min(cells)]
    while edge:
        cell = edge.pop()
        if cell not in reached:
            reached.add(cell)
            edge.extend(set(neighbours(cell)) & cells)
    return reached == cells


def test_the_map_is_one_island_of_twelve_regions_in_one_piece_each(parliament: SourceRecords) -> None:
    region_of = {one.hexagon: one.region for one in parliament.areas}
    assert len(region_of) == 650
    assert None not in region_of
    assert connected(set(region_of))  # type: ignore[arg-type]
    regions = set(region_of.values())
    assert len(regions) == 12
    for region in regions:
        cells = {cell for cell, one in region_of.items() if one == region}
        assert connected(cells)
        assert 20 <= len(cells) <= 90


def test_neighbours_are_mutual() -> None:
    for cell in [(4, 4), (4, 5), (0, 1)]:
        assert all(cell in neighbours(near) for near in neighbours(cell))


def test_it_is_the_same_every_time(parliament: SourceRecords) -> None:
    assert invent_parliament() == parliament


def test_no_seat_has_a_real_constituency_s_name(
    parliament: SourceRecords, real_file: Callable[[str], Path]
) -> None:
    people = read_source(real_file("popolo/people.reconstructed.json.gz"))
    table = read_source(real_file("mps/mp_lookup.csv"))
    real = {fold(name) for one in (*people.areas, *table.areas) for name in (one.name, *one.other_names)}
    assert not real & {fold(one.name) for one in parliament.areas}


def test_no_member_has_a_real_member_s_name(
    parliament: SourceRecords, real_file: Callable[[str], Path]
) -> None:
    people = read_source(real_file("popolo/people.reconstructed.json.gz"))
    table = read_source(real_file("mps/mp_lookup.csv"))
    names = [name for one in (*people.persons, *table.persons) for name in one.names]
    assert not {fold(name.text) for name in names} & {fold(one.names[0].text) for one in parliament.persons}
    families = {fold(name.family) for name in names if name.family}
    assert not families & {fold(one.names[0].family or "") for one in parliament.persons}
