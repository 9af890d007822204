"""Rings for periodic work and for doorbells that were asked for later; works without Redis when it must.

Why not `rq.cron`: its scheduler ends at the first lost connection, writes pickles (our queue takes JSON
only) and knows nothing of delayed jobs. What is needed is small: for every periodic job, once per slot of
its interval, one doorbell, whoever and however many schedulers run.

With Redis gone the sweeps run here, in this process, in the same slots, so that mail still leaves.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Sequence
from uuid import UUID

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq.scheduler import RQScheduler
from rq.serializers import JSONSerializer

from .logging import get_logger
from .queue import PERIODIC, QUEUES, Doorbell, connect, ring, run
from .worker import OrganisingWorker

TICK_SECONDS = 0.5
# The extension under which `queue.ring` finds who takes a doorbell while there is no Redis.
WITHOUT_REDIS = "organising.without_redis"
log = get_logger(__name__)


class Scheduler:
    """One scheduler; `tick()` does what is due. Several may run beside each other."""

    def __init__(self, app: Flask, connection: Redis, periodic: Sequence[tuple[str, int]] = PERIODIC) -> None:
        self._app = app
        self._connection = connection
        self._periodic = periodic
        self.stop_asked = threading.Event()
        self._done: dict[str, int] = {}
        self._has_redis = True
        self._delayed = RQScheduler(
            QUEUES, connection=connection, serializer=JSONSerializer, logging_level="WARNING"
        )
        self._locks_until = 0.0

    def tick(self, at: float | None = None) -> None:
        """Ring (or, without Redis, run) what is due at `at`, seconds since the epoch."""
        moment = time.time() if at is None else at
        due = [
            (name, every) for name, every in self._periodic if self._done.get(name) != int(moment // every)
        ]
        try:
            self._connection.ping()
            self._note_redis(True)
            self._ring_delayed(moment)
            for name, every in due:
                self._ring_once(name, every, int(moment // every))
        except RedisError as error:
            self._note_redis(False, type(error).__name__)
            for name, every in due:
                if self._done.get(name) != int(moment // every):
                    self._done[name] = int(moment // every)
                    self._run_here(name)

    def close(self) -> None:
        """Let another scheduler take over the delayed doorbells at once."""
        try:
            self._delayed.release_locks()  # rq has no types here
        except RedisError:
            log.info("scheduler_ends_without_redis")

    def _ring_once(self, name: str, every: int, slot: int) -> None:
        # Without a worker the doorbells would only pile up: wait for one within the slot.
        if not OrganisingWorker.all(connection=self._connection, serializer=JSONSerializer):
            return
        claim = f"organising:periodic:{name}:{slot}"
        if self._connection.set(claim, 1, nx=True, ex=2 * every + 60):
            with self._app.app_context():
                if not ring(Doorbell(name, None, None, "periodic")):
                    self._connection.delete(claim)
                    return
        self._done[name] = slot

    def _ring_delayed(self, moment: float) -> None:
        if moment >= self._locks_until:
            # Locks last for 61 s; a flushed Redis has forgotten them.
            self._delayed.acquire_locks()
            self._locks_until = moment + 15
        self._delayed.enqueue_scheduled_jobs()

    def _run_here(self, name: str) -> None:
        """Run a sweep in this process, and every doorbell it rings, one after the other.

        Those for later are left: a later sweep finds what they were rung for. So does the next start's, for
        what is waiting when the end is asked for.
        """
        waiting = [Doorbell(name, None, None, "periodic")]
        self._app.extensions[WITHOUT_REDIS] = waiting.append
        try:
            while waiting and not self.stop_asked.is_set():
                bell = waiting.pop(0)
                if not bell.delay_seconds:
                    self._run_one(bell)
        finally:
            del self._app.extensions[WITHOUT_REDIS]

    def _run_one(self, bell: Doorbell) -> None:
        try:
            with self._app.app_context():
                run(
                    bell.name,
                    UUID(bell.organisation_id) if bell.organisation_id else None,
                    UUID(bell.row_id) if bell.row_id else None,
                    bell.purpose,
                )
        except Exception as error:  # one sweep's fault must not stop the others
            log.error("periodic_job_failed", job=bell.name, reason=type(error).__name__)

    def _note_redis(self, has_redis: bool, reason: str = "") -> None:
        if has_redis == self._has_redis:
            return
        self._has_redis = has_redis
        self._locks_until = 0.0
        if has_redis:
            log.info("scheduler_has_redis_again")
        else:
            log.warning("scheduler_without_redis", reason=reason, periodic="runs here")


def run_scheduler(app: Flask) -> None:
    """Keep ringing until SIGTERM or SIGINT; a job that is running here is finished first."""
    scheduler = Scheduler(app, connect(app.config["SETTINGS"].redis_url))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: scheduler.stop_asked.set())
    while not scheduler.stop_asked.is_set():
        try:
            scheduler.tick()
        except Exception as error:  # the next tick may go well; the supervisor is for crashes
            log.error("scheduler_tick_failed", reason=type(error).__name__)
        scheduler.stop_asked.wait(TICK_SECONDS)
    scheduler.close()
