"""A lot of own signatures at once with one thing in common: a mail domain, a link, a network.

An organisation's own signatures alone are looked at, in its own context. It is told of concentrations, which may be a
workplace that signs together; whether people made them it judges itself.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import LONDON
from ...platform.db import db, new_id
from ...platform.flows import ALL, STEP_SECONDS, read_before, read_recent
from ...platform.permissions import Permission
from ...platform.sealing import blind_index
from ..mail_domains import domain_of, is_large
from ..models import AlertKind, Channel, Part, Pledge, PledgeAlert, PledgeDrive

STEPS = 3
WINDOW = timedelta(seconds=STEPS * STEP_SECONDS)
# What is usual is taken from so many days, and of the newest so many addresses, since they are sealed.
USUAL = timedelta(days=7)
MOST_OPENED = 1_000
# Fewer are no crowd, and so is a smaller share, or one that is less than so many times the usual one.
LEAST = 20
SHARE = 0.3
TIMES = 3
# Of a pledge that is new nothing is usual yet.
UNKNOWN = 0.2
SHOWN = timedelta(hours=24)
KEPT = timedelta(days=30)
ONLINE = (Channel.WEB, Channel.EMBED)


@dataclass(frozen=True)
class Crowd:
    """``number`` of the ``among`` newest signatures have this in common, and ``before`` of the ``among_before`` earlier ones."""

    kind: AlertKind
    subject: str | None
    number: int
    among: int
    before: int
    among_before: int

    @property
    def usual(self) -> float | None:
        """The share that is usual; ``None`` where it is too early to say."""
        return self.before / self.among_before if self.among_before >= LEAST else None

    @property
    def is_sudden(self) -> bool:
        """Whether the organisation is to be told."""
        share, usual = self.number / self.among, UNKNOWN if self.usual is None else self.usual
        return self.number >= LEAST and share >= max(SHARE, TIMES * usual)


def flow_of(organisation_id: UUID, drive_id: UUID) -> str:
    """The name of the flow of signatures that one organisation collects for one drive."""
    return f"{organisation_id}:{drive_id}"


def raise_alerts(actor: Actor, drive: PledgeDrive, at: datetime) -> int:
    """Tell the organisation of each crowd among what it collected lately; returns how many alerts are new.

    One that goes on is brought up to date; one that was dismissed is not raised again while it goes on.
    """
    return sum(_raise(actor, drive, crowd, at) for crowd in find_crowds(actor, drive, at) if crowd.is_sudden)


def find_crowds(actor: Actor, drive: PledgeDrive, at: datetime) -> Iterator[Crowd]:
    """What the newest own signatures have in common, sudden or not; nothing where there are few."""
    since = at - WINDOW
    sources = _by_source(drive, Pledge.created_at >= since)
    among = sources.total()
    if among < LEAST:
        return
    usual = (Pledge.created_at < since, Pledge.created_at >= at - USUAL)
    yield from _compared(AlertKind.SOURCE, sources, _by_source(drive, *usual))
    yield from _compared(
        AlertKind.DOMAIN, _by_domain(drive, Pledge.created_at >= since), _by_domain(drive, *usual)
    )
    yield from _networks(flow_of(actor.organisation_id, drive.id), among, at)


def dismiss_alert(actor: Actor, alert: PledgeAlert, at: datetime) -> bool:
    """Take an alert off the page for all of the organisation; returns whether that changed anything."""
    actor.check(Permission.SIGNERS_INVALIDATE)
    if not alert.dismiss(at, actor.author_label):
        return False
    record(actor, "pledge_alert.dismissed", "pledge_alert", alert.id)
    return True


def forget_alerts(at: datetime) -> None:
    """Delete the current organisation's alerts that ended long ago."""
    db.session.execute(
        delete(PledgeAlert)
        .where(PledgeAlert.ends_at < at - KEPT)
        .execution_options(synchronize_session=False)
    )


def _compared(kind: AlertKind, now_: Counter[str], before: Counter[str]) -> Iterator[Crowd]:
    for subject, number in now_.items():
        if subject:
            yield Crowd(kind, subject, number, now_.total(), before[subject], before.total())


def _networks(flow: str, among: int, at: datetime) -> Iterator[Crowd]:
    counted = read_recent(flow, at, STEPS)
    every = counted.pop(ALL, 0)
    for token, number in counted.most_common(1):
        before, among_before = read_before(flow, token, at, STEPS)
        # What stands is what the organisation has rows of.
        yield Crowd(AlertKind.NETWORK, None, min(number, among), min(every, among), before, among_before)


def _collected(drive: PledgeDrive, *when: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return Pledge.drive_id == drive.id, Pledge.part == Part.COLLECTED, Pledge.channel.in_(ONLINE), *when


def _by_source(drive: PledgeDrive, *when: ColumnElement[bool]) -> Counter[str]:
    named = func.coalesce(Pledge.source, "")
    statement = select(named, func.count()).where(*_collected(drive, *when)).group_by(named)
    return Counter({source: int(number) for source, number in db.session.execute(statement)})


def _by_domain(drive: PledgeDrive, *when: ColumnElement[bool]) -> Counter[str]:
    """The newest by domain; those at large providers under no name."""
    statement = select(Pledge).where(*_collected(drive, *when), Pledge.email_cipher.is_not(None))
    newest = db.session.scalars(statement.order_by(Pledge.created_at.desc(), Pledge.id).limit(MOST_OPENED))
    domains = (domain_of(one.email or "") for one in newest)
    return Counter("" if is_large(domain) else domain for domain in domains)


def _raise(actor: Actor, drive: PledgeDrive, crowd: Crowd, at: datetime) -> bool:
    key = blind_index(actor.organisation_id, "pledge alert", crowd.subject or "")
    going_on = _find(drive.id, crowd.kind, key, at)
    if going_on is not None:
        if going_on.dismissed_at is None and crowd.number >= going_on.number:
            going_on.number, going_on.among = crowd.number, crowd.among
            going_on.until, going_on.ends_at = at, at + SHOWN
        return False
    values: dict[str, Any] = {} if crowd.subject is None else {"subject": crowd.subject}
    alert = PledgeAlert(
        id=new_id(),
        drive_id=drive.id,
        kind=crowd.kind,
        subject_key=key,
        day=at.astimezone(LONDON).date(),
        number=crowd.number,
        among=crowd.among,
        usual=None if crowd.usual is None else round(100 * crowd.usual),
        since=at - WINDOW,
        until=at,
        ends_at=at + SHOWN,
        **values,
    )
    try:
        with db.session.begin_nested():
            db.session.add(alert)
            db.session.flush()
    except IntegrityError:
        # Another sweep was quicker.
        return False
    record(actor, "pledge_alert.raised", "pledge_alert", alert.id, kind=crowd.kind, count=crowd.number)
    return True


def _find(drive_id: UUID, kind: str, key: bytes, at: datetime) -> PledgeAlert | None:
    statement = select(PledgeAlert).where(
        PledgeAlert.drive_id == drive_id,
        PledgeAlert.kind == kind,
        PledgeAlert.subject_key == key,
        PledgeAlert.ends_at > at,
    )
    return db.session.scalars(statement.order_by(PledgeAlert.ends_at.desc()).limit(1)).one_or_none()
