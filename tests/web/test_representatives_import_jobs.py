"""Applying an import in the background: once, as it was looked at, through killed workers."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from sqlalchemy import func, select, text, update

from organising.platform.audit import AuditEvent
from organising.platform.db import db
from organising.platform.permissions import Role
from organising.representatives import jobs
from organising.representatives.models import (
    ImportBatch,
    ImportUpload,
    Person,
)
from organising.representatives.services import files
from tests.support.imports import apply, count, fingerprint, imported, plain, shown, state

FIRST = "mp_table.csv"


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


def test_a_killed_job_leaves_nothing_and_is_tried_once_more(
    app, world, coordinator, browser, run_jobs, monkeypatch
):
    url, _page = shown(browser, FIRST)
    apply(browser, url)

    with monkeypatch.context() as broken:
        # The worker's fork ends in the middle of the transaction: everything is written and nothing committed.
        broken.setattr(files, "note_batch", _kill_self)
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
    monkeypatch.setattr(files, "note_batch", _kill_self)
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
