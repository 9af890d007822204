"""A list of units: looked at before anything is written, wrong rows told, and the same twice changes nothing."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import func, select, text

from organising.organisations import queries
from organising.organisations.models import Unit, UnitImport, UnitOfficer

LIST = """Unit,Kind,Code,Below,Officer,Email,Office,From,To
Leeds,District,D42,R1,Ada Okafor,ada@branch.example,Secretary,2026-09-01,31/08/2027
Leeds,,D42,,Ben Long,,Treasurer,2026-09-01,
North,Region,R1,,,,,,
York,District,D43,North,=HYPERLINK(1),york@branch.example,Vice-president,2026-09-01,
Nowhere,District,,Atlantis,,,,,
Hull,Planet,,R1,,,,,
Goole,,,R1,Cy Ling,not an address,Secretary,31/11/2026,
"""


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


def upload(browser, content):
    file = (io.BytesIO(content.encode() if isinstance(content, str) else content), "list.csv")
    return browser.post(
        "/organisation/units/imports", data={"file": file}, content_type="multipart/form-data"
    )


def rows(world, actor, model):
    with world.context("neu", actor) as session:
        return session.scalar(select(func.count()).select_from(model))


def test_it_is_looked_at_then_written_once_and_again_changes_nothing(world, admin, run_jobs, smtp_sink):
    browser = world.browser(admin)
    answer = upload(browser, LIST)
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    for words in ("no unit “Atlantis”", "“Planet” is no kind", "“not an address” is no email", "no day"):
        assert words in page
    assert "Write 4 rows" in page
    assert rows(world, admin, Unit) == 0, "looking writes nothing"
    assert rows(world, admin, UnitOfficer) == 0
    run_jobs()
    assert smtp_sink.messages == []
    assert browser.post(answer.headers["Location"], data={"invite": "y"}).status_code == 303
    with world.context("neu", admin) as session:
        tree = [(one.unit.name, one.depth) for one in queries.list_units()]
        assert tree == [("North", 0), ("Leeds", 1), ("York", 1)], "a unit above may come later in the file"
        found = {
            one.name: (one.role, one.starts_on, one.ends_on)
            for one in queries.list_present_officers(day=date(2026, 10, 1))
        }
        assert found["Ada Okafor"] == ("secretary", date(2026, 9, 1), date(2027, 8, 31))
        assert found["Ben Long"] == ("treasurer", date(2026, 9, 1), None)
        assert session.scalars(select(UnitImport)).one().content is None, "the file is gone"
    run_jobs()
    assert sorted(m["To"] for m in smtp_sink.messages) == ["ada@branch.example", "york@branch.example"]
    assert browser.post(answer.headers["Location"]).status_code == 409
    again = browser.get(upload(browser, LIST).headers["Location"]).text
    assert "changes nothing" in again
    assert "Mail invitations" not in again


def test_a_second_list_renames_moves_and_prolongs_by_code(world, admin):
    browser = world.browser(admin)
    browser.post(upload(browser, LIST).headers["Location"])
    second = "Code;Unit;Below;Officer;Email;Office;To\nR2;South;;;;;\nD42;Leeds and Selby;South;Ada Okafor;ada@branch.example;Secretary;2028-08-31\n"
    look = upload(browser, second).headers["Location"]
    assert "units moved" in browser.get(look).text
    browser.post(look)
    with world.context("neu", admin):
        names = {one.unit.code: (one.unit.name, one.depth) for one in queries.list_units()}
        assert names["D42"] == ("Leeds and Selby", 1)
        ada = [
            one for one in queries.list_present_officers(day=date(2026, 10, 1)) if one.name == "Ada Okafor"
        ]
        assert [(one.starts_on, one.ends_on) for one in ada] == [(date(2026, 9, 1), date(2028, 8, 31))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file"),
        ("Town,Mayor\nLeeds,x\n", "No column is called"),
        ("Unit\n", "nothing below it"),
        (b"Unit\nLe\x00eds\n", "NUL"),
        ("Unit\n" + "Leeds\n" * 1001, "1,000"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(world, admin, content, words):
    answer = upload(world.browser(admin), content)
    assert answer.status_code == 422
    assert words in answer.text
    assert rows(world, admin, UnitImport) == 0


def test_only_those_in_charge_import_and_no_other_organisation_sees_the_file(world, admin):
    look = upload(world.browser(admin), LIST).headers["Location"]
    for role in ("deputy", "organiser", "officer", "analyst"):
        browser = world.browser(world.user("neu", role))
        assert browser.get(look).status_code == browser.post(look).status_code == 403
        assert upload(browser, LIST).status_code == 403
    stranger = world.browser(world.user("praxis", "admin"))
    for answer in (stranger.get(look), stranger.post(look), stranger.post(look + "/dropping")):
        assert answer.status_code == 404
    with world.context("praxis") as session:
        assert session.scalars(text("SELECT id FROM unit_import")).all() == []
    assert "Ada" not in re.sub(r"<[^>]+>", "", stranger.get("/organisation/units/imports").text).replace(
        "Ada Okafor", "", 1
    )
    assert world.browser(admin).post(look + "/dropping").status_code == 303
    assert rows(world, admin, UnitImport) == 0
