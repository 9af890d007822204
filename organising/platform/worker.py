"""The queue's worker: RQ's, made to survive a lost Redis and to leave nothing running when it is killed."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from .db import db
from .logging import get_logger
from .queue import connect
from .supervision import die_with_parent

WORKER_TTL_SECONDS = 60
LONGEST_WAIT_SECONDS = 5.0
log = get_logger(__name__)


class OrganisingWorker(Worker):
    """RQ's forking worker with these differences.

    The fork that runs a job dies with the worker (RQ leaves it running) and drops the inherited database
    connections. No thread listens for remote commands: nobody sends any, and forking beside a thread can
    leave the fork with a lock that nobody will release. A Redis that goes away during a job does not end
    the watch over that job. Neither log nor Redis keep what a person wrote: no arguments, and of a failed
    job the place and the kind of the error but not its message, which may quote a row.
    """

    max_connection_wait_time = LONGEST_WAIT_SECONDS
    stop_was_asked = False
    outage: _Outage | None = None

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """As RQ's; a heart that beats again means that Redis is back."""
        super().heartbeat(timeout, pipeline)
        if pipeline is None and self.outage is not None:
            self.outage.end()

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the fork: tie it to the worker, then run the job."""
        die_with_parent(signal.SIGKILL, self.pid or 0)
        _forget_connections()
        super().main_work_horse(job, queue)

    def maintain_heartbeats(self, *arguments: Any) -> None:
        """As RQ's, but a lost Redis is no reason to leave a running job unwatched."""
        try:
            super().maintain_heartbeats(*arguments)
        except RedisError:
            log.warning("worker_without_redis_during_job")

    def request_stop(self, signum: Any, frame: Any) -> None:
        """Note that the end is wanted, then stop as RQ does: after the running job."""
        self.stop_was_asked = True
        super().request_stop(signum, frame)  # rq has no types here

    def set_shutdown_requested_date(self) -> None:
        """For display only, so not worth failing for when Redis is gone."""
        with contextlib.suppress(RedisError):
            super().set_shutdown_requested_date()  # nor here

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log a failed job without the error's message."""
        log.error("job_failed", job=job.id, error=outline(exc_info[1]))

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: Any = None,
        exc_string: str = "",
        execution: Any = None,
    ) -> None:
        """Record the failure in Redis without the error's message."""
        error = sys.exc_info()[1]
        kept = exc_string if error is None else outline(error)
        super().handle_job_failure(job, queue, started_job_registry, kept, execution)

    def subscribe(self) -> None:
        """No remote commands; see the class."""

    def unsubscribe(self) -> None:
        """No remote commands; see the class."""

    def procline(self, message: str) -> None:
        """Keep the process's own title: it says which command was started."""


def outline(error: BaseException | None) -> str:
    """An error's kind and the places it passed, with those of its causes; never its message."""
    lines = []
    while error is not None:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        places = traceback.extract_tb(error.__traceback__)
        lines += [f"  {place.filename}:{place.lineno} {place.name}" for place in places]
        error = error.__cause__ or error.__context__
    return "\n".join(lines)


def run_worker(app: Flask, queues: Sequence[str], burst: bool = False) -> None:
    """Work on `queues`, most urgent first, until SIGTERM or SIGINT; with `burst` until they are empty.

    `app` is imported and built already, so that no job pays for it. When Redis goes away the worker waits
    for it (one line when it goes, one when it is back) instead of ending; a burst raises RedisError.
    """
    connection = connect(app.config["SETTINGS"].redis_url)
    with app.app_context(), _signals_kept():
        _forget_connections()
        if burst:
            _make_worker(connection, queues).work(burst=True, with_scheduler=True, logging_level="WARNING")
            return
        _work_on(connection, queues)


def _work_on(connection: Redis, queues: Sequence[str]) -> None:
    outage = _Outage()
    logging.getLogger("rq.worker").addFilter(outage)
    wait = 0.1
    while True:
        _end_on_signals()
        try:
            worker = _make_worker(connection, queues)
            worker.outage = outage
            wait = 0.1
            worker.work(logging_level="WARNING")
            if worker.stop_was_asked:
                return
        except RedisError as error:
            outage.begin(type(error).__name__)
        # RQ also ends by itself on errors that are no reason to end, such as a Redis emptied under it.
        _end_on_signals()
        time.sleep(wait)
        wait = min(LONGEST_WAIT_SECONDS, wait * 2)


class _Outage(logging.Filter):
    """Says once that Redis is gone and once that it is back, in place of RQ's line for every attempt."""

    def __init__(self) -> None:
        super().__init__()
        self._lasting = False

    def filter(self, _record: logging.LogRecord) -> bool:
        error = sys.exc_info()[1]
        if isinstance(error, RedisError):
            self.begin(type(error).__name__)
        return not isinstance(error, RedisError)

    def begin(self, reason: str) -> None:
        if not self._lasting:
            log.warning("worker_waits_for_redis", reason=reason)
        self._lasting = True

    def end(self) -> None:
        if self._lasting:
            log.warning("worker_has_redis_again")
        self._lasting = False


def _make_worker(connection: Redis, queues: Sequence[str]) -> OrganisingWorker:
    return OrganisingWorker(
        list(queues),
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        log_job_description=False,
    )


def _forget_connections() -> None:
    for engine in db.engines.values():
        # The parent may still use what it has open: forget, do not close.
        engine.dispose(close=False)


def _end_on_signals() -> None:
    """While no worker is listening: end at once, there is no job to finish."""

    def end(_number: int, _frame: object) -> NoReturn:
        # Not an exception: it could rise inside a library that swallows it.
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


@contextlib.contextmanager
def _signals_kept() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
