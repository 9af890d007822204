"""The audit log's page: one's own, in plain words, narrowed, and taken out as a file that is itself recorded."""

import ast
import csv
import io
import re
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import event

import organising
from organising.contacts.queries.timeline import SAID_OTHERWISE
from organising.contacts.words import DEEDS
from organising.platform.audit import record
from organising.platform.audit_words import BY_THE_PERSON, WORDS, in_words
from organising.platform.db import db
from tests.support.audit import record_events, seal, verify

LOG = "/organisation/audit"


@pytest.fixture
def admin(world):
    return world.user("neu", "admin")


@pytest.fixture
def page(world, admin):
    return world.browser(admin)


@contextmanager
def counted(app):
    seen = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note := lambda *given: seen.append(given[2]))
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def shown(page, query=""):
    answer = page.get(LOG + query)
    assert answer.status_code == 200
    return re.findall(r'<th scope="row"[^>]*>(?:<[^>]+>)*([^<]+)<', answer.text)


def test_an_empty_log_says_so_and_asks_for_no_filter(world, owner):
    coordinator = world.user("praxis", "admin")
    text = world.browser(coordinator).get(LOG).text
    assert "What people here do will stand in this list." in text
    assert 'name="who"' not in text
    assert "Sealed up to" not in text


def test_it_is_narrowed_by_what_who_and_days(world, owner, admin, page):
    with world.context("neu", admin) as session:
        record(admin, "unit.created", "unit")
        record(admin, "thing.well_done", "thing")
        record(world._system("neu"), "mailing.closed", "mailing")
        session.commit()
    owner.rows("UPDATE audit_event SET created_at = '2026-06-30 23:30:00+00' WHERE action = 'unit.created'")
    owner.rows("UPDATE audit_event SET created_at = '2026-06-30 22:30:00+00' WHERE action = 'mailing.closed'")
    assert shown(page) == ["Thing: well done", "Added a unit", "Closed a mailing"]
    assert shown(page, "?action=unit.created") == ["Added a unit"]
    assert shown(page, "?who=itself") == ["Closed a mailing"]
    assert shown(page, f"?who={admin.user_id}") == ["Thing: well done", "Added a unit"]
    # Days are London's: half past eleven in the evening of June in UTC is July there.
    assert shown(page, "?from=2026-07-01&to=2026-07-01") == ["Added a unit"]
    assert shown(page, "?to=2026-06-30") == ["Closed a mailing"]
    assert shown(page, "?to=9999-12-31") == ["Thing: well done", "Added a unit", "Closed a mailing"]
    assert len(shown(page, "?who=nobody&action=none.such")) == 3
    assert "Nothing found" in page.get(f"{LOG}?to=2020-01-01").text
    wrong = page.get(f"{LOG}?from=2026-02-31")
    assert (wrong.status_code, "There is no such day" in wrong.text, 'value="2026-02-31"' in wrong.text) == (
        422,
        True,
        True,
    )
    assert page.get(f"{LOG}?from=2026-02-02&to=2026-02-01").status_code == 422


def test_pages_keep_the_filter_and_the_number_of_statements(world, app, admin, page):
    record_events(world, "neu", 3)
    page.get(LOG)
    with counted(app) as few:
        page.get(LOG)
    record_events(world, "neu", 57)
    with counted(app) as many:
        first = page.get(f"{LOG}?who=itself").text
    assert len(few) == len(many)
    following = re.search(r'href="(/organisation/audit\?[^"]*cursor=[^"]+)"', first)[1].replace("&amp;", "&")
    assert "who=itself" in following
    assert len(shown(page, following.removeprefix(LOG))) == 10


def test_details_are_words_and_neither_hashes_nor_what_is_not_so(world, admin, page):
    with world.context("neu", admin) as session:
        record(
            admin, "consent.chosen", "contact", given=[], withdrawn=["news.email", "opinions.record"],
            alone=False, hash="ab" * 32, sign_off=str(uuid4()), count=3, is_late=True,
        )  # fmt: skip
        session.commit()
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page.get(LOG).text, re.S)
    told = re.sub(r"<[^>]+>", "", cells[2])
    assert told == "count: 3; is late: yes; took back: news by email, opinions on record"


def test_nobody_elses_events_are_shown_or_taken_out(world, owner, page):
    record_events(world, "liberty", 2, action="secret.canary")
    seal(world, owner)
    assert "canary" not in page.get(LOG).text
    assert "canary" not in page.get(f"{LOG}?action=secret.canary").text
    assert "canary" not in page.post(f"{LOG}/exports", data={"action": "secret.canary"}).text


def test_the_file_holds_all_that_was_found_runs_no_cell_and_is_recorded(world, owner, admin, page):
    record_events(world, "neu", 60)
    with world.context("neu", admin) as session:
        record(admin, "=HYPERLINK(1)", "@thing", note="Łódź")
        session.commit()
    seal(world, owner)
    answer = page.post(f"{LOG}/exports")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 1 + 61 + 1
    assert rows[61][1:5] == [admin.display_name, "'=hyperlink(1)", "'=HYPERLINK(1)", "'@thing"]
    assert rows[61][6] == '{"note": "Łódź"}'
    head = verify(world, "neu").head
    assert (rows[61][7], rows[61][8]) == ("61", head)
    assert rows[62][3] == "audit.exported"
    assert shown(page)[0] == "Downloaded the audit log"
    narrowed = page.post(f"{LOG}/exports", data={"who": str(admin.user_id), "to": "2020-01-01"})
    assert len(list(csv.reader(io.StringIO(narrowed.data.decode("utf-8-sig"))))) == 1
    assert page.post(f"{LOG}/exports", data={"to": "2020-02-31"}).status_code == 422
    assert head in page.get(LOG).text


def test_an_organiser_neither_reads_nor_takes_it(world):
    browser = world.browser(world.user("neu", "organiser"))
    assert browser.get(LOG).status_code == 403
    assert browser.post(f"{LOG}/exports").status_code == 403


def test_all_that_is_recorded_has_plain_words():
    """In the log, and on the page of the contact that it is about. What is put together while it runs is not looked for."""
    recorded, of_contacts = set(), set()
    for path in Path(organising.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) == "record"
            ):
                _, named, about, *_rest = [*node.args, None, None, None]
                either = [named.body, named.orelse] if isinstance(named, ast.IfExp) else [named]
                codes = {
                    one.value for one in either if isinstance(one, ast.Constant) and "." in str(one.value)
                }
                recorded |= codes
                if isinstance(about, ast.Constant) and about.value == "contact":
                    of_contacts |= codes
    assert len(recorded) > 150
    assert len(of_contacts) > 20
    assert sorted(recorded - WORDS.keys()) == []
    assert sorted(of_contacts - DEEDS.keys() - set(SAID_OTHERWISE)) == []
    assert DEEDS.keys() & WORDS.keys() >= BY_THE_PERSON
    assert in_words("some_thing.well_done") == "Some thing: well done"
