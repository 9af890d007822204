"""Workers killed with -9 and stopped with SIGSTOP, for real, at every step: nothing twice, nothing lost."""

import random
import signal
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from redis import Redis

from organising.mailings import jobs
from organising.mailings.models import Delivery
from organising.mailings.services import settling
from organising.platform.clock import now
from organising.platform.db import db
from tests.support.databases import Databases
from tests.support.mail import GatedSink
from tests.support.mailings import Campaigners, WorkerProcess, eventually, seat_members
from tests.support.world import World

LANES = 10
MEMBERS = 50
LEASE = 1.2


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, MEMBERS)
    return Campaigners.at(world)


@pytest.fixture
def recovered(
    app: Flask, run_jobs: Callable[[], None], people: Campaigners
) -> Callable[[UUID], dict[str, int]]:
    """Let the leases of the dead run out, sweep, and work until the mailing rests; answers the counts."""

    def recover(mailing: UUID) -> dict[str, int]:
        for _ in range(4):
            eventually(lambda: not leases(people, mailing), LEASE + 1)
            with app.app_context():
                jobs.sweep()
                db.engine.dispose()
            if not people.counts(mailing).keys() & {"queued", "deferred", "leased", "committed"}:
                break
            run_jobs()
        return people.counts(mailing)

    return recover


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[[], WorkerProcess]]:
    started = []

    def begin() -> WorkerProcess:
        started.append(WorkerProcess(environment, lease_seconds=LEASE))
        return started[-1]

    yield begin
    for worker in started:
        worker.kill()


def leases(people: Campaigners, mailing: UUID) -> int:
    """Messages that somebody may still be at work on."""
    with people.world.context(people.slug) as session:
        held = Delivery.lease_until > now()
        return session.query(Delivery).where(Delivery.mailing_id == mailing, held).count()


def settle_all(
    people: Campaigners, mailing: UUID, sink: GatedSink, recovered: Callable[[UUID], dict[str, int]]
) -> None:
    """The relay's complete log settles what arrived; a person has the rest sent again."""
    with people.world.context(people.slug, people.admin) as session:
        settling.settle_from_log(people.admin, mailing, sink.accepted_ids(), complete=True)
        session.commit()
        absent = (
            session.query(Delivery.id)
            .where(Delivery.mailing_id == mailing, Delivery.absence.is_not(None))
            .all()
        )
        if absent:
            settling.send_again(people.admin, mailing, [one.id for one in absent])
            session.commit()
    recovered(mailing)


def check_ends_well(
    people: Campaigners,
    mailing: UUID,
    sink: GatedSink,
    recovered: Callable[[UUID], dict[str, int]],
    kills: int = 1,
) -> None:
    counts = recovered(mailing)
    assert sum(counts.values()) == MEMBERS
    assert set(counts) <= {"accepted", "uncertain"}
    assert counts.get("uncertain", 0) <= LANES * kills
    assert max(sink.recipients().values()) == 1
    settle_all(people, mailing, sink, recovered)
    assert people.counts(mailing) == {"accepted": MEMBERS}
    assert people.state(mailing) == "closed"
    assert set(sink.recipients().values()) == {1}
    assert len(sink.recipients()) == MEMBERS


@pytest.mark.parametrize(
    ("stop_at", "uncertain"),
    [
        pytest.param(("MAIL", 21), 10, id="claimed-with-a-batch-unsettled"),
        pytest.param(("MAIL", 1), 0, id="claimed-first"),
        pytest.param(("RCPT", 35), 10, id="half-held", marks=pytest.mark.slow),
        pytest.param(("DOT", 21), 10, id="first-dot-of-a-batch-without-answer", marks=pytest.mark.slow),
        pytest.param(("DOT", 28), 10, id="some-dots-of-a-batch-without-answer"),
    ],
)
def test_killed_at_a_step(
    people: Campaigners,
    smtp_sink: GatedSink,
    start: Callable[[], WorkerProcess],
    recovered: Callable[[UUID], dict[str, int]],
    stop_at: tuple[str, int],
    uncertain: int,
) -> None:
    smtp_sink.stop_at = stop_at
    mailing = people.sending()
    worker = start()
    assert smtp_sink.reached.wait(30)
    time.sleep(0.1)
    worker.kill()
    smtp_sink.stop_at = None
    smtp_sink.go_on.set()
    assert eventually(lambda: not leases(people, mailing))
    with people.world.app.app_context():
        jobs.sweep()
    assert people.counts(mailing).get("uncertain", 0) == uncertain
    check_ends_well(people, mailing, smtp_sink, recovered)


def test_killed_between_holding_and_leave_to_send(
    people: Campaigners,
    smtp_sink: GatedSink,
    start: Callable[[], WorkerProcess],
    environment: dict[str, str],
    databases: Databases,
    recovered: Callable[[UUID], dict[str, int]],
) -> None:
    """The rows are locked here, so the worker waits with ten messages at their dots; then it dies."""
    smtp_sink.stop_at = ("RCPT", 1)
    mailing = people.sending()
    worker = start()
    assert smtp_sink.reached.wait(30)
    url = databases.owner_of(environment["DATABASE_URL"]).replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url) as locker:
        locker.execute("SELECT set_config('app.maintenance', 'on', false)")
        locker.execute("SELECT FROM delivery FOR UPDATE")
        smtp_sink.stop_at = None
        smtp_sink.go_on.set()
        assert eventually(lambda: smtp_sink.seen["RCPT"] >= LANES)
        time.sleep(0.3)
        worker.kill()
        locker.rollback()
    assert smtp_sink.seen["DOT"] == 0
    counts = recovered(mailing)
    assert counts == {"accepted": MEMBERS}
    assert set(smtp_sink.recipients().values()) == {1}


def test_the_queue_is_emptied_and_workers_die_at_random(
    people: Campaigners,
    smtp_sink: GatedSink,
    start: Callable[[], WorkerProcess],
    databases: Databases,
    recovered: Callable[[UUID], dict[str, int]],
) -> None:
    chance = random.Random(18)
    mailing = people.sending()
    first, second = start(), start()
    assert eventually(lambda: len(smtp_sink.messages) > chance.randrange(1, 40), 30, 0.001)
    first.kill()
    Redis.from_url(databases.redis_url).flushdb()
    with people.world.app.app_context():
        jobs.sweep()
    eventually(lambda: len(smtp_sink.messages) > 45, 2, 0.001)
    second.kill()
    check_ends_well(people, mailing, smtp_sink, recovered, kills=2)


@pytest.mark.parametrize("stop_at", [("MAIL", 15), ("DOT", 15)])
def test_asleep_past_the_lease_while_another_worker_goes_on(
    people: Campaigners,
    smtp_sink: GatedSink,
    start: Callable[[], WorkerProcess],
    recovered: Callable[[UUID], dict[str, int]],
    stop_at: tuple[str, int],
) -> None:
    smtp_sink.stop_at = stop_at
    mailing = people.sending()
    sleeper = start()
    assert smtp_sink.reached.wait(30)
    sleeper.signal_all(signal.SIGSTOP)
    smtp_sink.stop_at = None
    smtp_sink.go_on.set()
    recovered(mailing)
    sleeper.signal_all(signal.SIGCONT)
    assert eventually(lambda: people.state(mailing) in ("sent", "closed"))
    time.sleep(0.5)
    check_ends_well(people, mailing, smtp_sink, recovered)


@pytest.mark.slow
def test_two_hundred_random_kills(
    people: Campaigners,
    smtp_sink: GatedSink,
    start: Callable[[], WorkerProcess],
    recovered: Callable[[UUID], dict[str, int]],
) -> None:
    """Mailing after mailing, each worker killed after a random number of accepted messages."""
    chance = random.Random(4)
    for _ in range(200):
        already = len(smtp_sink.messages)
        smtp_sink.envelopes.clear()
        mailing = people.sending()
        worker = start()
        wanted = already + chance.randrange(0, MEMBERS)
        eventually(lambda wanted=wanted: len(smtp_sink.messages) > wanted, 30, 0.0005)
        time.sleep(chance.random() * 0.01)
        worker.kill()
        check_ends_well(people, mailing, smtp_sink, recovered)
