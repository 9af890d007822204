"""Whether the installation is well: each part looked at as the running product itself, in words that say what to do."""

import shutil
import smtplib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from flask import current_app
from redis.exceptions import RedisError
from rq.serializers import JSONSerializer
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ..config import Settings
from .audit_chain import list_chains, verify_chain
from .backup.records import InstallationRun, RunKind, find_last_run
from .clock import now
from .db import new_id
from .failures import list_failures
from .mail import Refused, SmtpConnection
from .migrations import head
from .queue import PERIODIC, QUEUES, get_redis
from .roles import RolesRefused, check_boot
from .sealing import KeyGone, keyring
from .tenancy import Context, use_context
from .worker import OrganisingWorker

LEAST_DISK, LITTLE_DISK = 200 * 1024**2, 2 * 1024**3
BACKUP_DUE, BACKUP_LATE = timedelta(hours=26), timedelta(days=8)
HEARTBEAT = timedelta(minutes=5)
CLOCK_SECONDS = 2.0
LOOKING = Context(purpose="operations")

ROW_SECURITY = text(
    """
    SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'app', 'vault', 'counting')
       AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'maintenance')
                AND (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) > 1) ORDER BY 1
    """
)


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One part, how it is, and what to do where it is not well."""

    part: str
    state: State
    words: str


Look = Callable[[Settings], Finding]


def examine() -> list[Finding]:
    """Look at every part. One that can't even be looked at has failed; the others are looked at all the same."""
    settings: Settings = current_app.config["SETTINGS"]
    return [_looked(part, look, settings) for part, look in LOOKS.items()]


def examine_background() -> list[Finding]:
    """The parts on which it hangs whether what was begun goes on: queue, workers, scheduler."""
    settings: Settings = current_app.config["SETTINGS"]
    return [_looked(part, LOOKS[part], settings) for part in ("queue", "workers", "scheduler")]


def is_well(findings: list[Finding]) -> bool:
    """Whether nothing failed; warnings are allowed."""
    return all(one.state is not State.FAILED for one in findings)


def note_well() -> None:
    """Write down that everything was found well: going live asks for it."""
    with use_context(LOOKING) as session:
        session.add(InstallationRun(id=new_id(), kind=RunKind.DOCTOR))
        session.commit()


def _looked(part: str, look: Look, settings: Settings) -> Finding:
    try:
        return look(settings)
    except (SQLAlchemyError, RedisError, OSError, smtplib.SMTPException, Refused) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__]
        return Finding(part, State.FAILED, f"does not answer: {reason[0]}")


def _configuration(settings: Settings) -> Finding:
    missing = [
        words
        for wrong, words in (
            (settings.mode != "production", f"ORGANISING_MODE is {settings.mode}"),
            (settings.demo, "demo sign-ins that everybody knows are there"),
            (settings.mail_catcher_dir is not None, "no mail leaves: the mail catcher takes it"),
            (
                not settings.trusted_proxies and settings.public_url.startswith("https"),
                "TRUSTED_PROXIES is 0 behind https",
            ),
        )
        if wrong
    ]
    if missing:
        return Finding("configuration", State.WARNING, f"{'; '.join(missing)}: not for real people yet")
    return Finding("configuration", State.OK, "complete, for production")


def _roles(settings: Settings) -> Finding:
    try:
        check_boot(settings.database_url)
    except RolesRefused as error:
        return Finding("roles", State.FAILED, str(error))
    return Finding("roles", State.OK, "the login owns nothing and passes by nothing")


def _row_security(settings: Settings) -> Finding:
    with _session() as session:
        open_tables = session.scalars(ROW_SECURITY).all()
    if open_tables:
        return Finding(
            "row security", State.FAILED, f"not forced, or without policies: {', '.join(open_tables)}"
        )
    return Finding("row security", State.OK, "forced on every table")


def _migrations(settings: Settings) -> Finding:
    with _session() as session:
        revision = session.scalar(text("SELECT version_num FROM alembic_version"))
    if revision != head():
        return Finding(
            "migrations",
            State.FAILED,
            f"the schema is at {revision}, this version needs {head()}: run `organising migrate`",
        )
    return Finding("migrations", State.OK, f"at {revision}")


def _queue(settings: Settings) -> Finding:
    get_redis().ping()
    return Finding("queue", State.OK, "answers")


def _workers(settings: Settings) -> Finding:
    alive = [
        one
        for one in OrganisingWorker.all(connection=get_redis(), serializer=JSONSerializer)
        if one.last_heartbeat and now() - one.last_heartbeat.replace(tzinfo=now().tzinfo) < HEARTBEAT
    ]
    unserved = set(QUEUES) - {name for one in alive for name in one.queue_names()}
    if unserved:
        return Finding(
            "workers", State.FAILED, f"nobody serves {', '.join(sorted(unserved))}: start `organising worker`"
        )
    return Finding("workers", State.OK, f"{len(alive)} at work")


def _scheduler(settings: Settings) -> Finding:
    """It leaves a mark for each slot in which it rang; the shortest interval's marks are seconds old."""
    name, every = min(PERIODIC, key=lambda one: one[1])
    slot = int(time.time() // every)
    marks = [f"organising:periodic:{name}:{slot - back}" for back in range(2 + 60 // every)]
    if not get_redis().exists(*marks):
        return Finding(
            "scheduler",
            State.FAILED,
            "did not ring within a minute: start `organising scheduler`, and a worker",
        )
    return Finding("scheduler", State.OK, "rings")


def _jobs(settings: Settings) -> Finding:
    failed = Counter(one.bell.purpose for one in list_failures())
    if failed:
        told = ", ".join(f"{number} {purpose}" for purpose, number in failed.most_common())
        return Finding("jobs", State.WARNING, f"failed within a day: {told}; the log says where (job_failed)")
    return Finding("jobs", State.OK, "none failed within a day")


def _disk(settings: Settings) -> Finding:
    place = settings.data_dir if settings.data_dir.exists() else settings.data_dir.absolute().parent
    free = shutil.disk_usage(place).free
    words = f"{free / 1024**3:.1f} GB free where {settings.data_dir} lies"
    state = State.FAILED if free < LEAST_DISK else State.WARNING if free < LITTLE_DISK else State.OK
    return Finding("disk", state, words)


def _backup(settings: Settings) -> Finding:
    with _session():
        last = find_last_run(RunKind.BACKUP)
        made_at = last.created_at if last else None
    if made_at is None:
        return Finding("backup", State.FAILED, "none was ever made: run `organising backup`")
    age = now() - made_at
    words = f"the last was made {_ago(age)} ago"
    state = State.FAILED if age > BACKUP_LATE else State.WARNING if age > BACKUP_DUE else State.OK
    return Finding(
        "backup", state, words if state is State.OK else f"{words}: run `organising backup` every day"
    )


def _rehearsal(settings: Settings) -> Finding:
    with _session():
        found = [one for one in map(find_last_run, (RunKind.REHEARSAL, RunKind.RESTORE)) if one]
        last = max((one.created_at for one in found), default=None)
    if last is None:
        return Finding(
            "rehearsal", State.FAILED, "no backup was ever restored: run `organising restore FILE --rehearse`"
        )
    age = now() - last
    state = State.WARNING if age > timedelta(days=100) else State.OK
    return Finding("rehearsal", state, f"a backup was restored {_ago(age)} ago")


def _keys(settings: Settings) -> Finding:
    with _session() as session:
        rows = session.execute(
            text("SELECT id, slug FROM organisation WHERE left_at IS NULL ORDER BY slug")
        ).all()
        closed = []
        for row in rows:
            try:
                keyring().keys_for(session, row.id, afresh=True)
            except KeyGone:
                closed.append(row.slug)
    if closed:
        return Finding(
            "keys", State.FAILED, f"destroyed, or not under this installation key: {', '.join(closed)}"
        )
    return Finding("keys", State.OK, f"{len(rows)} organisations' open")


def _audit(settings: Settings) -> Finding:
    chains = [verify_chain(one, name) for one, name in list_chains()]
    faulty = [one.organisation for one in chains if one.faults]
    late = [
        one.organisation
        for one in chains
        if one.waiting_since and now() - one.waiting_since > timedelta(hours=1)
    ]
    if faulty:
        return Finding(
            "audit log",
            State.FAILED,
            f"not as it was sealed: {', '.join(faulty)}; see `organising audit verify`",
        )
    if late:
        return Finding("audit log", State.WARNING, f"unsealed for more than an hour: {', '.join(late)}")
    return Finding("audit log", State.OK, f"{sum(one.sealed for one in chains)} events as they were sealed")


def _mail(settings: Settings) -> Finding:
    connection = SmtpConnection(settings.smtp, timeout=5)
    try:
        connection.open().quit()
    finally:
        connection.close()
    return Finding("mail", State.OK, f"{settings.smtp.host} takes mail")


def _clock(settings: Settings) -> Finding:
    with _session() as session:
        before = now()
        there = session.scalar(text("SELECT clock_timestamp()"))
        after = now()
    assert there is not None
    off = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    if off > CLOCK_SECONDS:
        state = State.FAILED if off > 60 else State.WARNING
        return Finding(
            "clock", state, f"this machine and the database differ by {off:.0f} s: let both keep time by NTP"
        )
    return Finding("clock", State.OK, "this machine and the database agree")


LOOKS: dict[str, Look] = {
    "configuration": _configuration,
    "roles": _roles,
    "row security": _row_security,
    "migrations": _migrations,
    "queue": _queue,
    "workers": _workers,
    "scheduler": _scheduler,
    "jobs": _jobs,
    "disk": _disk,
    "backup": _backup,
    "rehearsal": _rehearsal,
    "keys": _keys,
    "audit log": _audit,
    "mail": _mail,
    "clock": _clock,
}


def register_look(part: str, look: Look) -> None:
    """Have the doctor look at a part that a domain brings; said again, the later one counts."""
    LOOKS[part] = look


@contextmanager
def _session() -> Iterator[Session]:
    with use_context(LOOKING) as session:
        yield session


def _ago(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return (
        f"{age.days} days"
        if age.days > 1
        else f"{hours} hours"
        if hours > 1
        else f"{int(age.total_seconds() // 60)} minutes"
    )
