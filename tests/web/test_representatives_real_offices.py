"""The published files about people in office, all in one import, twice: what their documentation promises holds."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives.comparing import compare_contact_points, compare_records
from organising.representatives.known import Draft, Known
from organising.representatives.readers import SourceRecords, UnreadableFile, read_any
from organising.representatives.readers.folders import list_files
from organising.representatives.readers.records import MNIS, Identifier, NameRecord, PartyRecord, PersonRecord
from organising.representatives.services import ImportResult, Source, import_sources
from organising.representatives.terms import compare_terms

FOLDERS = ("popolo", "mps", "elections")


@pytest.fixture
def folders(test_data: Path) -> list[Path]:
    found = [test_data / name for name in FOLDERS]
    samples = sorted((test_data / "api-samples").glob("members-api.Members-*.json"))
    more = [test_data / "reference" / name for name in ("appg_members.csv.gz", "appg_register.csv.gz")]
    return [*found, *samples, *more, test_data / "api-samples" / "theyworkforyou-getMP.rows.json"]


def take(app: Flask, paths: list[Path]) -> dict[str, ImportResult]:
    """As the command does: in the order of kinds, in one transaction."""
    sources = []
    for path in list_files(paths):
        try:
            sources.append(Source.of(path.name, path.read_bytes(), read_any(path)))
        except UnreadableFile as error:
            pytest.fail(str(error))
    results = {}
    with app.app_context(), use_context(Context(purpose="import")) as session:
        for source, found in import_sources(None, sources):
            assert isinstance(found, ImportResult), found
            results[source.name] = found
        session.commit()
    return results


def count(app: Flask, sql: str) -> int:
    with app.app_context(), use_context(Context(purpose="import")):
        return db.session.scalar(text(sql)) or 0


# Minutes: asked for by name, with -m slow.
@pytest.mark.slow
def test_every_file_imports_twice_and_keeps_its_promises(app: Flask, folders: list[Path]) -> None:
    first = take(app, folders)
    second = take(app, folders)
    changed = {name: one.counts for name, one in second.items() if one.created or one.updated or one.closed}
    assert changed == {}
    ministers = first["ministers-2010.2020-10-21.json.gz"]
    assert sum("before it starts" in one.reason for one in ministers.rejected) == 99
    assert len(first["sp-ministers.json.gz"].rejected) + first["sp-ministers.json.gz"].created - 1 == 381
    sitting = "office_holding WHERE kind = 'mp' AND end_on IS NULL"
    assert count(app, f"SELECT count(*) FROM {sitting}") == 650
    assert count(app, f"SELECT count(DISTINCT area_id) FROM {sitting}") == 650
    assert (
        count(app, "SELECT count(*) FROM office_holding WHERE kind = 'candidate' AND end_on = '2024-07-04'")
        == 4515
    )
    assert count(app, "SELECT count(*) FROM office_holding WHERE kind = 'candidate'") == 4515 + 86
    assert count(app, "SELECT count(*) FROM contest") == 656
    assert count(app, "SELECT count(*) FROM office_holding WHERE kind = 'mp'") >= 2196 - 167


@pytest.mark.parametrize("seed", range(30))
def test_the_real_table_edited_at_random_changes_exactly_what_was_edited(
    folders: list[Path], seed: int
) -> None:
    table = read_any(folders[1] / "mp_lookup.csv")
    assert isinstance(table, SourceRecords)
    later, expected = edited(table, random.Random(seed))
    known = Known()
    compare(known, table, date(2026, 6, 27))
    draft = compare(known, later, date(2026, 8, 1))
    closed = {one.area_id for one in draft.changed["office_holding"].values()}
    opened = {one.area_id for one in draft.added["office_holding"]}
    seats = {known.areas[one].name for one in closed | opened if one}
    assert (seats, draft.rejected) == (expected, [])
    assert all(known.areas[one].name in expected for one in opened if one)
    again = compare(known, later, date(2026, 8, 2))
    assert (list(again.added["office_holding"]), dict(again.changed["office_holding"])) == ([], {})


def compare(known: Known, records: SourceRecords, day: date) -> Draft:
    draft = Draft(known, day)
    resolved = compare_records(draft, records)
    compare_terms(draft, records, resolved, as_of_stated=True)
    compare_contact_points(draft, records, resolved)
    return draft


def edited(table: SourceRecords, chance: random.Random) -> tuple[SourceRecords, set[str]]:
    """Eight seats changed: a vacancy, a change of party or a new member; and the seats that must change by that."""
    names = {one.key: one.name for one in table.areas}
    holdings, persons, vacant = list(table.holdings), list(table.persons), list(table.vacant)
    expected = set()
    for place in sorted(chance.sample(range(len(holdings)), 8), reverse=True):
        one = holdings[place]
        expected.add(names[one.area_key or ""])
        what = chance.choice(("vacant", "party", "member"))
        persons = persons if what == "party" else [p for p in persons if p.key != one.person_key]
        if what == "vacant":
            vacant.append(one.area_key or "")
            del holdings[place]
        elif what == "party":
            holdings[place] = replace(one, party_key="meadow")
        else:
            key = str(990000 + place)
            persons.append(PersonRecord(key, (Identifier(MNIS, key),), (NameRecord(f"New Member{place}"),)))
            holdings[place] = replace(one, person_key=key)
    parties = (*table.parties, PartyRecord("meadow", "Meadow"))
    changed = replace(
        table, holdings=tuple(holdings), persons=tuple(persons), vacant=tuple(vacant), parties=parties
    )
    return changed, expected
