"""Importing on the web: given, compared, looked at, and applied."""

from __future__ import annotations

import gzip
import re
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import ProgrammingError

from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.permissions import Role
from organising.representatives import jobs
from organising.representatives.models import (
    ImportBatch,
    ImportUpload,
    Institution,
    Person,
)
from organising.representatives.services import uploads
from tests.support.imports import PAGE, apply, count, imported, kept_upload, open_names, plain, send, shown
from tests.support.representatives import FIXTURES

FIRST, LATER = "mp_table.csv", "mp_table.later.csv"


@pytest.fixture
def coordinator(world):
    return world.user("liberty", Role.COORDINATOR)


@pytest.fixture
def browser(world, coordinator):
    return world.browser(coordinator)


def sweep(app):
    with app.app_context():
        jobs.sweep_uploads()
        db.engine.dispose()


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


def test_the_bodies_that_asks_name_come_with_the_first_import(app, browser, run_jobs):
    url, _page = shown(browser, FIRST)
    assert count(app, Institution) == 0
    apply(browser, url)
    run_jobs()
    assert count(app, Institution) == 5
    imported(browser, run_jobs, LATER, as_of="2026-09-01")
    assert count(app, Institution) == 5


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


def test_a_foreign_upload_is_as_one_that_never_was(world, browser):
    url, _page = shown(browser, FIRST)
    other = world.browser(world.user("neu", Role.COORDINATOR))
    absent = f"{PAGE}/{uuid4()}"
    assert other.get(url).status_code == 404
    assert other.get(url).data == other.get(absent).data
