"""Registers of areas and bodies, small and invented: read, refused with place and reason, imported twice, changed and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.tenancy import Context, use_context
from organising.representatives import queries
from organising.representatives.central_bodies import central_bodies
from organising.representatives.models import Area, AreaIdentifier, Institution, Parliament
from organising.representatives.readers import UnreadableFile, read_any
from organising.representatives.services import ImportResult, import_records, import_register

DAY = date(2026, 8, 20)
SEATS = "gss_code,name,name_cy,other_name,short_code,nation,region_name,mnis_constituency_id,previous_draft_gss_code\n"
FABLEWICK = "E14009001,Fablewick,,,UKPARL.2025.FAB,England,North,9001,\n"
GLEN = "S14009002,Glen Otter,,,UKPARL.2025.GLE,Scotland,Scotland,9002,S14009001\n"
FORMER = "gss_code,name,mnis_constituency_id,start_on,end_on\n"
OLD = "E14008001,Fablewick,8001,2010-04-13,2024-05-30\nS14009002,Glen Otter,8002,2005-04-12,2024-05-30\n"
FORCES = {"E23009001": "Fableshire", "L99999999": "(pseudo) Channel Islands", "ï»¿PFA": "PFANM"}
SHARES = "con_code,con_name,area_code,area_name,type,con_pop_%\n"


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    def write(content: object, name: str = "file") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


@pytest.fixture
def take(app: Flask, save: Callable[..., Path]) -> Callable[..., ImportResult]:
    def run(content: object, name: str = "file", as_of: date = DAY) -> ImportResult:
        with app.app_context(), use_context(Context(purpose="import")) as session:
            result = import_records(None, read_any(save(content, name)), as_of=as_of)
            session.commit()
            return result

    return run


def told(result: ImportResult) -> tuple[int, int, int]:
    return result.created, result.updated, result.closed


def test_seats_of_both_generations_twice_and_a_code_that_both_have(
    app: Flask, take: Callable[..., ImportResult]
) -> None:
    assert told(take(SEATS + FABLEWICK + GLEN)) == (2, 0, 0)
    assert told(take(FORMER + OLD)) == (2, 0, 0)
    assert told(take(SEATS + FABLEWICK + GLEN)) == told(take(FORMER + OLD)) == (0, 0, 0)
    with app.app_context():
        glens = db.session.scalars(select(Area).where(Area.name == "Glen Otter").order_by(Area.end_on)).all()
        assert [(one.gss_code, one.end_on) for one in glens] == [
            (None, date(2024, 5, 30)),
            ("S14009002", None),
        ]


def test_a_seat_recoded_keeps_its_former_code_and_a_name_changed_and_back_its_other_names(
    app: Flask, take: Callable[..., ImportResult]
) -> None:
    take(SEATS + FABLEWICK)
    assert told(take(SEATS + FABLEWICK.replace("E14009001", "E14009009"))) == (0, 1, 0)
    assert told(take(SEATS + FABLEWICK.replace("E14009001,Fablewick", "E14009009,Fablewick West"))) == (
        0,
        1,
        0,
    )
    assert told(take(SEATS + FABLEWICK.replace("E14009001", "E14009009"))) == (0, 1, 0)
    with app.app_context():
        area = db.session.scalars(select(Area)).one()
        assert (area.name, area.gss_code, area.other_names) == ("Fablewick", "E14009009", ["Fablewick West"])
        codes = set(db.session.scalars(select(AreaIdentifier.value).where(AreaIdentifier.scheme == "gss")))
        assert codes == {"E14009001", "E14009009"}


def test_forces_their_requests_address_and_the_seats_they_serve(
    app: Flask, take: Callable[..., ImportResult]
) -> None:
    take(SEATS + FABLEWICK + GLEN)
    first = take(FORCES)
    assert told(first) == (2, 0, 0)
    assert [one.place for one in first.rejected] == ["L99999999", "???PFA"]
    bodies = [
        {"Name": "Fableshire Constabulary", "WDTK_ID": "fable", "Is_Defunct": False, "FOI_Email_Address": "foi@fable.example"},
        {"Name": "Fableshire Police and Crime Commissioner", "WDTK_ID": "fpcc", "Is_Defunct": False, "FOI_Email_Address": "none"},
        {"Name": "Fableshire Police Authority", "WDTK_ID": "fpa", "Is_Defunct": True},
    ]  # fmt: skip
    second = take(bodies)
    assert told(second) == (2, 1, 0)
    assert "“none” is not an email address" in second.rejected[0].reason
    assert told(take(bodies)) == told(take(FORCES)) == (0, 0, 0)
    assert (
        told(take(SHARES + "E14009001,Fablewick,E23009001,Fableshire Police,Police Force Area,60\n"))[0] == 1
    )
    with app.app_context():
        force = db.session.scalars(select(Institution).where(Institution.kind == "police_force")).one()
        assert (force.name, force.requests_email) == ("Fableshire Police", "foi@fable.example")
        office = db.session.scalars(
            select(Institution).where(Institution.kind == "police_commissioner")
        ).one()
        assert office.area_id == force.area_id is not None
        assert db.session.scalars(select(Institution.ended_on).where(Institution.kind == "other")).one() < DAY
        seats = db.session.execute(queries.seats_overlapping(force.area_id, on=DAY)).all()
        assert [share for _, share in seats] == [0.6]
        (overlap,) = queries.list_overlaps(force.area_id, "westminster", on=DAY)
        assert (overlap.name, overlap.share, overlap.other_share) == ("Fablewick", None, 0.6)
        assert [one.label for one in queries.search_institutions("fab pol", on=DAY)] == [
            "Fableshire Police", "Fableshire Police and Crime Commissioner",
        ]  # fmt: skip


def test_an_overlap_that_changes_goes_and_comes_back(take: Callable[..., ImportResult]) -> None:
    take(SEATS + FABLEWICK + GLEN)
    one = "E14009001,Fablewick,E23009001,Fableshire Police,Police Force Area,60\n"
    two = "S14009002,Glen Otter,E23009001,Fableshire Police,Police Force Area,100\n"
    assert take(SHARES + one + two).counts["overlap"] == {"created": 2}
    assert take(SHARES + one.replace("60", "61") + two).counts["overlap"] == {"updated": 1, "unchanged": 1}
    assert take(SHARES + one.replace("60", "61")).counts["overlap"] == {"unchanged": 1, "closed": 1}
    assert take(SHARES + one.replace("60", "61") + two).counts["overlap"] == {"unchanged": 1, "updated": 1}


def test_hexagons_draw_the_seats_of_today(app: Flask, take: Callable[..., ImportResult]) -> None:
    take(SEATS + FABLEWICK + GLEN)
    layout = {"layout": "odd-r", "version": "1", "hexes": {
        "E14009001": {"n": "Fablewick", "q": 1, "r": 2}, "S14009001": {"n": "Glen Otter", "q": 1, "r": 3},
        "E14009999": {"n": "Nowhere", "q": 4, "r": 4},
    }}  # fmt: skip
    result = take(layout, "seats.hexjson")
    assert result.counts["hexagon"] == {"created": 2}
    assert [one.place for one in result.rejected] == ["hexes.E14009999"]
    assert take(layout, "seats.hexjson").counts["hexagon"] == {"unchanged": 2}
    with app.app_context():
        assert [(one.name, one.q, one.r) for one in queries.list_layout("seats")] == [
            ("Fablewick", 1, 2), ("Glen Otter", 1, 3),
        ]  # fmt: skip
        assert len(queries.list_seats(on=DAY)) == 2


def test_responsibilities_find_the_body_by_its_name(app: Flask, take: Callable[..., ImportResult]) -> None:
    take(SEATS + FABLEWICK)
    take(FORCES)
    rows = "con_code,con_name,responsible_bodies,responsibility\nE14009001,Fablewick,Fableshire Police,Police\nE14009001,Fablewick,Otter Water; Elm Water,Water\n"
    assert take(rows).counts["responsibility"] == {"created": 2}
    assert told(take(rows)) == (0, 0, 0)
    with app.app_context():
        area = db.session.scalars(select(Area).where(Area.kind == "westminster")).one()
        found = [(one.body, one.institution_id is not None) for one in queries.list_responsibilities(area.id)]
        assert found == [("Fableshire Police", True), ("Elm Water", False), ("Otter Water", False)]


def test_parliaments_and_elections_that_took_weeks(app: Flask, take: Callable[..., ImportResult]) -> None:
    rows = "1,coopted 01 January 1801,22/01/1801,,29/06/1802,,,,,,\n2,June 1826 – July 1826,14/11/1826,,24/07/1830,,,,,,\n59,04/07/2024,09/07/2024,,,,,,,,\n"
    result = take(rows)
    assert told(result) == (1, 0, 0)
    assert [one.place for one in result.rejected] == ["line 1", "line 2"]
    assert told(take(rows)) == (0, 0, 0)
    with app.app_context():
        assert db.session.scalars(select(Parliament.elected_on)).one() == date(2024, 7, 4)


def test_own_table_of_institutions_with_a_successor(app: Flask, take: Callable[..., ImportResult]) -> None:
    table = "kind,name,requests_email,successor,ended_on\ndepartment,Otter Office,foi@otter.example,Elm Office,2025-01-31\ndepartment,Elm Office,,,\nking,X,,,\n"
    result = take(table)
    assert (told(result), [one.place for one in result.rejected]) == ((2, 0, 0), ["line 4"])
    assert told(take(table)) == (0, 0, 0)
    with app.app_context():
        otter = db.session.scalars(select(Institution).where(Institution.name == "Otter Office")).one()
        assert otter.successor is not None
        assert otter.successor.name == "Elm Office"


def test_the_built_in_departments_twice(app: Flask) -> None:
    with app.app_context(), use_context(Context(purpose="import")) as session:
        assert told(import_register(None, central_bodies(), as_of=DAY)) == (5, 0, 0)
        assert told(import_register(None, central_bodies(), as_of=DAY)) == (0, 0, 0)
        digital = session.scalars(select(Institution).where(Institution.name == "NHS Digital")).one()
        assert digital.successor is not None
        assert digital.successor.name == "NHS England"


def test_a_file_that_refers_to_nothing_on_record_is_refused(take: Callable[..., ImportResult]) -> None:
    with pytest.raises(Invalid, match=r"load constituencies_2024\.csv"):
        take({"UKPARL.2025.FAB": {"parlcon_2024_name": "Fablewick", "parlcon_2024_gss_code": "E14009001"}})


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        ({"layout": "spiral", "hexes": {}}, "$.layout", "is none of"),
        ({"layout": "odd-r", "hexes": {}}, "$.hexes", "no hexagon"),
        ({"layout": "odd-r", "hexes": {"E14009001": {"n": "F", "q": 1.5, "r": 1}}}, "$.hexes.E14009001.q", "whole"),
        ({"layout": "odd-r", "hexes": {c: {"n": c, "q": 1, "r": 1} for c in ("E14000001", "E14000002")}},
         "$.hexes.E14000002", "hexagon of E14000001"),
        ({"type": "FeatureCollection", "features": []}, "", "boundaries are not used"),
        ({"value": {"electionId": 1, "candidates": []}}, "", "votes are not kept"),
        ("<Constituencies><Constituency>", "line 1, column 31", "not valid XML"),
        ("<!DOCTYPE x><Constituencies/>", "line 1", "document type"),
        ("gss_code,mnis_constituency_id,end_on\nx,y,z\n", "line 1", "“name”, “start_on” are missing"),
    ],
)  # fmt: skip
def test_damaged_files_name_place_and_reason(
    save: Callable[..., Path], content: object, place: str, reason: str
) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_any(save(content))
    assert caught.value.place == place
    assert reason in caught.value.reason
