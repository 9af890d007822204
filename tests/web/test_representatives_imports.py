"""Importing on the web: given, compared, looked at, applied by a job; and what it asks a person."""

from __future__ import annotations

import gzip
import html
import io
import os
import re
import signal
import threading
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import ProgrammingError

from organising.platform.audit import AuditEvent
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.permissions import Role
from organising.platform.tenancy import Context, use_context
from organising.representatives import jobs
from organising.representatives.models import (
    ImportBatch,
    ImportQuestion,
    ImportUpload,
    OfficeHolding,
    Person,
    PersonIdentifier,
)
from organising.representatives.services import uploads
from tests.support.imports import kept_upload
from tests.unit.representatives.conftest import FIXTURES

PAGE = "/representatives/imports"
FIRST, LATER = "mp_table.csv", "mp_table.later.csv"


@pytest.fixture
def coordinator(world):
    return world.user("liberty", Role.COORDINATOR)


@pytest.fixture
def browser(world, coordinator):
    return world.browser(coordinator)


def send(browser, *files, as_of="2026-06-27"):
    """Give files: names of fixtures, or pairs of a name and bytes."""
    pairs = [(one, (FIXTURES / one).read_bytes()) if isinstance(one, str) else one for one in files]
    given = [(io.BytesIO(content), name) for name, content in pairs]
    return browser.post(
        f"{PAGE}/new", data={"files": given, "as_of": as_of}, content_type="multipart/form-data"
    )


def shown(browser, *files, **options):
    """The address of the comparison, and its page as plain text."""
    answer = send(browser, *files, **options)
    assert answer.status_code == 303, plain(answer)
    return answer.location, plain(browser.get(answer.location))


def plain(answer):
    main = answer.text.split("<main")[1].split("</main")[0]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def fingerprint(browser, url):
    page = browser.get(url).text
    return re.search(r'name="fingerprint"[^>]*value="([0-9a-f]+)"', page)[1]


def apply(browser, url, print_=None):
    return browser.post(f"{url}/application", data={"fingerprint": print_ or fingerprint(browser, url)})


def imported(browser, run_jobs, *files, **options):
    url, _page = shown(browser, *files, **options)
    assert apply(browser, url).status_code == 303
    run_jobs()
    return url, plain(browser.get(url))


def count(app, model):
    with app.app_context(), use_context(Context()) as session:
        return session.scalar(select(func.count()).select_from(model))


def open_names(app):
    with app.app_context(), use_context(Context()) as session:
        held = select(Person.name).join(OfficeHolding, OfficeHolding.person_id == Person.id)
        return set(session.scalars(held.where(OfficeHolding.end_on.is_(None))))


def state(world, coordinator, url):
    with world.context("liberty", coordinator) as session:
        row = session.scalars(select(ImportUpload).where(ImportUpload.id == UUID(url[-36:]))).one()
        return row.state, row.attempts, row.stale


def test_nothing_is_written_until_it_is_applied_and_then_what_was_shown(app, browser, run_jobs):
    url, page = shown(browser, FIRST)
    assert "Ada Merrow" in page
    assert (count(app, Person), count(app, ImportBatch)) == (0, 0)
    assert apply(browser, url).status_code == 303
    assert "Waiting" in plain(browser.get(url))
    assert 'hx-trigger="every 2s"' in browser.get(url).text
    run_jobs()
    done = browser.get(url)
    assert "Done" in plain(done)
    assert "every 2s" not in done.text
    assert count(app, Person) > 3
    history = plain(browser.get(PAGE))
    assert "mp_table.csv" in history
    assert "as of 27 June 2026" in history


def test_a_by_election_ends_the_old_holding_and_accents_stay(app, browser, run_jobs):
    imported(browser, run_jobs, FIRST)
    people, names = count(app, Person), open_names(app)
    url, page = shown(browser, LATER, as_of="2026-09-01")
    assert "Ffion Tŷnewydd" in page
    assert (count(app, Person), open_names(app)) == (people, names)
    new = len(re.findall(r"Person New", page))
    apply(browser, url)
    run_jobs()
    assert count(app, Person) == people + new > people
    assert "Ffion Tŷnewydd" in open_names(app)
    assert not any("Ada Merrow" in one for one in open_names(app))
    assert "Ffion Tŷnewydd" in browser.get(f"{url}/changes.csv").get_data(as_text=True)


def test_the_same_file_again_says_so_and_changes_nothing(app, browser, run_jobs):
    imported(browser, run_jobs, FIRST)
    people = count(app, Person)
    url, page = shown(browser, FIRST)
    assert "mp_table.csv was imported on" in page
    assert "Nothing changes" in page
    apply(browser, url)
    run_jobs()
    assert count(app, Person) == people


def test_several_files_build_on_each_other_whatever_their_order(browser, run_jobs):
    _url, page = imported(browser, run_jobs, FIRST, "popolo.json")
    assert "Done" in page


def test_gzip_is_taken_and_one_that_unpacks_to_too_much_is_not(app, browser, monkeypatch):
    packed = gzip.compress((FIXTURES / FIRST).read_bytes())
    assert send(browser, ("table.csv.gz", packed)).status_code == 303
    monkeypatch.setattr(uploads, "LARGEST_UNPACKED", 1 << 20)
    for bomb in (gzip.compress(b"a" * (2 << 20)), gzip.compress(b"a") + gzip.compress(b"b" * (2 << 20))):
        answer = send(browser, ("bomb.gz", bomb))
        assert answer.status_code == 422
        assert "too large for this page once unpacked" in plain(answer)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("a.csv", b"x,y\n1,2\n")], "a.csv: line 1: not a table"),
        ([("a.csv", b"")], "the file is empty"),
        ([("a.gz", b"\x1f\x8bnonsense")], "gzip file is"),
        ([("<b>.html", b"<html></html>")], "<b>.html: line 1: this is XML or HTML"),
        ([("a.json", b"{")], "not valid JSON"),
        ([], "Choose between 1 and 20 files"),
    ],
)
def test_each_bad_file_in_one_line(app, browser, files, words):
    answer = send(browser, *files)
    assert answer.status_code == 422
    assert words in plain(answer)
    assert "2026-06-27" in answer.text
    assert count(app, ImportBatch) == 0


def test_every_bad_file_is_named_and_a_good_one_beside_them_is_not_kept(browser, world, coordinator):
    answer = send(browser, FIRST, ("a.csv", b"x\n1\n"), ("b.csv", b"y\n1\n"))
    assert all(name in plain(answer) for name in ("a.csv: line 1", "b.csv: line 1"))
    with world.context("liberty", coordinator) as session:
        assert session.scalar(select(func.count()).select_from(ImportUpload)) == 0


def test_a_file_over_the_limit_names_the_command(browser):
    answer = send(browser, ("big.csv", b"a" * (16 * 2**20 + 1)))
    # Nobody read the body, so the client's own copy of it is still open.
    answer.request.environ["wsgi.input"].close()
    assert answer.status_code == 413
    assert "organising representatives import" in answer.text


def test_only_the_coordinator(app, world, browser):
    url, _page = shown(browser, FIRST)
    for role in Role:
        if role == Role.COORDINATOR:
            continue
        other = world.browser(world.user("liberty", role))
        for path in (PAGE, f"{PAGE}/new", url, f"{url}/changes.csv", "/representatives/questions"):
            assert other.get(path).status_code == 403, (role, path)
        for path in (f"{url}/application", f"{url}/comparison", f"{url}/removal", f"{PAGE}/new"):
            assert other.post(path).status_code == 403, (role, path)
        assert "Imports" not in plain(other.get("/representatives"))
    assert "Imports" in plain(browser.get("/representatives"))


def test_the_database_refuses_an_upload_of_any_other_role(world):
    for role in Role:
        actor = world.user("liberty", role)
        with world.context("liberty", actor) as session:
            session.add(kept_upload())
            if role == Role.COORDINATOR:
                session.flush()
                continue
            with pytest.raises(ProgrammingError) as refused:
                session.flush()
            assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_asked_twice_at_once_it_is_applied_once(app, world, coordinator, browser, run_jobs):
    url, _page = shown(browser, FIRST)
    print_ = fingerprint(browser, url)
    browsers = [world.browser(coordinator), world.browser(world.user("liberty", Role.COORDINATOR))]
    answers = []
    threads = [threading.Thread(target=lambda b=b: answers.append(apply(b, url, print_))) for b in browsers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.status_code for one in answers] == [303, 303]
    with world.context("liberty") as session:
        asked = select(func.count()).select_from(AuditEvent)
        assert session.scalar(asked.where(AuditEvent.action == "representatives.import_asked")) == 1
    run_jobs()
    assert count(app, ImportBatch) == 1


def test_what_has_become_stale_is_shown_anew_and_not_applied(app, world, coordinator, browser, run_jobs):
    url, _page = shown(browser, FIRST)
    imported(browser, run_jobs, FIRST)
    people, print_ = count(app, Person), fingerprint(browser, url)
    apply(browser, url)
    run_jobs()
    assert "Look again" in plain(browser.get(url))
    assert (count(app, Person), count(app, ImportBatch)) == (people, 1)
    assert state(world, coordinator, url)[0] == "compared"
    refused = apply(browser, url, print_)
    assert refused.status_code == 409
    assert "has changed since you looked" in plain(refused)
    apply(browser, url)
    run_jobs()
    assert count(app, ImportBatch) == 2


def sweep(app):
    with app.app_context():
        jobs.sweep_uploads()
        db.engine.dispose()


def test_a_killed_job_leaves_nothing_and_is_tried_once_more(
    app, world, coordinator, browser, run_jobs, monkeypatch
):
    url, _page = shown(browser, FIRST)
    apply(browser, url)

    with monkeypatch.context() as broken:
        # The worker's fork ends in the middle of the transaction: everything is written and nothing committed.
        broken.setattr(uploads, "note_batch", _kill_self)
        run_jobs()
    assert state(world, coordinator, url)[:2] == ("running", 1)
    assert (count(app, Person), count(app, ImportBatch)) == (0, 0)
    sweep(app)
    run_jobs()
    assert state(world, coordinator, url)[:2] == ("done", 2)
    assert count(app, ImportBatch) == 1


def test_killed_twice_it_has_failed_and_says_so(app, world, coordinator, browser, run_jobs, monkeypatch):
    url, _page = shown(browser, FIRST)
    apply(browser, url)
    monkeypatch.setattr(uploads, "note_batch", _kill_self)
    run_jobs()
    sweep(app)
    run_jobs()
    sweep(app)
    assert state(world, coordinator, url)[:2] == ("failed", 2)
    assert "interrupted twice" in plain(browser.get(url))
    assert count(app, Person) == 0


def _kill_self(*_rest):
    os.kill(os.getpid(), signal.SIGKILL)


def test_one_that_is_at_work_is_left_alone_by_the_sweep(app, world, coordinator, browser):
    url, _page = shown(browser, FIRST)
    apply(browser, url)
    with world.context("liberty") as session:
        session.execute(update(ImportUpload).values(state="running", attempts=1))
        session.commit()
    with world.context("liberty") as session:
        session.execute(text("SELECT id FROM import_upload FOR UPDATE"))
        jobs.sweep_uploads()
        session.rollback()
    assert state(world, coordinator, url)[:2] == ("running", 1)
    sweep(app)
    assert state(world, coordinator, url)[:2] == ("waiting", 1)


def test_expired_files_are_forgotten_and_removed_ones_at_once(app, world, coordinator, browser):
    url, _page = shown(browser, FIRST)
    sweep(app)
    assert browser.get(url).status_code == 200
    with world.context("liberty") as session:
        session.execute(update(ImportUpload).values(expires_at=now()))
        session.commit()
    sweep(app)
    assert browser.get(url).status_code == 404
    url, _page = shown(browser, FIRST)
    assert browser.post(f"{url}/removal").status_code == 303
    assert browser.get(url).status_code == 404


@pytest.fixture
def question(app, browser, run_jobs):
    """A namesake on record without the file's number: the import asks."""
    with app.app_context(), use_context(Context(purpose="import")) as session:
        person = Person(id=uuid4(), name="Cerys Ap-Iwan", sort_key="apiwan cerys")
        session.add(person)
        asked = ImportQuestion(
            source="invented", place="line 2", scheme="invented", value="77", reason="1 on record of this name",
            says={"name": "Cerys Ap-Iwan", "party": "Harbour Party"}, candidate_ids=[person.id],
        )  # fmt: skip
        session.add(asked)
        session.flush()
        ids = asked.id, person.id
        session.commit()
    return ids


def meant(app):
    with app.app_context(), use_context(Context()) as session:
        return session.scalar(select(PersonIdentifier.person_id).where(PersonIdentifier.scheme == "invented"))


def test_a_question_is_answered_undone_and_left_out(app, world, browser, question):
    asked, person = question
    page = plain(browser.get("/representatives/questions"))
    for words in ("Cerys Ap-Iwan", "Harbour Party", "line 2", "This is them", "Nobody: leave it out"):
        assert words in page
    assert "Questions (1)" in plain(browser.get("/representatives"))
    url = f"/representatives/questions/{asked}"
    assert browser.post(f"{url}/answer", data={"person_id": str(person)}).status_code == 303
    assert meant(app) == person
    assert "says Liberty coordinator" in plain(browser.get("/representatives/questions?state=answered"))
    assert browser.post(f"{url}/reopening").status_code == 303
    assert meant(app) is None
    assert browser.post(f"{url}/exclusion").status_code == 303
    assert "Left out by" in plain(browser.get("/representatives/questions?state=ignored"))
    assert "No questions" in plain(browser.get("/representatives/questions"))


OFFICES = "name,office,area,area_code,party,start,end,email,phone,address,website,source,source_id\n"


def test_an_answer_holds_for_the_import_that_is_done_again(app, browser, run_jobs):
    scottish = (
        "msp.csv",
        (OFFICES + "Zoë Merrow,msp,Fablewick,S16009901,Green,2021-05-07,,,,,,Holyrood,17\n").encode(),
    )
    welsh = ("ms.csv", (OFFICES + "Zoë Merrow,ms,Aberquill,W09999901,Labour,2021,,,,,,Cardiff,\n").encode())
    imported(browser, run_jobs, scottish)
    url, page = imported(browser, run_jobs, welsh)
    assert "Question for you New Zoë Merrow" in page
    asked, listed = browser.get("/representatives/questions"), "/representatives/questions"
    assert "Import ms.csv again" in plain(asked)
    form = re.search(r'action="([^"]+/answer)">.*?name="person_id" value="([0-9a-f-]{36})"', asked.text, re.S)
    assert browser.post(form[1], data={"person_id": form[2]}).location.endswith(listed)
    terms = count(app, OfficeHolding)
    again = browser.post(f"{url}/comparison")
    assert "Term of office New" in plain(browser.get(again.location))
    assert count(app, OfficeHolding) == terms
    apply(browser, url)
    run_jobs()
    assert (count(app, OfficeHolding), count(app, Person)) == (terms + 1, 1)


def test_without_a_script_the_words_find_somebody(app, browser, question):
    asked, _person = question
    url = f"/representatives/questions/{asked}/answer"
    answer = browser.post(url, data={"person_id": "", "member": "zzzz"})
    assert (answer.status_code, "Nobody is found" in plain(answer)) == (422, True)
    assert browser.post(url, data={"person_id": str(uuid4())}).status_code == 422
    assert meant(app) is None


def test_the_questions_are_the_coordinators(world, question):
    asked, person = question
    for role in Role:
        if role != Role.COORDINATOR:
            other = world.browser(world.user("neu", role))
            for step in ("answer", "exclusion", "reopening"):
                url = f"/representatives/questions/{asked}/{step}"
                assert other.post(url, data={"person_id": str(person)}).status_code == 403


def test_a_foreign_upload_is_as_one_that_never_was(world, browser):
    url, _page = shown(browser, FIRST)
    other = world.browser(world.user("neu", Role.COORDINATOR))
    absent = f"{PAGE}/{uuid4()}"
    assert other.get(url).status_code == 404
    assert other.get(url).data == other.get(absent).data
