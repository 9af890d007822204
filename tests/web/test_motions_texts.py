"""Model texts: written, offered, published, changed by a new version, withdrawn; who reads what, and that a version stays."""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import ProgrammingError

from organising.motions.services import texts as services
from organising.motions.services.texts import Model
from organising.motions.text import MotionText
from tests.support.motion_texts import CANARY, LATER, WORDS, Shelf
from tests.support.pdf import holds

ROLES = ("coordinator", "deputy", "admin", "organiser", "officer", "analyst")
DRAFTS = {"coordinator", "deputy", "admin", "organiser"}
SECRET = MotionText(f"A draft {CANARY}", "", "", f"To keep it {CANARY}.")


@pytest.fixture
def shelf(world):
    return Shelf.at(world)


def _form(**said):
    given = {"title": WORDS.title, "notes": WORDS.notes, "believes": "", "resolves": WORDS.resolves}
    return given | {"forums": ["branch"], "language": "en", "revision": "0"} | said


def test_from_a_draft_to_the_shelf(world, shelf):
    writer, coordinator = world.browser(shelf.writer), world.browser(shelf.coordinator)
    reader = world.browser(world.user("praxis", "officer"))
    refused = writer.post("/motions/texts/new", data=_form(title="", forums=[]))
    assert refused.status_code == 422
    assert "Choose where it can be put." in refused.text
    made = writer.post(
        "/motions/texts/new", data=_form(forums=["branch", "council"], briefing="Say it slowly.")
    )
    place = made.location
    assert "[name of local authority]" in writer.get(place).text
    assert reader.get(place).status_code == 404
    assert coordinator.get(place).status_code == 404
    writer.post(f"{place}/offer")
    assert "Waiting to be published" in coordinator.get("/motions/texts").text
    assert coordinator.post(f"{place}/return", data={"note": ""}).status_code == 422
    coordinator.post(f"{place}/return", data={"note": "Name the year."})
    assert "Name the year." in writer.get(place).text
    assert coordinator.get(place).status_code == 404
    writer.post(f"{place}/draft", data=_form(forums=["branch", "council"], notes="In 2018.", revision="1"))
    writer.post(f"{place}/offer")
    stale = coordinator.post(f"{place}/publication", data={"revision": "1"})
    assert stale.status_code == 409
    assert "saved again since" in stale.text
    coordinator.post(f"{place}/publication", data={"revision": "2"})
    page = reader.get(place).text
    assert "In 2018." in page
    assert "This branch resolves:" in page
    assert "This council resolves:" in reader.get(f"{place}?forum=council").text
    assert WORDS.title in reader.get("/motions/texts?forum=council").text
    assert WORDS.title not in reader.get("/motions/texts?forum=conference").text
    plain = reader.get(f"{place}.txt?forum=council").text
    assert plain.startswith(f"{WORDS.title}\n\nThis council notes:\n1. In 2018.\n")
    assert holds(reader.get(f"{place}.pdf?forum=council").data, "This council notes:")


def test_two_who_write_at_once_lose_nothing(world, shelf):
    text_id = shelf.draft()
    browser = world.browser(shelf.writer)
    place = f"/motions/texts/{text_id}/draft"
    browser.post(place, data=_form(notes="Mine.", revision="1"))
    late = browser.post(place, data=_form(notes="Yours.", revision="1"))
    assert late.status_code == 409
    assert "Mine." in late.text
    assert "Yours." in late.text
    assert browser.post(place, data=_form(notes="Yours.", revision="2")).status_code == 303


def test_a_new_version_is_compared_and_an_old_one_withdrawn(world, shelf):
    text_id = shelf.published(briefing="First words.")
    place = f"/motions/texts/{text_id}"
    shelf.do(shelf.writer, services.save, text_id, Model(LATER, ("branch",), (), news="Asks the MP too."), 0)
    reader, writer = world.browser(world.user("praxis", "analyst")), world.browser(shelf.writer)
    assert LATER.resolves.splitlines()[-1].split(" [")[0] not in reader.get(place).text
    assert reader.get(f"{place}?version=2").status_code == 404
    assert "Version 2 is being written." in writer.get(place).text
    shelf.publish(text_id)
    assert "Asks the MP too." in reader.get(place).text
    shown = reader.get(f"{place}/versions").text
    assert "1 clause changed, 1 put in." in shown
    assert "put in: </span>many" in shown
    assert "There is a newer version." in reader.get(f"{place}?version=1").text
    coordinator = world.browser(shelf.coordinator)
    assert coordinator.post(f"{place}/withdrawal", data={"number": "1", "reason": ""}).status_code == 422
    coordinator.post(f"{place}/withdrawal", data={"number": "1", "reason": "The law has changed."})
    assert "The law has changed." in reader.get(f"{place}?version=1").text
    coordinator.post(f"{place}/withdrawal", data={"number": "2", "reason": "So has this."})
    assert WORDS.title not in reader.get("/motions/texts").text
    coordinator.post(f"{place}/withdrawal/removal", data={"number": "2"})
    assert WORDS.title in reader.get("/motions/texts").text


def test_a_draft_is_thrown_away(world, shelf):
    browser = world.browser(shelf.writer)
    alone, standing = shelf.draft(), shelf.published()
    shelf.do(shelf.writer, services.save, standing, Model(LATER, ("branch",), ()), 0)
    assert browser.post(f"/motions/texts/{alone}/draft/removal").location == "/motions/texts"
    assert browser.get(f"/motions/texts/{alone}").status_code == 404
    browser.post(f"/motions/texts/{standing}/draft/removal")
    assert browser.get(f"/motions/texts/{standing}?version=2").status_code == 404
    assert browser.get(f"/motions/texts/{standing}").status_code == 200
    assert browser.post(f"/motions/texts/{standing}/draft/removal").status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what(world, shelf, role):
    """Coordinator publishes, admin and organiser draft, officer and analyst read what is published: cell by cell."""
    mine, published = shelf.draft(), shelf.published()
    browser = world.browser(world.user("neu", role))
    wrong = []
    cells = [
        ("GET", "/motions/texts", set(ROLES)),
        ("GET", f"/motions/texts/{published}", set(ROLES)),
        ("GET", f"/motions/texts/{published}.pdf", set(ROLES)),
        ("GET", f"/motions/texts/{published}.txt", set(ROLES)),
        ("GET", f"/motions/texts/{published}/versions", set(ROLES)),
        ("GET", f"/motions/texts/{mine}", DRAFTS),
        ("GET", "/motions/texts/new", DRAFTS),
        ("POST", "/motions/texts/new", DRAFTS),
        ("GET", f"/motions/texts/{mine}/draft", DRAFTS),
        ("POST", f"/motions/texts/{mine}/draft", DRAFTS),
        ("POST", f"/motions/texts/{mine}/offer", DRAFTS),
        ("POST", f"/motions/texts/{mine}/offer/removal", DRAFTS),
        # A coordinator of a partner that does not lead has the button's right, and is refused all the same.
        ("POST", f"/motions/texts/{mine}/publication", set()),
        ("POST", f"/motions/texts/{published}/withdrawal", set()),
        ("POST", f"/motions/texts/{published}/withdrawal/removal", set()),
        ("POST", f"/motions/texts/{mine}/draft/removal", DRAFTS),
    ]
    given = {"number": "1", "reason": "Out of date.", "revision": "1"}
    for method, path, may in cells:
        status = browser.open(path, method=method, data=given if method == "POST" else None).status_code
        good = status in (200, 303, 422) if role in may else status in (403, 404)
        if not good:
            wrong.append((method, path, status))
    assert wrong == []


@pytest.mark.parametrize("role", [*ROLES, None])
def test_a_draft_is_nowhere_for_others(world, shelf, client, role):
    """Asked by every role of a partner's and by the public, at every address: the bytes of a text that never was."""
    text_id, published = shelf.draft(SECRET), shelf.published()
    shelf.do(shelf.writer, services.save, published, Model(SECRET, ("branch",), ()), 0)
    browser = world.browser(world.user("praxis", role)) if role else client
    for ending in ("", ".pdf", ".txt", "/versions", "/draft"):
        answers = [browser.get(f"/motions/texts/{one}{ending}") for one in (text_id, uuid4())]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].status_code in ((404, 403) if role else (303, 401, 403))
        if role:
            assert answers[0].data == answers[1].data
    pages = ["/motions/texts", f"/motions/texts/{published}", f"/motions/texts/{published}/versions"]
    pages += [f"/motions/texts/{published}?version=2", f"/motions/texts/{published}/versions?to=2", "/"]
    for page in pages:
        answer = browser.get(page, follow_redirects=True)
        assert CANARY not in answer.text.lower()


def test_the_own_officer_and_analyst_read_no_draft(world, shelf):
    text_id = shelf.draft(SECRET)
    for role in ("officer", "analyst"):
        browser = world.browser(world.user("neu", role))
        assert browser.get(f"/motions/texts/{text_id}").status_code == 404
        assert CANARY not in browser.get("/motions/texts").text


SAYS = "UPDATE motion_text_version SET {} WHERE text_id = '{}'"


@pytest.mark.parametrize("change", ["resolves = 'nothing'", "published_at = NULL, published_label = NULL, digest = NULL",
    "title = 'other'", "forums = '{council}'", "news = 'x'"])  # fmt: skip
def test_a_published_version_stays_under_direct_sql(world, shelf, owner, change):
    text_id = shelf.published()
    for actor, slug in ((shelf.writer, "neu"), (shelf.coordinator, "liberty")):
        with world.context(slug, actor) as session:
            assert session.execute(sql(SAYS.format(change, text_id))).rowcount == 0
    # Even whoever owns the table, in maintenance.
    with psycopg.connect(owner.url) as connection:
        connection.execute("SET ROLE organising_owner")
        connection.execute("SELECT set_config('app.maintenance', 'on', true)")
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute(SAYS.format(change, text_id))
    with psycopg.connect(owner.url) as connection:
        connection.execute("SET ROLE organising_owner")
        connection.execute("SELECT set_config('app.maintenance', 'on', true)")
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute(f"DELETE FROM motion_text_version WHERE text_id = '{text_id}'")


def test_nobody_publishes_by_sql(world, shelf):
    """Neither the writer, nor a coordinator who does not lead, nor an analyst of the lead's."""
    text_id = shelf.draft(SECRET)
    shelf.do(shelf.writer, services.offer, text_id)
    version_id = shelf.version(text_id).id
    call = sql("SELECT app.decide_motion_text(:v, 'publish', 1, '', 'x')")
    directly = SAYS.format(
        "published_at = now(), published_label = 'x', digest = 'x', offered_at = NULL", text_id
    )
    others = [
        ("neu", shelf.writer),
        ("neu", world.user("neu", "coordinator")),
        ("liberty", world.user("liberty", "analyst")),
    ]
    for slug, actor in others:
        with (
            world.context(slug, actor) as session,
            pytest.raises(ProgrammingError, match="not theirs to decide"),
        ):
            session.execute(call, {"v": version_id})
    for slug, actor in others[:2]:
        with (
            world.context(slug, actor) as session,
            pytest.raises(ProgrammingError, match="publishes and withdraws"),
        ):
            session.execute(sql(directly))
    with world.context(*others[2]) as session:
        assert session.execute(sql(directly)).rowcount == 0
