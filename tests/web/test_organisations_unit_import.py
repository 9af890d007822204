"""A list of units: looked at before anything is written, wrong rows told, and the same twice changes nothing."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import func, select, text

from organising.organisations import queries
from organising.organisations.models import Unit, UnitImport, UnitOfficer
from tests.support.actions import planned

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
    for words in ("no open unit “Atlantis”", "“Planet” is no kind", "“not an address” is no email", "no day"):
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
    assert "unit moved" in browser.get(look).text
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


def test_a_whole_list_is_undone_but_for_what_was_used_since_and_comes_in_again_corrected(world, admin):
    browser = world.browser(admin)
    wrong = (
        LIST.replace("Unit,", "Branch,")
        + "Selby,District,D43,North,,,,,\nSouth,Region,R9,,,,,,\nDover,District,D99,R9,,,,,\n"
    )
    answer = upload(browser, wrong)
    page = browser.get(answer.headers["Location"]).text
    assert "Row 5 has the code D43 too, for “York”." in page
    assert page.index("Write 6 rows") < page.index("What changes")
    assert "1 officer has no email address" in page
    browser.post(answer.headers["Location"])
    done = browser.get(answer.headers["Location"]).text
    assert "Undo the list" in done
    with world.context("neu", admin):
        york = next(one.unit.id for one in queries.list_units() if one.unit.name == "York")
    world.units["neu/York"] = york
    planned(world, world.user("neu", "officer", unit="York"))
    for status in (303, 409):
        answer_to_undo = browser.post(f"{answer.headers['Location']}/removal")
        assert answer_to_undo.status_code == status
    page = browser.get(answer.headers["Location"]).text
    assert "North, York" in page, "where an action is planned it stays, with what it stands below"
    assert "undid it on" in page
    assert "Undo the list" not in page
    with world.context("neu", admin):
        assert [one.unit.name for one in queries.list_units()] == ["North", "York"]
        assert york in {one.unit.id for one in queries.list_units()}
        names = {one.name for one in queries.list_present_officers(day=date(2026, 10, 1))}
    assert names & {"Ada Okafor", "Ben Long", "=HYPERLINK(1)"} == {"=HYPERLINK(1)"}
    corrected = upload(browser, LIST)
    browser.post(corrected.headers["Location"])
    with world.context("neu", admin):
        assert [one.unit.name for one in queries.list_units()] == ["North", "Leeds", "York"]
        names = {one.name for one in queries.list_present_officers(day=date(2026, 10, 1))}
    assert {"Ada Okafor", "Ben Long"} <= names
    other = world.browser(world.user("praxis", "admin"))
    assert other.post(f"{corrected.headers['Location']}/removal").status_code == 404


def test_a_file_without_names_says_which_columns_it_has(world, admin):
    answer = upload(world.browser(admin), "Where,Kind\nLeeds,District\n")
    assert answer.status_code == 422
    assert "There are: “Where”, “Kind”." in answer.text
