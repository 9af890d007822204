"""Representatives through the database: imported, and found again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives import queries
from organising.representatives.demo import seed_invented_parliament
from organising.representatives.models import Area, OfficeHolding, Person
from organising.representatives.readers import read_source
from organising.representatives.services import import_representatives
from tests.support.representatives import DAY, FIXTURES, importing, snapshot, take
from tests.support.world import World


@pytest.fixture
def both(app: Flask) -> Flask:
    """The small people file and the small table, taken."""
    take(app, "popolo.json")
    take(app, "mp_table.csv")
    return app


def test_what_is_written_is_what_was_worked_out(both: Flask) -> None:
    before = snapshot(both)
    assert len(before["person"]) == 10
    assert len(before["office_holding"]) == 14
    for name in ("popolo.json", "mp_table.csv"):
        result = take(both, name)
        assert (result.created, result.updated, result.closed) == (0, 0, 0)
        assert result.unchanged > 0
    assert snapshot(both) == before


def test_a_dry_run_says_the_same_and_writes_nothing(app: Flask) -> None:
    before = snapshot(app)
    planned = take(app, "popolo.json", dry_run=True)
    assert snapshot(app) == before
    assert planned.counts == take(app, "popolo.json").counts


def test_a_later_table_in_the_database(both: Flask) -> None:
    result = take(both, "mp_table.later.csv")
    assert result.counts["term"] == {"unchanged": 3, "closed": 3, "created": 3}
    after = snapshot(both)
    assert take(both, "mp_table.later.csv").unchanged == 7 + 7 + 6 + 6 + 6
    assert snapshot(both) == after


def test_partial_dates_and_accents_come_back_as_they_were(both: Flask) -> None:
    with importing(both) as session:
        ysolde = session.query(Person).filter(Person.name == "Ysolde Brânwen").one()
        (term,) = queries.list_holdings(ysolde.id)
        assert (str(term.start), term.start_on) == ("2024-07", date(2024, 7, 1))
        assert term.area is not None
        assert term.area.name == "Ynys y Bluen"


def test_one_seat_has_one_open_term(both: Flask) -> None:
    with importing(both) as session:
        seat = session.query(Area).filter(Area.name == "Fablewick", Area.end_on.is_(None)).one()
        someone = session.query(Person).first()
        assert someone is not None
        session.add(OfficeHolding(person_id=someone.id, kind="mp", area_id=seat.id, source="test"))
        with pytest.raises(IntegrityError):
            session.flush()


def test_only_an_import_writes_representatives(both: Flask, world: World) -> None:
    with world.context("neu") as session:
        assert session.query(Person).count() == 10
        changed = session.execute(text("UPDATE person SET name = 'Someone Else'")).rowcount  # type: ignore[attr-defined]
        assert changed == 0
        with pytest.raises(DBAPIError, match="row-level security"):
            session.execute(text("INSERT INTO party (id, key, name) VALUES (gen_random_uuid(), 'x', 'X')"))


def test_the_import_is_in_the_importer_s_audit_log(app: Flask, world: World) -> None:
    actor = world.user("liberty", "coordinator")
    context = Context(organisation_id=actor.organisation_id, user_id=actor.user_id, purpose="import")
    with app.app_context(), use_context(context) as session:
        import_representatives(actor, read_source(FIXTURES / "popolo.json"))
        session.commit()
        facts = session.scalar(
            text("SELECT facts FROM audit_event WHERE action = 'representatives.imported'")
        )
    assert facts["created"] > 0


def test_the_invented_parliament_is_seeded_once(app: Flask) -> None:
    with app.app_context():
        assert seed_invented_parliament().counts["term"] == {"created": 656}
        again = seed_invented_parliament()
    assert (again.created, again.updated, again.closed) == (0, 0, 0)
    with importing(app):
        reach = queries.list_reach(on=DAY)
        assert (len(reach), sum(one.email is None for one in reach)) == (650, 4)
        seats = queries.list_seats(on=DAY)
        assert len({(one.q, one.r) for one in seats if one.person_id}) == 650


def test_the_real_files(app: Flask, test_data: Path) -> None:
    people, table = test_data / "popolo" / "people.reconstructed.json.gz", test_data / "mps" / "mp_lookup.csv"
    for path in (people, table):
        take(app, path)
    with importing(app):
        sitting = db.session.scalars(queries.list_sitting(on=date(2026, 8, 20))).all()
        assert len(sitting) == len({one.area_id for one in sitting}) == 650
        assert sum(one.email is not None for one in queries.list_reach(on=date(2026, 8, 20))) == 646
    before = snapshot(app)
    for path in (people, table):
        result = take(app, path)
        assert (result.created, result.updated, result.closed) == (0, 0, 0)
    assert snapshot(app) == before


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bran", ["Ysolde Brânwen"]),
        ("BRÂN yso", ["Ysolde Brânwen"]),
        ("feather isl", ["Ysolde Brânwen"]),
        ("lanternfield otters", ["Dov Lanternfield"]),
        ("mae", ["Maeve Tarn", "Maeve Tarn"]),
        ("solais", ["Bram Ó Solais"]),
        ("north quill", ["Maeve Tarn"]),
        ("fennimore", ["Lord Fennimore of Otterwick"]),
        ("osric", ["Lord Fennimore of Otterwick"]),
        ("ranwen", []),
        ("zzz", []),
        ("", []),
        ("'; --", []),
    ],
)
def test_search_by_first_letters(both: Flask, typed: str, found: list[str]) -> None:
    with importing(both):
        assert [one.label for one in queries.search(typed, on=DAY)] == found


def test_those_in_office_come_first(both: Flask) -> None:
    with importing(both):
        found = queries.search("ha", on=DAY)
    assert [(one.label, one.detail) for one in found] == [
        ("Dov Lanternfield", "Labour, Otter's Haven"),
        ("Pell Harrowgate", "not in office"),
    ]


def test_reach_lists_those_without_an_address(both: Flask) -> None:
    with importing(both):
        reach = {one.name: one for one in queries.list_reach(on=DAY)}
    assert reach["Dov Lanternfield"].email is None
    assert reach["Dov Lanternfield"].salutation == "Mr Lanternfield"
    assert reach["Ada Merrow"].salutation == "Dame Ada"
    assert reach["Ada Merrow"].envelope == "The Rt Hon Dame Ada Merrow KC MP"
    assert not reach["Ada Merrow"].salutation_checked
    assert reach["Ysolde Brânwen"].email == "ysolde.branwen.mp@parliament.example"
