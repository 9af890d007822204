"""Doorbells: after the commit, never for what was rolled back, and only for jobs of this installation."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from organising.platform import queue
from organising.platform.db import db
from organising.platform.queue import (
    Doorbell,
    JobRefused,
    enqueue_after_commit,
    get_queue,
    job,
    perform,
    resolve,
)
from organising.platform.tenancy import use_context

RUN: list[tuple[object, object]] = []


@job(purpose="note")
def note(actor, row_id):
    RUN.append((actor.organisation_id, row_id))


@pytest.fixture(autouse=True)
def known(monkeypatch):
    RUN.clear()
    monkeypatch.setattr(queue, "note_for_tests", note, raising=False)


NAME = "organising.platform.queue.note_for_tests"


def _waiting(app):
    with app.app_context():
        return get_queue("default").count


def test_a_doorbell_rings_after_the_commit_only(app, world):
    organisation = world.organisations["neu"]
    with world.context("neu") as session:
        enqueue_after_commit(NAME, organisation_id=organisation, row_id=uuid4(), purpose="note")
        assert _waiting(app) == 0
        session.execute(text("SELECT 1"))
        session.rollback()
        enqueue_after_commit(NAME, organisation_id=organisation, row_id=uuid4(), purpose="note")
        session.commit()
    assert _waiting(app) == 1


def test_savepoints_keep_and_drop_their_own(app, world):
    organisation = world.organisations["neu"]
    with world.context("neu") as session:
        session.execute(text("SELECT 1"))
        with session.begin_nested():
            enqueue_after_commit(NAME, organisation_id=organisation, row_id=uuid4(), purpose="note")
        assert _waiting(app) == 0, "releasing a savepoint is no commit"
        inner = session.begin_nested()
        enqueue_after_commit(NAME, organisation_id=organisation, row_id=uuid4(), purpose="note")
        inner.rollback()
        session.commit()
    assert _waiting(app) == 1


def test_a_job_runs_in_its_organisations_context(app, world):
    organisation, row = world.organisations["neu"], uuid4()
    with app.app_context():
        bell = Doorbell(NAME, str(organisation), str(row), "note")
        payload = bell.__dict__ | {"mac": bell.signature(queue._key())}
        perform(dict(payload))
    assert [(organisation, row)] == RUN


@pytest.mark.parametrize("change", ["name", "organisation_id", "row_id", "purpose", "mac"])
def test_a_forged_job_does_not_run(app, world, change):
    with app.app_context():
        bell = Doorbell(NAME, str(world.organisations["neu"]), str(uuid4()), "note")
        payload = bell.__dict__ | {"mac": bell.signature(queue._key())}
        payload[change] = {
            "organisation_id": str(world.organisations["liberty"]),
            "row_id": str(uuid4()),
        }.get(change, "x")
        perform(payload)
        perform({})
        perform({"mac": "x", "unknown": 1})
    assert RUN == []


def test_a_job_for_an_organisation_that_is_not_there_is_dropped(app, world):
    with app.app_context():
        bell = Doorbell(NAME, str(uuid4()), str(uuid4()), "note")
        perform(bell.__dict__ | {"mac": bell.signature(queue._key())})
    assert RUN == []


@pytest.mark.parametrize("name", ["os.system", "organising.platform.queue.ring", "organising.nowhere.f", "x"])
def test_only_jobs_resolve(app, name):
    with pytest.raises(JobRefused):
        resolve(name, "note")


def test_with_redis_gone_the_commit_stands(app, world, environment):
    from redis import Redis

    app.extensions["organising.redis"] = Redis(host="127.0.0.1", port=1)
    with app.app_context(), use_context(world_context(world)) as session:
        session.execute(text("SELECT 1"))
        enqueue_after_commit(NAME, organisation_id=world.organisations["neu"], row_id=uuid4(), purpose="note")
        session.commit()
    assert RUN == []
    assert db is not None


def world_context(world):
    from organising.platform.context import Context

    return Context(organisation_id=world.organisations["neu"])


def test_a_real_worker_runs_it(app, world, run_jobs):
    """Through Redis and back, in a worker's own fork: what it leaves is in the database."""
    with world.context("neu") as session:
        session.execute(text("SELECT 1"))
        enqueue_after_commit(
            "organising.accounts.jobs.send_password_reset",
            organisation_id=None,
            row_id=uuid4(),
            purpose="password_reset",
            queue="urgent",
        )
        session.commit()
    with app.app_context():
        assert get_queue("urgent").count == 1
    run_jobs()
    with app.app_context():
        assert get_queue("urgent").count == 0
