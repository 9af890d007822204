"""The postcode page, the searches that take a postcode, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from organising.cli import main
from organising.platform.permissions import Role
from organising.representatives.demo import seed_invented_parliament
from organising.representatives.invented_postcodes import EXAMPLES, FORMER, NOWHERE
from tests.support.postcodes import importing, load, seat
from tests.support.world import World

PAGE = "/representatives/postcode"


@pytest.fixture
def table(app: Flask, world: World) -> Flask:
    with importing(app) as session:
        seat(session, "E14009001", "Fablewick North", "Merrow Invented")
        seat(session, "E14009002", "Fablewick South")
        session.commit()
    load(app, "ZA1 1AA,,,,E14009001", "ZA2 1AA,,,,E14009002", "ZA1 1AD,201906,,,E14009001")
    return app


def read(app: Flask, world: World, url: str, role: Role = Role.ORGANISER) -> str:
    answer = world.browser(world.user("neu", role)).get(url)
    assert answer.status_code == 200
    return answer.text


def test_the_member_is_one_link_away_from_a_postcode(table: Flask, world: World) -> None:
    page = read(table, world, f"{PAGE}?q=za11aa")
    for words in ("Fablewick North", "Merrow Invented", "Log a contact", "/contact-log/new?person="):
        assert words in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ZA2+1AA", "Nobody sits for it now"),
        ("ZA1+1AX", "ZA1 1AX is not known here"),
        ("ZA1+1AD", "has not been in use since June 2019"),
        ("BT1+1AA", "BT1 1AA is in Northern Ireland"),
        ("JE2+3AB", "JE2 3AB is in Jersey"),
        ("BFPO+57", "BFPO 57 is overseas"),
        ("ZA1", "only the first half of a postcode"),
        ("%3Cscript%3E", "That is not a whole postcode"),
    ],
)
def test_each_failure_in_plain_words_with_the_choice_by_name(
    table: Flask, world: World, typed: str, words: str
) -> None:
    page = read(table, world, f"{PAGE}?q={typed}")
    assert words in page
    assert "<option" in page
    assert "Fablewick South</option>" in page
    assert "<script>" not in page.split("<main")[1].split("</main")[0]


def test_a_constituency_by_name_and_a_damaged_choice(table: Flask, world: World) -> None:
    page = read(table, world, PAGE)
    value = page.split(">Fablewick North</option>")[0].rsplit('value="', 1)[1].split('"')[0]
    assert "Merrow Invented" in read(table, world, f"{PAGE}?constituency={value}")
    assert "Merrow Invented" not in read(table, world, f"{PAGE}?constituency=nonsense")


def test_without_a_table_the_page_says_who_loads_it(app: Flask, world: World) -> None:
    assert "No postcodes are loaded yet" in read(app, world, f"{PAGE}?q=ZA1+1AA")


def test_the_page_is_for_whoever_may_see_representatives(table: Flask) -> None:
    assert table.test_client().get(f"{PAGE}?q=ZA1+1AA").status_code in (302, 303, 401)


def test_the_searches_take_a_whole_postcode(table: Flask, world: World) -> None:
    browser = world.browser(world.user("neu"))
    found = browser.get("/representatives/search.json?q=za1+1aa").json
    assert [(one["label"], one["detail"]) for one in found] == [
        ("Merrow Invented", "Fablewick North · from the postcode")
    ]
    assert "Merrow Invented" in browser.get("/representatives?q=ZA1+1AA").text
    nobody = browser.get("/representatives?q=ZA1+1AX").text
    assert "Look up ZA1 1AX" in nobody


def test_the_demo_knows_its_invented_postcodes(app: Flask, world: World) -> None:
    with app.app_context():
        seed_invented_parliament()
        seed_invented_parliament()
    for postcode in EXAMPLES:
        assert "<span>Log a contact</span></a>" in read(app, world, f"{PAGE}?q={postcode}")
    assert "since June 2025" in read(app, world, f"{PAGE}?q={FORMER}")
    assert "has no constituency" in read(app, world, f"{PAGE}?q={NOWHERE}")


# The command


def run(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *words: str) -> Result:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(main, ["postcodes", *words])


def test_the_command_loads_twice_and_finds(
    table: Flask, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("pcds,pcon24cd\nZA1 1AA,E14009001\nZA3 1AA,E14009002\n")
    dry = run(monkeypatch, environment, "import", str(path), "--dry-run")
    assert (dry.exit_code, "1 new, 0 changed, 1 as they were" in dry.output) == (0, True), dry.output
    assert "Nothing was written" in dry.output
    first = run(monkeypatch, environment, "import", str(path), "--json")
    document = json.loads(first.output)
    assert [document[one] for one in ("created", "updated", "unchanged", "removed")] == [1, 0, 1, 0]
    assert "Nothing changed" in run(monkeypatch, environment, "import", str(path)).output
    found = run(monkeypatch, environment, "find", "ZA1 1AA")
    assert (found.exit_code, "Fablewick North (E14009001): Merrow Invented" in found.output) == (0, True), (
        found.output
    )
    assert run(monkeypatch, environment, "find", "ZA1 1AX").exit_code == 1


def test_the_command_refuses_with_lines(
    table: Flask, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("pcds,pcon24cd\nZA1 1AX,E14009001\nnonsense,E14009002\n")
    refused = run(monkeypatch, environment, "import", str(path))
    assert refused.exit_code == 2
    assert "line 3: “nonsense” is not a postcode" in refused.output
    assert run(monkeypatch, environment, "find", "ZA1 1AX").exit_code == 1
    assert run(monkeypatch, environment, "import", str(path), "--skip-bad").exit_code == 0
    assert run(monkeypatch, environment, "find", "ZA1 1AX").exit_code == 0
    other = tmp_path / "other.csv"
    other.write_text("pcds,pcon24cd\nZA1 1AX,E14000530\n")
    assert "Is it of other boundaries" in run(monkeypatch, environment, "import", str(other)).output
