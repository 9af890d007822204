"""An embargo holds for every role, on every route and in the database itself; and it ends by the database's clock alone."""

import time
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
import time_machine

from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.keys import derive
from organising.platform.tenancy import Context
from organising.statements import jobs
from organising.statements.services import consulting, steps
from organising.statements.services.consulting import Remark
from organising.statements.states import Kind
from tests.conftest import INSTALLATION_KEY
from tests.support.pdf import words_of
from tests.support.statements import CANARY, Desk

# Of the headline that the tests write, as its address is made at the release.
SLUG = "schools-are-no-border-kanarienvogel-under-embargo"
KEY = derive(INSTALLATION_KEY, "context")
WORD = CANARY.lower().encode()
ROLES = ("coordinator", "deputy", "admin", "organiser", "officer", "analyst")
# Who need not have it: of the author's organisation, of one that is asked, and of one that is not.
WITHOUT_NEED = [
    *[("liberty", role) for role in ("officer", "analyst")],
    *[("neu", role) for role in ("organiser", "officer", "analyst")],
    *[("praxis", role) for role in ROLES],
    None,
]
WITH_NEED = [("liberty", role) for role in ROLES[:4]] + [("neu", role) for role in ROLES[:3]]
ELSEWHERE = (
    "/", "/search.json?q=kanarien", "/campaign", "/organisation/audit", "/mailings", "/contact-log", "/targets", "/coalition",
    "/organisation/exports", "/help", "/transparency", "/asks", "/contacts", "/actions", "/pledges", "/approaches",
    "/statements?q=for+learning", "/published?q=for+learning", "/published?lang=cy", "/statements?state=embargoed",
)  # fmt: skip
# What somebody tries who may send any SQL they like in their own context.
QUERIES = (
    "SELECT * FROM statement_version",
    "SELECT headline || body FROM statement_version WHERE statement_id = %(s)s",
    f"SELECT count(*), max(digest) FROM statement_version WHERE body ILIKE '%%{CANARY}%%'",
    "SELECT v.* FROM statement s JOIN statement_version v ON v.statement_id = s.id AND v.number = s.number",
    "SELECT to_jsonb(v) FROM statement_version v ORDER BY body",
    "SELECT * FROM statement_comment",
    "SELECT * FROM statement_resolution",
    "SELECT * FROM app.statement_signatories(%(s)s)",
    "SELECT slug FROM statement WHERE id = %(s)s",
    "SELECT title FROM statement WHERE id = %(s)s AND app.own_role() IN ('officer', 'analyst')",
    "SELECT string_agg(substring(body from 1 for 40), '') FROM statement_version FOR UPDATE",
)


@pytest.fixture
def desk(world):
    return Desk.at(world)


def statement_routes(app, statement_id, slug):
    values = {"statement_id": statement_id, "slug": slug, "comment_id": uuid4()}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("statements."):
            built = rule.build({name: values[name] for name in rule.arguments})
            for method in sorted(rule.methods & {"GET", "HEAD", "POST"}):
                yield method, built[1]


def speak(connection, actor=None):
    connection.rollback()
    connection.execute(f"SET ROLE {'organising_runtime' if actor else 'organising_public'}")
    signed = Context(organisation_id=actor.organisation_id, user_id=actor.user_id).sign(KEY) if actor else ""
    connection.execute("SELECT set_config('app.context', %s, true)", [signed])


def holds(answer):
    whole = answer.data.lower() + str(answer.headers).lower().encode()
    if answer.mimetype == "application/pdf":
        whole += b"".join(words_of(answer.data)).lower()
    return WORD in whole


def test_a_thousand_attempts_before_the_time_get_no_byte(app, world, desk, raw_login, smtp_sink, run_jobs):
    statement_id = desk.begin()
    desk.plan(statement_id, "neu", "liberty", embargo_at=now() + timedelta(hours=2))
    desk.do(desk.coordinator, steps.consult, statement_id)
    desk.do(desk.neu, consulting.comment, statement_id, Remark(f"On {CANARY}", CANARY, f"{CANARY} indeed"))
    desk.lock(statement_id)
    desk.do(desk.coordinator, steps.open_signoff, statement_id)
    run_jobs()
    desk.sign(desk.neu, statement_id)
    desk.sign(desk.deputy, statement_id)
    desk.do(desk.coordinator, steps.finish, statement_id)
    desk.do(desk.coordinator, steps.embargo, statement_id)
    slug, attempts, leaks = SLUG, 0, []
    connection = raw_login()
    for who in WITHOUT_NEED:
        actor = world.user(*who) if who else None
        browser = world.browser(actor) if actor else app.test_client()
        routes = [*statement_routes(app, statement_id, slug), *[("GET", path) for path in ELSEWHERE]]
        for method, path in routes:
            answer = browser.open(path, method=method, data={} if method == "POST" else None)
            attempts += 1
            if holds(answer):
                leaks.append((who, method, path))
        for query in QUERIES:
            speak(connection, actor)
            attempts += 1
            try:
                found = connection.execute(query, {"s": statement_id}).fetchall()
            except psycopg.Error:
                found = []
            if any(value for row in found for value in row):
                leaks.append((who, query, found))
    for who in WITH_NEED:
        # They know it, but not from what everybody reads.
        browser = world.browser(world.user(*who))
        for path in ("", f"/{slug}", f"/{slug}.pdf", f"/{slug}.json", "/feed.atom", "?q=for+learning"):
            attempts += 1
            if holds(browser.get("/published" + path)):
                leaks.append((who, path))
        attempts += 1
        if holds(browser.get("/sitemap.xml")):
            leaks.append((who, "sitemap"))
    mails = [message for message in smtp_sink.messages if WORD in bytes(str(message).lower(), "utf-8")]
    print(
        f"{attempts} attempts, {len(leaks)} with a byte of the text, {len(smtp_sink.messages)} mails, {len(mails)} with one"
    )
    assert leaks == []
    assert mails == []
    assert smtp_sink.messages
    assert attempts >= 1000


def test_what_is_asked_before_the_time_is_answered_as_what_never_was(client, desk):
    desk.embargoed("neu")

    def answer(path, **headers):
        found = client.get(path, headers=headers)
        return found.status_code, found.data, {k: v for k, v in found.headers.items() if k != "Date"}

    for ending in ("", ".pdf", ".json"):
        for headers in ({}, {"If-None-Match": "*"}, {"If-Modified-Since": "Mon, 30 Nov 2026 00:00:00 GMT"}):
            there, never = (answer(f"/published/{one}{ending}", **headers) for one in (SLUG, "never-was"))
            assert there == never
            assert there[0] == 404
            assert "ETag" not in there[2]


def test_nobody_releases_it_early_whatever_they_send_and_whatever_the_time_of_the_application(
    app, world, desk, raw_login, run_jobs
):
    statement_id = desk.embargoed("neu")
    page = f"/statements/{statement_id}"
    coordinator = world.browser(desk.coordinator)
    assert coordinator.post(f"{page}/release").status_code == 409
    sooner = {
        "title": "t",
        "signing": [str(world.organisation("neu"))],
        "order": "alphabetical",
        "embargo_at": "2026-01-01T09:00",
    }
    assert coordinator.post(f"{page}/plan", data=sooner).status_code == 422
    assert coordinator.post(f"{page}/plan", data=sooner | {"embargo_at": ""}).status_code == 422
    with time_machine.travel(now() + timedelta(hours=3), tick=True):
        # The application's clock is wrong: the database's is not.
        assert world.browser(desk.coordinator).post(f"{page}/release").status_code in (303, 409)
        with app.app_context():
            jobs.release_due()
    run_jobs()
    assert desk.read(desk.coordinator, statement_id).state == "embargoed"
    connection = raw_login()
    for attempt in (
        "UPDATE statement SET state = 'released' WHERE id = %s",
        "UPDATE statement SET embargo_at = now() WHERE id = %s",
        "UPDATE statement SET embargo_at = NULL, state = 'released', released_at = now() WHERE id = %s",
        "UPDATE statement SET released_at = now() WHERE id = %s",
        "DELETE FROM statement WHERE id = %s",
        "UPDATE statement_version SET statement_id = gen_random_uuid() WHERE statement_id = %s",
    ):
        for actor in (desk.coordinator, desk.organiser, desk.neu):
            speak(connection, actor)
            try:
                changed = connection.execute(attempt, [statement_id]).rowcount
            except psycopg.Error:
                changed = 0
            assert changed == 0, attempt


def test_at_its_time_the_clock_releases_it_and_only_once(app, client, desk, run_jobs):
    until = now() + timedelta(seconds=4)
    statement_id = desk.open_signoff("neu", embargo_at=until)
    desk.sign(desk.neu, statement_id)
    desk.do(desk.coordinator, steps.finish, statement_id)
    desk.do(desk.coordinator, steps.embargo, statement_id)
    slug = SLUG
    assert client.get(f"/published/{slug}").status_code == 404
    for _ in range(2):
        time.sleep(max(0.0, (until - now()).total_seconds() + 0.2))
        with app.app_context():
            jobs.release_due()
            db.session.remove()
        run_jobs()
    found = client.get(f"/published/{slug}")
    assert holds(found)
    released = desk.read(desk.coordinator, statement_id)
    assert released.state == "released"
    assert released.released_at >= until
    again = client.get(f"/published/{slug}", headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304
    for path in (".json", ".pdf"):
        assert holds(client.get(f"/published/{slug}{path}")), path
    assert slug in client.get("/sitemap.xml").text
    assert holds(client.get("/published/feed.atom"))
    assert slug in client.get(f"/published?q={CANARY}").text


def test_an_internal_text_is_read_by_all_roles_once_final_and_by_the_public_never(app, world, client, desk):
    statement_id = desk.begin(Kind.LINES_TO_TAKE)
    desk.lock(statement_id)
    analyst = world.browser(world.user("praxis", "analyst"))
    assert analyst.get(f"/statements/{statement_id}").status_code == 404
    desk.do(desk.coordinator, steps.finish, statement_id)
    assert holds(analyst.get(f"/statements/{statement_id}"))
    desk.do(desk.coordinator, steps.release, statement_id)
    slug = desk.read(desk.coordinator, statement_id).slug
    for path in (
        f"/published/{slug}",
        f"/published/{slug}.pdf",
        f"/published/{slug}.json",
        "/published",
        "/sitemap.xml",
        "/published/feed.atom",
    ):
        assert not holds(client.get(path)), path
