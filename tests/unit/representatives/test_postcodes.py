"""From a postcode to its constituency: each kind of answer, and what loading a table does to the last one."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError

from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.tenancy import Context, use_context
from organising.representatives.queries import search
from organising.representatives.services import AnswerKind, PostcodeAnswer, find_areas
from tests.support.postcodes import importing, load, seat

NORTH, SOUTH, RECODED = "E14009001", "E14009002", "S14009003"
COUNCIL = "E09009001"
LINES = (
    f"ZA1 1AA,,{COUNCIL},E92000001,{NORTH}",
    f"ZA1 1AB,,{COUNCIL},E92000001,{NORTH}",
    f"ZA1 1AD,201906,{COUNCIL},E92000001,{SOUTH}",
    f"ZA1 1AE,,{COUNCIL},E92000001,",
    f"ZA2 1AA,,{COUNCIL},E92000001,{SOUTH}",
)


@pytest.fixture
def seats(app: Flask) -> Flask:
    with importing(app) as session:
        seat(session, NORTH, "Fablewick North", "Merrow Invented")
        seat(session, SOUTH, "Fablewick South")
        seat(session, RECODED, "Glenfable", "Bram Invented", former=["S14000999"])
        seat(session, "E14000001", "Fablewick", "Ada Former", ended=date(2024, 5, 30))
        seat(session, COUNCIL, "Fablewick Council", kind="local_authority")
        session.commit()
    return app


@pytest.fixture
def table(seats: Flask) -> Flask:
    load(seats, *LINES)
    return seats


def ask(app: Flask, typed: str) -> PostcodeAnswer:
    with app.app_context(), use_context(Context(purpose="import")):
        return find_areas(typed)


def test_a_postcode_is_found_with_its_member_and_council(table: Flask) -> None:
    answer = ask(table, "za1 iaa")
    assert answer.kind == AnswerKind.NOT_A_POSTCODE  # no repair into an area that there is not
    answer = ask(table, "za11aa")
    assert (answer.kind, answer.postcode) == (AnswerKind.FOUND, "ZA1 1AA")
    assert answer.constituency is not None
    assert (answer.constituency.name, answer.constituency.gss_code) == ("Fablewick North", NORTH)
    assert answer.constituency.member is not None
    assert answer.constituency.member.name == "Merrow Invented"
    assert [one.name for one in answer.other_areas] == ["Fablewick Council"]


def test_a_vacant_seat_is_found_without_a_member(table: Flask) -> None:
    answer = ask(table, "ZA2 1AA")
    assert answer.is_found
    assert answer.constituency is not None
    assert answer.constituency.member is None


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("ZA1 1AX", AnswerKind.NOT_IN_TABLE),  # its neighbours are known
        ("ZA1 1AE", AnswerKind.NO_CONSTITUENCY),
        ("ZA1 1AD", AnswerKind.TERMINATED),
        ("BT1 1AA", AnswerKind.NORTHERN_IRELAND),
        ("JE2 3AB", AnswerKind.CROWN_DEPENDENCY),
        ("GY1 1AA", AnswerKind.CROWN_DEPENDENCY),
        ("IM1 1AA", AnswerKind.CROWN_DEPENDENCY),
        ("BF1 2AA", AnswerKind.OVERSEAS),
        ("BFPO 57", AnswerKind.OVERSEAS),
        ("GX11 1AA", AnswerKind.OVERSEAS),
        ("FIQQ 1ZZ", AnswerKind.OVERSEAS),
        ("ZA1", AnswerKind.NOT_A_POSTCODE),
        ("Fablewick", AnswerKind.NOT_A_POSTCODE),
    ],
)
def test_each_other_kind_of_answer(table: Flask, typed: str, kind: AnswerKind) -> None:
    answer = ask(table, typed)
    assert answer.kind == kind
    if kind is not AnswerKind.TERMINATED:
        assert answer.constituency is None


def test_a_terminated_postcode_tells_when_and_where_it_lay(table: Flask) -> None:
    answer = ask(table, "ZA1 1AD")
    assert answer.terminated_on == date(2019, 6, 1)
    assert answer.constituency is not None
    assert answer.constituency.name == "Fablewick South"
    assert not answer.is_found


def test_without_a_table_it_says_so(seats: Flask) -> None:
    assert ask(seats, "ZA1 1AA").kind == AnswerKind.NO_TABLE
    assert ask(seats, "BT1 1AA").kind == AnswerKind.NO_TABLE


def test_northern_ireland_is_found_where_the_table_has_it(table: Flask) -> None:
    with importing(table) as session:
        seat(session, "N05009001", "Fablewick Lough")
        session.commit()
    load(table, "BT1 1AA,,,N92000002,N05009001")
    assert ask(table, "BT1 1AA").kind == AnswerKind.FOUND
    assert ask(table, "BT1 1AB").kind == AnswerKind.NORTHERN_IRELAND


def test_a_recoded_seat_is_found_by_its_former_code_and_a_former_seat_is_not(table: Flask) -> None:
    load(table, "ZA3 1AA,,,S92000003,S14000999", "ZA3 1AB,,,E92000001,E14000001", f"ZA3 1AD,,,,{NORTH}")
    found = ask(table, "ZA3 1AA")
    assert found.constituency is not None
    assert found.constituency.name == "Glenfable"
    former = ask(table, "ZA3 1AB")
    assert (former.kind, former.code, former.constituency) == (
        AnswerKind.UNKNOWN_CONSTITUENCY,
        "E14000001",
        None,
    )


def test_a_code_that_passed_to_another_seat_means_the_one_that_bears_it(table: Flask) -> None:
    with importing(table) as session:
        seat(session, "E14009008", "Fablewick Bay", former=[NORTH])
        session.commit()
    answer = ask(table, "ZA1 1AA")
    assert answer.constituency is not None
    assert answer.constituency.name == "Fablewick North"


def test_one_statement_answers(table: Flask) -> None:
    statements: list[str] = []
    with table.app_context(), use_context(Context(purpose="import")):
        db.session.execute(text("SELECT 1"))
        event.listen(db.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        assert find_areas("ZA1 1AA").is_found
    assert len(statements) == 1


def test_search_takes_a_whole_postcode(table: Flask) -> None:
    with importing(table):
        found = search("za1 1aa", on=date(2026, 11, 1))
        assert [(one.label, one.detail) for one in found] == [
            ("Merrow Invented", "Fablewick North · from the postcode")
        ]
        assert search("ZA1 1AX", on=date(2026, 11, 1)) == []
        assert search("ZA1 1AD", on=date(2026, 11, 1)) == []  # no longer in use


# Loading


def rows(app: Flask) -> set[tuple[str, str, str, str | None]]:
    with importing(app) as session:
        found = session.execute(
            text(
                "SELECT p.key, l.constituency, l.authority, p.terminated_on::text FROM postcode p "
                "JOIN postcode_place l ON l.id = p.place_id"
            )
        )
        return {tuple(row) for row in found}  # type: ignore[misc]


def counts(result: tuple) -> tuple[int, int, int, int]:
    one, removed = result
    return one.created, one.updated, one.unchanged, removed


def test_loading_twice_changes_nothing(seats: Flask) -> None:
    assert counts(load(seats, *LINES)) == (5, 0, 0, 0)
    before = rows(seats)
    assert counts(load(seats, *LINES)) == (0, 0, 5, 0)
    assert counts(load(seats, *LINES, replace=True)) == (0, 0, 5, 0)
    assert rows(seats) == before
    with importing(seats) as session:
        assert session.scalar(text("SELECT count(*) FROM postcode_load")) == 1


def test_a_newer_table_moves_ends_and_adds_and_removes_only_when_told(table: Flask) -> None:
    newer = (
        f"ZA1 1AA,,{COUNCIL},E92000001,{SOUTH}",
        f"ZA1 1AB,202609,{COUNCIL},E92000001,{NORTH}",
        f"ZA9 1AA,,{COUNCIL},E92000001,{NORTH}",
    )
    before = rows(table)
    assert counts(load(table, *newer, dry_run=True, replace=True)) == (1, 2, 0, 3)
    assert rows(table) == before
    assert counts(load(table, *newer)) == (1, 2, 0, 0)
    assert {("ZA11AA", SOUTH, COUNCIL, None), ("ZA11AB", NORTH, COUNCIL, "2026-09-01")} < rows(table)
    assert len(rows(table)) == 6
    assert counts(load(table, *newer, replace=True)) == (0, 0, 3, 3)
    assert {one[0] for one in rows(table)} == {"ZA11AA", "ZA11AB", "ZA91AA"}


def test_a_shorter_table_takes_no_council_away(table: Flask) -> None:
    result = load(table, f"ZA1 1AA,{NORTH}", f"ZA1 1AB,{SOUTH}", header="pcds,pcon24cd")
    assert counts(result) == (0, 1, 1, 0)
    found = rows(table)
    assert ("ZA11AA", NORTH, COUNCIL, None) in found
    assert ("ZA11AB", SOUTH, "", None) in found  # it moved, so its council is not known any more


def test_a_list_without_constituencies_only_adds(seats: Flask) -> None:
    header = "pcds,ctry"
    with pytest.raises(Invalid, match="no column of constituencies"):
        load(seats, "ZA5 1AA,S92000003", header=header)
    load(seats, *LINES)
    before = rows(seats)
    with pytest.raises(Invalid, match="may only add"):
        load(seats, "ZA1 1AA,S92000003", header=header)
    assert rows(seats) == before
    assert counts(load(seats, "ZA5 1AA,S92000003", header=header)) == (1, 0, 0, 0)
    assert counts(load(seats, "ZA5 1AA,S92000003", header=header)) == (0, 0, 1, 0)
    assert ask(seats, "ZA5 1AA").kind == AnswerKind.NO_CONSTITUENCY


def test_a_table_of_other_boundaries_is_refused_and_single_unknown_codes_are_told(table: Flask) -> None:
    before = rows(table)
    with pytest.raises(Invalid, match="none of its 1 constituency codes, such as E14000530"):
        load(table, "ZA5 1AA,,,,E14000530")
    assert rows(table) == before
    result, _ = load(table, "ZA5 1AA,,,,E14000530", f"ZA5 1AB,,,,{NORTH}")
    assert result.unknown == {"E14000530": 1}


def test_only_an_import_may_write(table: Flask, raw_login) -> None:
    with (
        table.app_context(),
        use_context(Context()) as session,
        pytest.raises(ProgrammingError, match=r"permission denied|row-level security"),
    ):
        session.execute(text("INSERT INTO postcode (key, place_id) VALUES ('ZA19ZZ', 1)"))
    connection = raw_login()
    connection.execute("SET ROLE organising_runtime")
    assert connection.execute("DELETE FROM postcode").rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("INSERT INTO postcode (key, place_id) VALUES ('ZA19ZZ', 1)")
