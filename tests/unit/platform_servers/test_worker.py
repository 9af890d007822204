"""The worker as a process of its own: killed, without Redis, stopped in mid-job."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from organising.platform.embedded import DataDirectory, EmbeddedValkey
from organising.platform.supervision import spawn, stop
from organising.platform.worker import outline

JOBS = "tests.unit.platform_servers.queued"


class Bench:
    """A Valkey of its own that can be killed, and one worker on it."""

    def __init__(self, place: Path, directory: DataDirectory, environment: dict[str, str]) -> None:
        self.place = place
        self.directory = directory
        self.valkey = EmbeddedValkey(directory)
        self.environment = os.environ | environment | {"REDIS_URL": self.valkey.url()}
        self.start_valkey()
        self.start_worker()

    def start_valkey(self) -> None:
        self.server = spawn(self.valkey.child(), self.directory.log_directory)
        self.valkey.wait_ready()

    def kill_valkey(self) -> None:
        self.server.kill()
        self.server.wait()

    def start_worker(self) -> None:
        with (self.place / "worker.log").open("a") as log:
            argv = [sys.executable, "-m", "organising.cli", "worker"]
            self.worker = subprocess.Popen(argv, env=self.environment, stdout=log, stderr=log)

    def said(self) -> str:
        return (self.place / "worker.log").read_text()

    def enqueue(self, name: str, *arguments: object) -> Job:
        with Redis.from_url(self.valkey.url()) as connection:
            queue = Queue("default", connection=connection, serializer=JSONSerializer)
            return queue.enqueue(f"{JOBS}.{name}", *arguments, result_ttl=0, failure_ttl=600)

    def wait_for(self, file: str, seconds: float = 60.0) -> Path:
        ends = time.monotonic() + seconds
        while not (self.place / file).exists():
            assert time.monotonic() < ends, f"no {file}; the worker said:\n{self.said()}"
            time.sleep(0.02)
        return self.place / file

    def close(self) -> None:
        self.worker.kill()
        self.worker.wait()
        stop(self.server, signal.SIGTERM, 5)


@pytest.fixture
def bench(place: Path, environment: dict[str, str]) -> Iterator[Bench]:
    with DataDirectory(place / "var") as directory:
        bench = Bench(place, directory, environment)
        yield bench
        bench.close()


def test_runs_jobs_that_use_the_database_one_after_the_other(bench: Bench) -> None:
    for number in range(5):
        bench.enqueue("ask_database", str(bench.place), f"job{number}")
    bench.wait_for("job4")
    bench.worker.terminate()
    assert bench.worker.wait(10) == 0


def test_a_killed_worker_leaves_no_fork_running(bench: Bench, is_running: Callable[[int], bool]) -> None:
    bench.enqueue("slow", str(bench.place), 30)
    fork = int(bench.wait_for("slow.pid").read_text())
    assert is_running(fork)
    bench.worker.kill()
    bench.worker.wait()
    time.sleep(0.3)
    assert not is_running(fork)


def test_a_stop_waits_for_the_running_job(bench: Bench) -> None:
    bench.enqueue("slow", str(bench.place), 1.5)
    bench.wait_for("slow.pid")
    bench.worker.terminate()
    assert bench.worker.wait(10) == 0
    assert (bench.place / "slow.done").exists()


def test_survives_a_killed_valkey_and_says_so_once(bench: Bench) -> None:
    bench.enqueue("note", str(bench.place), "first")
    bench.wait_for("first")
    bench.kill_valkey()
    time.sleep(4)
    bench.start_valkey()
    bench.enqueue("note", str(bench.place), "second")
    bench.wait_for("second")
    assert bench.worker.poll() is None
    assert bench.said().count("worker_waits_for_redis") == 1, bench.said()
    assert bench.said().count("worker_has_redis_again") == 1, bench.said()
    assert "Traceback" not in bench.said()


def test_survives_a_valkey_killed_during_a_job(bench: Bench) -> None:
    bench.enqueue("slow", str(bench.place), 1.5)
    bench.wait_for("slow.pid")
    bench.kill_valkey()
    bench.wait_for("slow.done")
    time.sleep(1)
    bench.start_valkey()
    bench.enqueue("note", str(bench.place), "after")
    bench.wait_for("after")
    assert bench.worker.poll() is None


def test_survives_a_flushed_valkey(bench: Bench) -> None:
    bench.enqueue("slow", str(bench.place), 1.5)
    bench.wait_for("slow.pid")
    with Redis.from_url(bench.valkey.url()) as connection:
        connection.flushall()
    bench.wait_for("slow.done")
    bench.enqueue("note", str(bench.place), "after")
    bench.wait_for("after")


def test_starts_before_valkey_does_and_can_be_stopped_without_it(bench: Bench) -> None:
    bench.worker.terminate()
    bench.worker.wait(10)
    bench.kill_valkey()
    bench.start_worker()
    ends = time.monotonic() + 20
    while "worker_waits_for_redis" not in bench.said() and time.monotonic() < ends:
        time.sleep(0.05)
    started = time.monotonic()
    bench.worker.terminate()
    assert bench.worker.wait(10) == 0
    assert time.monotonic() - started < 2
    bench.start_worker()
    time.sleep(3)
    bench.start_valkey()
    bench.enqueue("note", str(bench.place), "at last")
    bench.wait_for("at last")


def test_a_failed_job_leaves_place_and_kind_but_not_its_message(bench: Bench) -> None:
    job = bench.enqueue("fail_with", "nobody@private.example")
    ends = time.monotonic() + 20
    while "job_failed" not in bench.said() and time.monotonic() < ends:
        time.sleep(0.05)
    time.sleep(0.3)
    with Redis.from_url(bench.valkey.url()) as connection:
        kept = Job.fetch(job.id, connection=connection, serializer=JSONSerializer).latest_result()
        assert kept is not None
        everything = bench.said() + str(kept.exc_string)
    assert "builtins.ValueError" in str(kept.exc_string)
    assert "fail_with" in everything
    assert "duplicate key" not in everything
    assert "private.example" not in bench.said()


def test_the_outline_of_an_error_names_causes_without_messages() -> None:
    try:
        try:
            raise KeyError("secret")
        except KeyError as error:
            raise RuntimeError("other secret") from error
    except RuntimeError as error:
        told = outline(error)
    assert "builtins.RuntimeError" in told
    assert "builtins.KeyError" in told
    assert "secret" not in told
