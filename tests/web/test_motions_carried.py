"""Bodies that carried: only those count; members see list, map, table and files; everybody sees those that are named, and nobody's name."""

import csv
import gzip
import re
from io import StringIO

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from organising.motions.states import State
from organising.organisations.models import UnitKind
from organising.platform.tenancy import ANONYMOUS, use_context
from tests.support.motion_texts import Shelf
from tests.support.motions import AMENDED, CANARY, TEXT, Branch
from tests.support.postcodes import importing, seat

SEATS = {"Alder": (0, 0, "Woods"), "Birch": (1, 0, "Woods"), "Cedar": (0, 1, "Fens")}
# What must be on no public page: who wrote, moved, told, agreed and named; the postcode; the unit.
HIDDEN = ("Invented", "ZA1", "Unit of nobody")


@pytest.fixture
def branch(world):
    return Branch.at(world)


@pytest.fixture
def country(app):
    ids = {}
    with importing(app) as session:
        for number, (name, (q, r, region)) in enumerate(SEATS.items(), start=1):
            area = seat(session, f"E1400000{number}", name)
            area.hex_q, area.hex_r, area.region = q, r, region
            ids[name] = area.id
        session.commit()
    return ids


def named(branch, country, name, place, **changes):
    """A body that is named, with movers and an area."""
    movers = {"proposer": "Ada Invented", "seconder": "Ben Invented"}
    return branch.named(name, area_ids=frozenset({country[place]}), **movers, **changes)


def test_only_what_was_carried_counts(world, branch, country, client):
    branch.draft()
    branch.submitted()
    for outcome in (State.LOST, State.REMITTED, State.NOT_REACHED):
        branch.decided(outcome)
    page = world.browser(world.user("praxis", "analyst")).get("/motions/bodies").text
    assert "No body has carried one yet" in page
    assert "No body is named yet" in client.get("/motions/carried").text
    where = {"area_ids": frozenset({country["Alder"]})}
    branch.decided(body="Alder branch", **where)
    branch.decided(State.CARRIED_AS_AMENDED, AMENDED, forum="council", body="Alder Council", **where)
    branch.decided(forum="conference", body="Spring conference")
    for role in ("coordinator", "officer", "analyst"):
        page = world.browser(world.user("praxis", role)).get("/motions/bodies").text
        assert "3 bodies carried a motion." in page
        assert "1 body is not on the map" in page
        assert re.findall(r"<a[^>]*seat=[^>]*>(\w+)</a>.*?>(\d+)</td></tr>", page) == [("Alder", "2")]
        assert "Carried as amended" in page
    # Nobody is named by that.
    assert "No body is named yet" in client.get("/motions/carried").text


def test_the_list_is_narrowed_and_taken_away(world, branch, country):
    shelf = Shelf.at(world)
    ask = _ask_id(world)
    text_id = shelf.published(asks=[ask])
    version_id = shelf.version(text_id).id
    branch.decided(body="Alder branch", area_ids=frozenset({country["Alder"]}), text_version_id=version_id)
    branch.decided(forum="council", body="Cedar Council", area_ids=frozenset({country["Cedar"]}))
    browser = world.browser(world.user("praxis", "organiser"))
    cases = {
        "": {"Alder branch", "Cedar Council"},
        "?forum=council": {"Cedar Council"},
        f"?ask={ask}": {"Alder branch"},
        "?region=Fens": {"Cedar Council"},
        f"?seat={country['Alder']}": {"Alder branch"},
        f"?organisation={world.organisation('praxis')}": set(),
        "?forum=moon&region=nowhere&ask=x": {"Alder branch", "Cedar Council"},
    }
    for query, wanted in cases.items():
        page = browser.get(f"/motions/bodies{query}").text
        assert {name for name in ("Alder branch", "Cedar Council") if name in page} == wanted, query
        rows = list(csv.reader(StringIO(browser.get(f"/motions/bodies.csv{query}").text.lstrip("\ufeff"))))
        assert {row[0] for row in rows[1:]} == wanted, query
    picture = browser.get("/motions/bodies.svg?region=Fens")
    assert picture.mimetype == "image/svg+xml"
    assert "<title>Cedar: 1</title>" in picture.text
    assert "<title>Alder: 0</title>" in picture.text
    exports = world.browser(world.user("praxis", "admin")).get("/organisation/exports").text
    assert "bodies that carried" in exports


def _ask_id(world):
    from organising.organisations.queries import list_asks

    with world.context("neu"):
        return list_asks(world.campaign)[0].id


@pytest.mark.parametrize("language", ["en", "cy", "es", "pt"])
def test_everybody_reads_who_is_named_and_nobodys_name(world, branch, country, app, language):
    motion_id = named(branch, country, "Alder branch of a union", "Alder")
    quiet = named(
        branch,
        country,
        "Cedar governors",
        "Cedar",
        forum="governing_body",
        body="Governors",
        shows_text=False,
    )
    branch.decided(body="Agreed to by nobody")
    visitor = app.test_client()
    answer = visitor.get(f"/motions/carried?lang={language}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    page = answer.text
    assert "Alder branch of a union" in page
    assert "Cedar governors" in page
    assert "Agreed to by nobody" not in page
    assert f'href="/motions/carried/{motion_id}' in page
    assert f"/motions/carried/{quiet}" not in page
    whole = visitor.get(f"/motions/carried/{motion_id}?lang={language}").text
    assert TEXT.title in whole
    silent = visitor.get(f"/motions/carried/{quiet}?lang={language}").text
    assert CANARY not in silent
    people = {one.display_name for one in (branch.officer, branch.admin, branch.coordinator)}
    for shown in (page, whole, silent):
        assert [word for word in (*HIDDEN, *people) if word in shown] == []
    assert (
        len(re.findall("Cedar governors", visitor.get(f"/motions/carried?lang={language}&forum=branch").text))
        == 0
    )


def test_what_is_agreed_is_what_is_named(world, branch, country, client):
    motion_id = branch.decided(body="Holloway Works")
    admin, coordinator = world.browser(branch.admin), world.browser(branch.coordinator)
    place = f"/motions/{motion_id}"
    version = branch.version(motion_id)
    assert (
        admin.post(f"{place}/agreement", data={"version": version, "public_name": "x" * 200}).status_code
        == 422
    )
    admin.post(f"{place}/agreement", data={"version": version, "public_name": "A workplace group of the NEU"})
    assert (
        "Its name in public: “A workplace group of the NEU”. Its text is not shown there."
        in coordinator.get(place).text
    )
    waits = coordinator.get("/motions?state=to_name").text
    assert place in waits
    assert "/motions?state=to_name" in coordinator.get("/").text
    assert place not in admin.get("/motions?state=to_agree").text
    assert "named yet" in client.get("/motions/carried").text
    coordinator.post(f"{place}/publication", data={"version": branch.version(motion_id)})
    assert place not in coordinator.get("/motions?state=to_name").text
    assert "Anyone can read that this body carried it, not the text." in coordinator.get(place).text
    page = client.get("/motions/carried").text
    assert "A workplace group of the NEU" in page
    assert "Holloway" not in page
    # Taken back it is gone, and its own address with it.
    admin.post(f"{place}/agreement/removal", data={"version": branch.version(motion_id)})
    assert "named yet" in client.get("/motions/carried").text
    assert client.get(f"/motions/carried/{motion_id}").status_code == 404


def test_a_workplace_does_not_name_its_employer_by_itself(world, branch):
    unit_id = world.unit("neu", "Holloway Works", UnitKind.WORKPLACE_GROUP)
    with world.context("neu") as session:
        from organising.motions.models import MotionDetail

        motion_id = branch.decided()
        detail = session.query(MotionDetail).filter_by(motion_id=motion_id).one()
        detail.unit_id = unit_id
        session.commit()
    page = world.browser(branch.admin).get(f"/motions/{motion_id}").text
    assert 'value="A workplace group of NEU"' in page


def test_the_database_shows_the_public_no_column_about_people(app, world, branch, country):
    motion_id = named(branch, country, "Alder branch", "Alder", shows_text=False)

    def read(columns, table):
        with app.app_context(), use_context(ANONYMOUS) as session:
            return session.execute(text(f"SELECT {columns} FROM {table}")).all()

    assert read("public_name", "motion") == [("Alder branch",)]
    assert read("title", "motion_carried_text") == []
    for column in ("body", "postcode", "unit_label", "author_label", "agreed_label", "published_label"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            read(column, "motion")
    for table in ("motion_detail", "motion_mover", "motion_event", "motion_text_version", "motion_text"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            read("*", table)
    # Nor does its own organisation change what the coordinator named.
    change = text("UPDATE motion SET public_name = 'Other' WHERE id = :m")
    with (
        world.context("neu", branch.admin) as session,
        pytest.raises(ProgrammingError, match="stays as it was published"),
    ):
        session.execute(change, {"m": motion_id})


def test_the_public_page_is_small_with_650_constituencies_and_hundreds_of_bodies(
    app, world, branch, country, client, owner
):
    motion_id = named(branch, country, "Alder branch", "Alder")
    with importing(app) as session:
        for number in range(647):
            area = seat(session, f"E1400{number + 1000}", f"Constituency of place {number}")
            area.hex_q, area.hex_r, area.region = number % 26, number // 26 + 2, f"Region {number % 12}"
        session.commit()
    names = "id, campaign_id, organisation_id, author_label, forum, body, unit_label, area, day, state, outcome, decided_on, shared_at, agreed_at, public_name, shows_text, published_at, version, changed_at"
    values = (
        "gen_random_uuid(), campaign_id, organisation_id, author_label, forum, body, unit_label, area, day, state, outcome, decided_on,"
        " shared_at, agreed_at, 'Branch number ' || n, shows_text, published_at, version, changed_at"
    )
    owner.rows(
        f"INSERT INTO motion ({names}) SELECT {values} FROM motion, generate_series(1, 400) n WHERE id = '{motion_id}'"
    )
    owner.rows(
        "INSERT INTO motion_area (id, campaign_id, organisation_id, author_label, motion_id, area_id, is_chosen) "
        "SELECT gen_random_uuid(), m.campaign_id, m.organisation_id, 'x', m.id, a.id, false FROM motion m "
        "CROSS JOIN LATERAL (SELECT id FROM area WHERE kind = 'westminster' ORDER BY md5(area.id::text || m.id::text) LIMIT 1) a "
        "WHERE m.public_name <> 'Alder branch'"
    )
    page = client.get("/motions/carried")
    assert "401" in page.text
    assert page.text.count("<polygon") + page.text.count("M") > 640
    small = client.get("/motions/carried", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(small.data) == page.data
    print(len(page.data), len(small.data))
    assert len(small.data) < 20_000
    further = re.search(r'href="([^"]*cursor=[^"]*)"', page.text)[1].replace("&amp;", "&")
    assert client.get(further).status_code == 200
