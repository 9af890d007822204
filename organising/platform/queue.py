"""The queue: doorbells only. The truth of what is to be done is in the database, so a lost job loses nothing.

A doorbell rings after the commit that made it true. A job carries ``(organisation, row id, purpose)``, signed;
the runner verifies it, opens a fresh session for that organisation, runs, commits once and clears the session.
"""

import hashlib
import hmac
import importlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from .actor import Actor
from .db import db
from .keys import derive
from .logging import get_logger
from .tenancy import Context, TenantSession, use_context

log = get_logger(__name__)
QUEUES = ("urgent", "mail", "default")
PENDING = "doorbells"
# A bell rung once whose answer was lost with a worker may be rung again after so long.
WAITING_SECONDS = 60
PERIODIC: list[tuple[str, int]] = []
Function = TypeVar("Function", bound=Callable[..., Any])


class JobRefused(Exception):
    """A job's payload is absent, forged or stale; it is dropped and logged, and nothing runs."""


@dataclass(frozen=True)
class Doorbell:
    """One job to ring: the function's dotted name, whose it is, which row, and why."""

    name: str
    organisation_id: str | None
    row_id: str | None
    purpose: str
    queue: str = "default"
    delay_seconds: float = 0
    once: bool = False

    @property
    def waiting_key(self) -> str:
        """Where Redis notes that a bell rung ``once`` waits to be answered."""
        return f"organising:waiting:{self.name}:{self.organisation_id}"

    def signature(self, key: bytes) -> str:
        """HMAC over what runs and for whom, so that a hand on the queue can't make a job up."""
        fields = [self.name, self.organisation_id, self.row_id, self.purpose]
        return hmac.new(key, json.dumps(fields).encode(), hashlib.sha256).hexdigest()


def job(purpose: str) -> Callable[[Function], Function]:
    """Mark ``def f(actor: Actor, row_id: UUID) -> None`` as a job with this purpose."""

    def mark(function: Function) -> Function:
        function.__job_purpose__ = purpose  # type: ignore[attr-defined]
        return function

    return mark


def periodic(every_seconds: int) -> Callable[[Function], Function]:
    """Mark ``def sweep() -> None`` to run every so many seconds, without organisation; it runs with an empty queue too."""

    def mark(function: Function) -> Function:
        name = f"{function.__module__}.{function.__qualname__}"
        if name not in [known for known, _ in PERIODIC]:
            PERIODIC.append((name, every_seconds))
        function.__job_purpose__ = "periodic"  # type: ignore[attr-defined]
        return function

    return mark


def enqueue_after_commit(
    name: str,
    *,
    organisation_id: UUID | None,
    row_id: UUID | None = None,
    purpose: str,
    queue: str = "default",
    delay_seconds: float = 0,
    once: bool = False,
) -> None:
    """Ring a doorbell once the current transaction has committed; a rollback takes it back.

    ``once``: for a job that works off all that is due of its organisation. It is not rung again until it was answered;
    the note of that is taken away before the job looks, so whoever finds it standing is seen.
    """
    if queue not in QUEUES:
        raise ValueError(f"no queue {queue}")
    resolve(name, purpose)
    bell = Doorbell(
        name,
        str(organisation_id) if organisation_id else None,
        str(row_id) if row_id else None,
        purpose,
        queue,
        delay_seconds,
        once,
    )
    session = db.session()
    session.info.setdefault(PENDING, []).append((session.get_nested_transaction(), bell))


@event.listens_for(TenantSession, "after_commit")
def _ring(session: Session) -> None:
    # after_commit also fires when a savepoint is released; only the outermost commit makes it true.
    if session.in_nested_transaction():
        return
    for _, bell in session.info.pop(PENDING, []):
        ring(bell)


@event.listens_for(TenantSession, "after_soft_rollback")
def _drop(session: Session, previous: Any) -> None:
    if not previous.nested:
        session.info.pop(PENDING, None)
        return
    kept = [(made_in, bell) for made_in, bell in session.info.get(PENDING, []) if made_in is not previous]
    session.info[PENDING] = kept


def ring(bell: Doorbell) -> bool:
    """Put one job on its queue. With Redis gone it says so and returns False: the sweep will find the row."""
    take = current_app.extensions.get("organising.without_redis")
    if take is not None:
        # The scheduler works by itself while Redis is gone, and takes what its sweeps ring for.
        take(bell)
        return True
    payload = asdict(bell) | {"mac": bell.signature(_key())}
    try:
        if bell.once and not get_redis().set(bell.waiting_key, 1, nx=True, ex=WAITING_SECONDS):
            return True
        queue = get_queue(bell.queue)
        options = {"result_ttl": 0, "failure_ttl": 86_400, "job_timeout": 900}
        if bell.delay_seconds:
            queue.enqueue_in(
                timedelta(seconds=bell.delay_seconds), "organising.platform.queue.perform", payload, **options
            )
        else:
            queue.enqueue("organising.platform.queue.perform", payload, **options)
    except RedisError as error:
        log.warning("doorbell_not_rung", job=bell.name, reason=type(error).__name__)
        return False
    return True


def get_redis() -> Redis:
    """The application's Redis connection pool."""
    found: Redis = current_app.extensions["organising.redis"]
    return found


def connect(url: str) -> Redis:
    """A Redis connection that fails at once instead of retrying inside: a worker's loop does the wait, and a request none."""
    retry = Retry(NoBackoff(), 1)
    return Redis.from_url(url, socket_connect_timeout=2, retry=retry, health_check_interval=30)


def get_queue(name: str) -> Queue:
    """One of :data:`QUEUES`; payloads are JSON, never pickles."""
    return Queue(name, connection=get_redis(), serializer=JSONSerializer)


def perform(payload: dict[str, Any]) -> None:
    """Run one job in the running application; the entry point that RQ calls."""
    try:
        bell, organisation_id, row_id = verified(payload)
    except JobRefused as refused:
        log.warning("job_refused", reason=str(refused))
        return
    if bell.once:
        get_redis().delete(bell.waiting_key)
    try:
        run(bell.name, organisation_id, row_id, bell.purpose)
    except JobRefused as refused:
        log.warning("job_refused", job=bell.name, reason=str(refused))


def run(name: str, organisation_id: UUID | None, row_id: UUID | None, purpose: str) -> None:
    """Resolve, open a fresh session for the organisation, call, commit once. Exceptions roll back and rise."""
    function = resolve(name, purpose)
    if purpose == "periodic":
        function()
        return
    context = Context(organisation_id=organisation_id, purpose="" if organisation_id else "identity")
    with use_context(context) as session:
        if organisation_id is None:
            function(row_id)
        else:
            function(_system_actor(session, organisation_id), row_id)
        session.commit()


def _system_actor(session: Session, organisation_id: UUID) -> Actor:
    row = session.execute(
        text(
            "SELECT o.name, (SELECT campaign_id FROM campaign_member m WHERE m.organisation_id = o.id "
            "AND m.coalition_status <> 'left' ORDER BY created_at LIMIT 1) AS campaign_id "
            "FROM organisation o WHERE o.id = :id AND o.left_at IS NULL"
        ),
        {"id": organisation_id},
    ).one_or_none()
    if row is None:
        raise JobRefused("the organisation has left or never was")
    return Actor.system(organisation_id, row.name, row.campaign_id)


def verified(payload: dict[str, Any]) -> tuple[Doorbell, UUID | None, UUID | None]:
    """What a payload says, with its ids, once its signature is found right; takes the signature out of it."""
    try:
        mac = str(payload.pop("mac"))
        bell = Doorbell(**payload)
        organisation_id = UUID(bell.organisation_id) if bell.organisation_id else None
        row_id = UUID(bell.row_id) if bell.row_id else None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise JobRefused("malformed") from None
    if not hmac.compare_digest(mac, bell.signature(_key())):
        raise JobRefused("not signed by this installation")
    return bell, organisation_id, row_id


def resolve(name: str, purpose: str) -> Callable[..., None]:
    """The function behind a job's dotted name; raises :class:`JobRefused` for anything that is not that job."""
    module, _, attribute = name.rpartition(".")
    if not module.startswith("organising."):
        raise JobRefused(f"{name} is no job of this product")
    try:
        function: Callable[..., None] = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError):
        raise JobRefused(f"{name} resolves to nothing") from None
    if getattr(function, "__job_purpose__", None) != purpose:
        raise JobRefused(f"{name} is not a job for {purpose!r}")
    return function


def each_organisation() -> Iterator[UUID]:
    """The organisations that take part, for sweeps: each is then worked on in its own context."""
    with use_context(Context()) as session:
        ids = list(session.scalars(text("SELECT id FROM organisation WHERE left_at IS NULL ORDER BY id")))
    yield from ids


def ring_in_each(name: str, *, purpose: str, queue: str, find: Callable[[UUID], Iterable[UUID]]) -> None:
    """A sweep: ring for every row that ``find`` answers, in each organisation, in its own context, once committed."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            for row_id in find(organisation_id):
                enqueue_after_commit(
                    name, organisation_id=organisation_id, row_id=row_id, purpose=purpose, queue=queue
                )
            session.commit()


def ring_where(name: str, *, purpose: str, queue: str, is_due: Callable[[], bool]) -> None:
    """A sweep: ring once in each organisation in whose context something ``is_due``."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            if is_due():
                enqueue_after_commit(
                    name, organisation_id=organisation_id, purpose=purpose, queue=queue, once=True
                )
            session.commit()


def run_in_each(name: str, *, purpose: str, find: Callable[[UUID], Iterable[UUID]]) -> None:
    """A sweep that does without the queue: run the job of every row that ``find`` answers, one after the other."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)):
            waiting = list(find(organisation_id))
        for row_id in waiting:
            run(name, organisation_id, row_id, purpose)


def _key() -> bytes:
    return derive(current_app.config["SETTINGS"].installation_key, "jobs")
