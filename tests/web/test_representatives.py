"""Representatives through the database, the pages and the command."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from organising.cli import main
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives import queries
from organising.representatives.demo import seed_invented_parliament
from organising.representatives.models import Area, OfficeHolding, Person
from organising.representatives.readers import read_source
from organising.representatives.services import ImportResult, import_representatives
from tests.support.world import World

FIXTURES = Path(__file__).parents[1] / "fixtures" / "representatives"
DAY = date(2026, 9, 1)
TABLES = (
    "party", "area", "area_identifier", "person", "person_identifier", "person_name", "person_token",
    "office_holding", "contact_point", "seat_statement",
)  # fmt: skip


@contextmanager
def importing(app: Flask) -> Iterator[Session]:
    with app.app_context(), use_context(Context(purpose="import")) as session:
        yield session


def take(app: Flask, name: str | Path, *, as_of: date | None = None, dry_run: bool = False) -> ImportResult:
    with importing(app) as session:
        result = import_representatives(None, read_source(FIXTURES / name), as_of=as_of, dry_run=dry_run)
        session.commit()
    return result


def snapshot(app: Flask) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with importing(app) as session:
        return {table: sorted(session.scalars(text(f"SELECT t::text FROM {table} t"))) for table in TABLES}


@pytest.fixture
def both(app: Flask) -> Flask:
    """The small people file and the small table, taken."""
    take(app, "popolo.json")
    take(app, "mp_table.csv")
    return app


def person_called(app: Flask, name: str) -> UUID:
    with importing(app) as session:
        found: UUID = session.query(Person.id).filter(Person.name == name).scalar()
        return found


# The import


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


# Finding


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


# Pages


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("role", ["coordinator", "deputy", "admin", "organiser", "officer", "analyst"])
def test_every_role_reads_the_list(both: Flask, world: World, role: str) -> None:
    page = world.browser(world.user("neu", role)).get("/representatives")
    assert page.status_code == 200
    assert "Ysolde Brânwen" in page.text
    assert "Baroness Quillan" not in page.text


def test_the_public_reads_no_list(both: Flask, world: World) -> None:
    assert both.test_client().get("/representatives").status_code == 303
    assert both.test_client().get("/representatives/search.json?q=ada").status_code in {303, 401}


@pytest.mark.parametrize(
    ("query", "inside", "outside"),
    [
        ("q=bluen", "Ysolde Brânwen", "Ada Merrow"),
        ("party=green", "Quill South", "Ysolde"),
        ("region=Quillshire", "Ada Merrow", "Ysolde"),
        ("kind=peer", "Baroness Quillan", "Ada Merrow"),
        ("kind=former", "Pell Harrowgate", "Ada Merrow"),
        ("kind=", "Baroness Quillan", "Pell Harrowgate"),
        ("q=zzz", "Nobody found", "Ada Merrow"),
        ("party=none-such&kind=nonsense", "Ada Merrow", "Nobody found"),
        ("q=%00%27%22<script>", "Nobody found", "<script>"),
    ],
)
def test_filters_stand_in_the_address(
    both: Flask, world: World, query: str, inside: str, outside: str
) -> None:
    page = world.browser(world.user("neu")).get(f"/representatives?{query}")
    assert page.status_code == 200
    results = page.text.partition('id="found"')[2]
    assert inside in results
    assert outside not in results


def test_the_list_pages_by_cursor_in_few_queries(app: Flask, world: World) -> None:
    with app.app_context():
        seed_invented_parliament()
    browser = world.browser(world.user("praxis"))
    seen: list[str] = []
    address = "/representatives"
    with app.app_context(), counted_queries() as statements:
        while address:
            before = len(statements)
            page = browser.get(address).text
            assert len(statements) - before < 20
            rows = page.partition("<tbody")[2].partition("</tbody>")[0]
            seen += [row.partition('href="/representatives/')[2][:36] for row in rows.split("<tr")[1:]]
            following = page.partition('button--secondary" href="/representatives?')[2]
            address = (
                "/representatives?" + following.partition('"')[0].replace("&amp;", "&") if following else ""
            )
    assert len(seen) == len(set(seen)) == 650


def test_a_damaged_cursor_is_refused_in_words(both: Flask, world: World) -> None:
    assert world.browser(world.user("neu")).get("/representatives?cursor=xyz").status_code == 422


def test_an_empty_installation_says_what_to_do(app: Flask, world: World) -> None:
    page = world.browser(world.user("neu")).get("/representatives").text
    assert "organising representatives import" in page


def test_suggestions_for_a_combobox(both: Flask, world: World) -> None:
    answer = world.browser(world.user("neu")).get("/representatives/search.json?q=otter")
    dov, lord = person_called(both, "Dov Lanternfield"), person_called(both, "Lord Fennimore of Otterwick")
    assert answer.json == [
        {"id": str(lord), "label": "Lord Fennimore of Otterwick", "detail": "Conservative"},
        {"id": str(dov), "label": "Dov Lanternfield", "detail": "Labour, Otter's Haven"},
    ]


def test_what_is_on_record_of_a_person(both: Flask, world: World) -> None:
    browser = world.browser(world.user("neu"))
    page = browser.get(f"/representatives/{person_called(both, 'Dov Lanternfield')}/record").text
    offices = page.partition('id="terms"')[2].partition("</ol>")[0]
    assert [offices.count(words) for words in ("Labour", "Independent", "2024-11-14", "now")] == [2, 1, 1, 1]
    ysolde = browser.get(f"/representatives/{person_called(both, 'Ysolde Brânwen')}/record").text
    assert "Also known as Ysolde Mary Branwen" in ysolde
    assert "2024-07 – now" in ysolde


def test_the_list_leads_to_the_person(both: Flask, world: World) -> None:
    browser = world.browser(world.user("neu"))
    page = browser.get("/representatives?q=lanternfield").text
    address = page.partition('<th scope="row"')[2].partition('href="')[2].partition('"')[0]
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "Dov Lanternfield" in answer.text


def test_nobody_by_that_id(both: Flask, world: World) -> None:
    browser = world.browser(world.user("neu"))
    for path in (f"{uuid4()}/record", f"{uuid4()}/salutation", "not-an-id/record", "not-an-id"):
        assert browser.get(f"/representatives/{path}").status_code == 404


# Salutations


def test_salutations_are_checked_a_page_at_a_time(both: Flask, world: World) -> None:
    browser = world.browser(world.user("neu", "organiser"))
    page = browser.get("/representatives/salutations").text
    assert "6 are still to be checked." in page
    assert "Dear Dame Ada," in page
    ada, dov = person_called(both, "Ada Merrow"), person_called(both, "Dov Lanternfield")
    form = {"person": [str(ada), str(dov)], f"words-{ada}": "Dame Ada", f"words-{dov}": "Mr Lanternfield"}
    assert browser.post("/representatives/salutations", data=form).status_code == 303
    page = browser.get("/representatives/salutations").text
    assert "2 salutations checked." in page
    assert "4 are still to be checked." in page
    with importing(both):
        reach = {one.name: one for one in queries.list_reach(on=DAY)}
        assert reach["Ada Merrow"].salutation_checked
        assert not reach["Ysolde Brânwen"].salutation_checked


def test_a_salutation_is_mended_by_hand(both: Flask, world: World) -> None:
    browser = world.browser(world.user("praxis", "organiser"))
    address = f"/representatives/{person_called(both, 'Ada Merrow')}/salutation"
    assert "Dame Ada" in browser.get(address).text
    assert browser.post(address, data={"salutation": " "}).status_code == 422
    done = browser.post(address, data={"salutation": "Ms  Merrow", "back": "/representatives?q=ada"})
    assert (done.status_code, done.location) == (303, "/representatives?q=ada")
    with importing(both):
        (ada,) = [one for one in queries.list_reach(on=DAY) if one.name == "Ada Merrow"]
    assert (ada.salutation, ada.salutation_checked) == ("Ms Merrow", True)


def test_no_salutation_leads_off_the_site(both: Flask, world: World) -> None:
    browser = world.browser(world.user("praxis", "organiser"))
    address = f"/representatives/{person_called(both, 'Ada Merrow')}/salutation"
    done = browser.post(address, data={"salutation": "Ms Merrow", "back": "//elsewhere.example/"})
    assert done.location == "/representatives/salutations"


@pytest.mark.parametrize("role", ["officer", "analyst"])
def test_who_drafts_no_mailing_checks_no_salutation(both: Flask, world: World, role: str) -> None:
    browser = world.browser(world.user("neu", role))
    address = f"/representatives/{person_called(both, 'Ada Merrow')}/salutation"
    assert (
        browser.get(address).status_code == browser.post(address, data={"salutation": "x"}).status_code == 403
    )
    assert browser.get("/representatives/salutations").status_code == 403


# The command


@pytest.fixture
def command(app: Flask, environment: dict[str, str]) -> Callable[..., Result]:
    def run(*arguments: str | Path) -> Result:
        words = ["representatives", "import", *(str(one) for one in arguments)]
        return CliRunner().invoke(main, words, env=environment)

    return run


def test_the_command_counts_in_json(command: Callable[..., Result], app: Flask) -> None:
    files = (FIXTURES / "popolo.json", FIXTURES / "mp_table.csv")
    first = command("--json", *files)
    assert first.exit_code == 0
    told = json.loads(first.stdout)
    assert told["files"][0]["counts"]["term"] == {"created": 14}
    assert [one["reason"] for one in told["rejected"]][:1] == ["no name"]
    second = json.loads(command("--json", *files).stdout)
    assert (second["created"], second["updated"], second["closed"]) == (0, 0, 0)
    assert second["unchanged"] > 50
    assert len(snapshot(app)["contact_point"]) == 5


def test_a_dry_run_of_the_command_builds_on_the_first_file_and_writes_nothing(
    command: Callable[..., Result], app: Flask
) -> None:
    done = command("--dry-run", FIXTURES / "popolo.json", FIXTURES / "mp_table.csv")
    assert done.exit_code == 0
    assert "Nothing was written" in done.stdout
    assert "Terms of office" in done.stdout
    assert not any(snapshot(app).values())


def test_the_command_takes_a_date(command: Callable[..., Result]) -> None:
    command(FIXTURES / "popolo.json")
    done = json.loads(command("--json", "--as-of", "2026-06-27", FIXTURES / "mp_table.csv").stdout)
    assert done["files"][0]["as_of"] == "2026-06-27"
    assert command("--as-of", "yesterday", FIXTURES / "mp_table.csv").exit_code == 2


def bad_files() -> dict[str, bytes]:
    popolo = (FIXTURES / "popolo.json").read_bytes()
    table = (FIXTURES / "mp_table.csv").read_text(encoding="utf-8-sig")
    return {
        "truncated.json.gz": gzip.compress(popolo)[:-20],
        "shape.json": json.dumps({"items": [1]}).encode(),
        "column.csv": table.replace("member_email", "email").encode(),
        "latin1.csv": table.encode("latin-1", "replace").replace(b"?", b"\xe9"),
    }


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("truncated.json.gz", "the gzip file is cut short"),
        ("shape.json", "$: not a Popolo file"),
        ("column.csv", "line 1: the column “member_email” is missing"),
        ("latin1.csv", "is not UTF-8 text"),
        ("absent.json", "there is no such file"),
    ],
)
def test_a_bad_file_is_one_line_and_nothing_is_written(
    command: Callable[..., Result], app: Flask, tmp_path: Path, name: str, says: str
) -> None:
    path = tmp_path / name
    if name in bad_files():
        path.write_bytes(bad_files()[name])
    done = command(FIXTURES / "popolo.json", path)
    assert done.exit_code == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"organising: {path}: ")
    assert says in line
    assert not any(snapshot(app).values())


def test_a_bad_setting_is_one_line(environment: dict[str, str]) -> None:
    path = str(FIXTURES / "popolo.json")
    broken = {**environment, "DATABASE_URL": "nonsense"}
    done = CliRunner().invoke(main, ["representatives", "import", path], env=broken)
    assert done.exit_code == 2
    assert "DATABASE_URL" in done.stderr
    unreachable = {**environment, "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere"}
    done = CliRunner().invoke(main, ["representatives", "import", path], env=unreachable)
    assert done.exit_code == 2
    assert "can't be reached" in done.stderr
