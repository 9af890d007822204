"""Workers killed with -9 while constituents' letters leave: nothing twice, nothing lost, all settled."""

import random
import time
from collections import Counter

import pytest

from organising.letters import jobs as letter_jobs
from organising.mailings import jobs
from organising.mailings.models import Delivery
from organising.mailings.services import settling
from organising.platform.clock import now
from organising.platform.db import db
from tests.support.letters import confirm_many, mailing_of, open_a_page, seat_a_member
from tests.support.mailings import WorkerProcess, eventually

LANES = 10
LETTERS = 60
LEASE = 1.2
BUSY = {"queued", "deferred", "leased", "committed"}


@pytest.fixture
def mailing_id(app, world):
    """Confirmed letters to two members, in the outbox, and the runner's doorbell rung."""
    holdings = {
        seat_a_member(app): "ada.harbourer@parliament.example",
        seat_a_member(app, "E2 6AB", "E14002222", "Marsh", "Cato Marshman", "cato@parliament.example"):
            "cato@parliament.example",
    }  # fmt: skip
    action_id = open_a_page(world)
    confirm_many(world, action_id, holdings, LETTERS)
    return mailing_of(world, action_id)


@pytest.fixture
def start(app, environment):
    started = []

    def begin():
        with app.app_context():
            letter_jobs.sweep_letters()
            db.engine.dispose()
        started.append(WorkerProcess(environment, lease_seconds=LEASE))
        return started[-1]

    yield begin
    for worker in started:
        worker.kill()


def counts(owner):
    return Counter(state for (state,) in owner.rows("SELECT state FROM delivery"))


def leases(world, mailing_id):
    with world.context("neu") as session:
        return (
            session.query(Delivery)
            .where(Delivery.mailing_id == mailing_id, Delivery.lease_until > now())
            .count()
        )


def recover(app, world, mailing_id, owner, run_jobs):
    """Let the leases of the dead run out, sweep, and work until nothing is left to send."""
    for _ in range(4):
        eventually(lambda: not leases(world, mailing_id), LEASE + 1)
        with app.app_context():
            jobs.sweep()
            db.engine.dispose()
        if not counts(owner).keys() & BUSY:
            break
        run_jobs()
    return counts(owner)


def bodies(sink):
    """How often each person's letter was accepted."""
    return Counter(str(message["Reply-To"]) for message in sink.messages)


@pytest.mark.parametrize(("stop_at", "uncertain"), [(("MAIL", 21), 10), (("DOT", 28), 10), (("MAIL", 1), 0)])
def test_killed_at_a_step(app, world, mailing_id, smtp_sink, start, owner, run_jobs, stop_at, uncertain):
    smtp_sink.stop_at = stop_at
    worker = start()
    assert smtp_sink.reached.wait(30)
    time.sleep(0.1)
    worker.kill()
    smtp_sink.stop_at = None
    smtp_sink.go_on.set()
    assert eventually(lambda: not leases(world, mailing_id))
    with app.app_context():
        jobs.sweep()
        db.engine.dispose()
    assert counts(owner)["uncertain"] == uncertain
    check_ends_well(app, world, mailing_id, smtp_sink, owner, run_jobs)


@pytest.mark.parametrize("seed", [3, *(pytest.param(n, marks=pytest.mark.slow) for n in range(100, 120))])
def test_killed_twice_at_random(app, world, mailing_id, smtp_sink, start, owner, run_jobs, seed):
    chance = random.Random(seed)
    for _ in range(2):
        already = len(smtp_sink.messages)
        worker = start()
        wanted = already + chance.randrange(0, 25)
        eventually(lambda wanted=wanted: len(smtp_sink.messages) > wanted, 15, 0.0005)
        time.sleep(chance.random() * 0.01)
        worker.kill()
    check_ends_well(app, world, mailing_id, smtp_sink, owner, run_jobs, kills=2)


def check_ends_well(app, world, mailing_id, sink, owner, run_jobs, kills=1):
    found = recover(app, world, mailing_id, owner, run_jobs)
    assert sum(found.values()) == LETTERS
    assert set(found) <= {"accepted", "uncertain"}
    assert found["uncertain"] <= LANES * kills
    assert max(bodies(sink).values()) == 1
    admin = world.user("neu", "admin")
    with world.context("neu", admin) as session:
        settling.settle_from_log(admin, mailing_id, sink.accepted_ids(), complete=True)
        session.commit()
        absent = session.query(Delivery.id).where(Delivery.absence.is_not(None)).all()
        if absent:
            settling.send_again(admin, mailing_id, [one.id for one in absent])
            session.commit()
    recover(app, world, mailing_id, owner, run_jobs)
    assert counts(owner) == {"accepted": LETTERS}
    assert set(bodies(sink).values()) == {1}
    assert len(bodies(sink)) == LETTERS
