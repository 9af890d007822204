"""The scheduler: once per slot, however many run; without Redis in its own process."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from organising.app import create_app
from organising.platform import scheduler as module
from organising.platform.embedded import DataDirectory, EmbeddedValkey
from organising.platform.queue import Doorbell, ring
from organising.platform.scheduler import WITHOUT_REDIS, Scheduler
from organising.platform.supervision import spawn, stop
from organising.platform.worker import OrganisingWorker, connect

SWEEP = "organising.nowhere.jobs.sweep"


class Bench:
    """An application on a Valkey of its own that can be killed."""

    def __init__(self, directory: DataDirectory, environment: dict[str, str]) -> None:
        self.directory = directory
        self.valkey = EmbeddedValkey(directory)
        self.start()
        self.app: Flask = create_app(environment | {"REDIS_URL": self.valkey.url()})
        self.redis = connect(self.valkey.url())

    def start(self) -> None:
        self.server = spawn(self.valkey.child(), self.directory.log_directory)
        self.valkey.wait_ready()

    def kill(self) -> None:
        """kill -9, once what was rung has reached the disk.

        Valkey puts a write to its file off while a sync is under way, so a kill may take the last moment
        with it: a doorbell is lost then, and a later sweep finds its work. Not what is tested here.
        """
        with self.redis.client() as one:
            one.set("organising:tests:before-kill", 1)
            assert one.execute_command("WAITAOF", 1, 0, 10_000)[0] == 1
        self.server.kill()
        self.server.wait()

    def waiting(self) -> list[str]:
        queue = Queue("default", connection=self.redis, serializer=JSONSerializer)
        return [job.args[0]["name"] for job in queue.get_jobs()]

    def pretend_worker(self) -> None:
        worker = OrganisingWorker(["default"], connection=self.redis, serializer=JSONSerializer)
        worker.register_birth()


@pytest.fixture
def bench(place: Path, environment: dict[str, str]) -> Iterator[Bench]:
    with DataDirectory(place / "var") as directory:
        bench = Bench(directory, environment)
        yield bench
        bench.redis.close()
        bench.app.extensions["organising.redis"].close()
        stop(bench.server, signal.SIGTERM, 5)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(module, "run", lambda name, *_rest: names.append(name))
    return names


def test_rings_once_per_slot_whoever_and_however_many(bench: Bench) -> None:
    bench.pretend_worker()
    schedulers = [Scheduler(bench.app, bench.redis, [(SWEEP, 30)]) for _ in range(3)]
    for at in (3000.0, 3000.5, 3029.9):
        for scheduler in schedulers:
            scheduler.tick(at)
    assert bench.waiting() == [SWEEP]
    for scheduler in schedulers:
        scheduler.tick(3030.0)
    assert bench.waiting() == [SWEEP, SWEEP]


def test_a_restarted_scheduler_does_not_ring_again_in_the_same_slot(bench: Bench) -> None:
    bench.pretend_worker()
    Scheduler(bench.app, bench.redis, [(SWEEP, 86_400)]).tick(3000.0)
    Scheduler(bench.app, bench.redis, [(SWEEP, 86_400)]).tick(3001.0)
    assert bench.waiting() == [SWEEP]


def test_without_a_worker_nothing_piles_up_and_no_slot_is_lost(bench: Bench) -> None:
    scheduler = Scheduler(bench.app, bench.redis, [(SWEEP, 86_400)])
    scheduler.tick(3000.0)
    assert bench.waiting() == []
    bench.pretend_worker()
    scheduler.tick(3001.0)
    assert bench.waiting() == [SWEEP]


def test_a_delayed_doorbell_rings_when_it_is_time(bench: Bench) -> None:
    bench.pretend_worker()
    scheduler = Scheduler(bench.app, bench.redis, [])
    with bench.app.app_context():
        ring(Doorbell("organising.later", None, None, "later", delay_seconds=3600))
    scheduler.tick()
    assert bench.waiting() == []
    # An hour by the clock of this process: however slow the machine, the first look was in time.
    with time_machine.travel(time.time() + 3601, tick=False):
        scheduler.tick()
    assert bench.waiting() == ["organising.later"]


def test_runs_sweeps_itself_while_redis_is_gone_and_rings_again_after(
    bench: Bench, ran: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    bench.pretend_worker()
    scheduler = Scheduler(bench.app, bench.redis, [(SWEEP, 30)])
    scheduler.tick(3000.0)
    bench.kill()
    for at in (3001.0, 3030.0, 3031.0, 3060.0):
        scheduler.tick(at)
    assert ran == [SWEEP, SWEEP]
    bench.start()
    scheduler.tick(3061.0)
    assert bench.waiting() == [SWEEP]
    scheduler.tick(3090.0)
    assert bench.waiting() == [SWEEP, SWEEP]
    assert ran == [SWEEP, SWEEP]


def test_what_a_sweep_rings_without_redis_runs_here_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[Any] = []

    def run(name: str, *_rest: object) -> None:
        ran.append(name)
        if name == SWEEP:
            take = bench.app.extensions[WITHOUT_REDIS]
            take(Doorbell("organising.deliver", None, None, "deliver"))
            take(Doorbell("organising.later", None, None, "later", delay_seconds=60))

    monkeypatch.setattr(module, "run", run)
    bench.kill()
    Scheduler(bench.app, bench.redis, [(SWEEP, 30)]).tick(3000.0)
    assert ran == [SWEEP, "organising.deliver"]
    assert WITHOUT_REDIS not in bench.app.extensions


def test_one_failing_sweep_does_not_stop_the_others(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def run(name: str, *_rest: object) -> None:
        ran.append(name)
        raise RuntimeError

    monkeypatch.setattr(module, "run", run)
    bench.kill()
    Scheduler(bench.app, bench.redis, [("organising.a", 30), ("organising.b", 60)]).tick(3000.0)
    assert ran == ["organising.a", "organising.b"]


def test_survives_a_flush(bench: Bench) -> None:
    bench.pretend_worker()
    scheduler = Scheduler(bench.app, bench.redis, [(SWEEP, 30)])
    scheduler.tick(3000.0)
    Redis.from_url(bench.valkey.url()).flushall()
    bench.pretend_worker()
    scheduler.tick(3030.0)
    assert bench.waiting() == [SWEEP]
