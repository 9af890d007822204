"""How much all partners together ask of one representative: mail, calls and visits, against the campaign's budget.

Counted are the contacts of the last 30 days, the messages of mailings in that time or waiting to go, and what
live approaches plan for the next 30 days. Mailings are counted by the database, which does not tell whose they are.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Select,
    TableValuedAlias,
    Uuid,
    bindparam,
    column,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from organising.lobbying.approach_states import PLANNED
from organising.lobbying.models import Approach, Engagement, PressureBudget
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now, today
from organising.platform.db import db

PRESSURE_DAYS = 30
MAIL, CALLS, VISITS = "mail", "calls", "visits"
CONTACT, PLAN, MAILING = "contact", "plan", "mailing"
# What counts as which, over the kinds of engagements and the channels of approaches. Social media asks nobody for time.
MEANS = {
    "email": MAIL,
    "letter": MAIL,
    "call": CALLS,
    "meeting": VISITS,
    "surgery": VISITS,
    "visit": VISITS,
    "event": VISITS,
}


@dataclass(frozen=True)
class Budget:
    """How often partners together may write to, ring and visit one person in 30 days."""

    mail: int = 4
    calls: int = 3
    visits: int = 2


@dataclass(frozen=True)
class Load:
    """One means: what was ``done`` in the last 30 days, what is ``planned`` for the next, and the budget."""

    means: str
    done: int
    planned: int
    budget: int

    @property
    def total(self) -> int:
        """Done and planned."""
        return self.done + self.planned

    @property
    def is_full(self) -> bool:
        """Whether one more would be over the budget."""
        return self.total >= self.budget

    @property
    def is_over(self) -> bool:
        """Whether it is over the budget already."""
        return self.total > self.budget


@dataclass(frozen=True)
class Pressure:
    """How often partners contacted one person in the last 30 days, and the load by means.

    ``contacts`` and ``organisations`` are those of the contact log; ``last_on`` may be older.
    """

    contacts: int
    organisations: int
    last_on: date | None
    mail: Load
    calls: Load
    visits: Load

    @property
    def loads(self) -> tuple[Load, Load, Load]:
        """All three, mail first."""
        return self.mail, self.calls, self.visits

    @property
    def full(self) -> list[Load]:
        """The means of which one more would be over the budget."""
        return [load for load in self.loads if load.is_full]

    def of(self, kind: str) -> Load | None:
        """The load that a channel or a kind of engagement adds to; None where it adds to none."""
        means = MEANS.get(kind)
        return next((load for load in self.loads if load.means == means), None)


def measure_pressure(
    actor: Actor, person_id: UUID | None = None, *, institution_id: UUID | None = None
) -> Pressure:
    """The pressure on one person or institution."""
    subject_id = person_id or institution_id
    assert subject_id is not None
    return measure_pressures(actor, [subject_id])[subject_id]


def measure_pressures(
    actor: Actor, subject_ids: Iterable[UUID], *, left_beside: UUID | None = None
) -> dict[UUID, Pressure]:
    """The pressure on each of these people and institutions, in one statement however many they are.

    ``left_beside``: an own mailing that is leaving, for which only what has left beside it counts.
    """
    wanted = list(set(subject_ids))
    counted = union_all(
        _contacts(actor, wanted), _planned(actor, wanted), _mailed(wanted, left_beside)
    ).subquery()
    set_last = _budget(actor).subquery()
    # The first has a row always, so that the budget comes where nothing was counted.
    always = select(literal(1).label("row")).subquery()
    rows = db.session.execute(
        select(*set_last.columns, *counted.columns)
        .select_from(always)
        .outerjoin(set_last, true())
        .outerjoin(counted, true())
    ).all()
    budget = Budget(*rows[0][:3]) if rows[0][0] is not None else Budget()
    found: dict[UUID, list[_Counted]] = {}
    for row in rows:
        found.setdefault(row[4], []).append(_Counted(*row[3:4], *row[5:]))
    return {one: _pressure(budget, found.get(one, [])) for one in wanted}


def find_budget(actor: Actor) -> Budget:
    """The campaign's budget as a coordinator last set it, or what a new campaign begins with."""
    row = db.session.execute(_budget(actor)).one_or_none()
    return Budget(*row) if row else Budget()


def _budget(actor: Actor) -> Select[int, int, int]:
    return (
        select(PressureBudget.mails, PressureBudget.calls, PressureBudget.visits)
        .where(PressureBudget.campaign_id == actor.campaign_id)
        .order_by(PressureBudget.created_at.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class _Counted:
    """One number of one subject: contacts of a kind, approaches by a channel, or the messages of mailings."""

    source: str
    kind: str
    number: int
    organisations: Sequence[UUID] | None
    day: date | None
    moment: datetime | None


def _contacts(actor: Actor, subject_ids: list[UUID]) -> Select[*tuple[Any, ...]]:
    recent = Engagement.happened_on > today() - timedelta(days=PRESSURE_DAYS)
    subject = func.coalesce(Engagement.person_id, Engagement.institution_id)
    return (
        select(
            literal(CONTACT).label("source"),
            subject.label("subject"),
            Engagement.kind.label("kind"),
            func.count().filter(recent).label("number"),
            func.array_agg(Engagement.organisation_id.distinct()).filter(recent).label("organisations"),
            func.max(Engagement.happened_on).label("day"),
            null().cast(DateTime(timezone=True)).label("moment"),
        )
        .where(
            Engagement.person_id.in_(subject_ids) | Engagement.institution_id.in_(subject_ids),
            Engagement.campaign_id == actor.campaign_id,
            Engagement.withdrawn_at.is_(None),
        )
        .group_by(subject, Engagement.kind)
    )


def _planned(actor: Actor, subject_ids: list[UUID]) -> Select[*tuple[Any, ...]]:
    """Live approaches that begin within 30 days and have not taken place, by subject and channel."""
    subject = func.coalesce(Approach.person_id, Approach.institution_id)
    return (
        select(
            literal(PLAN), subject, Approach.channel, func.count(),
            null().cast(ARRAY(Uuid())), null().cast(Date), null().cast(DateTime(timezone=True)),
        )
        .where(
            Approach.person_id.in_(subject_ids) | Approach.institution_id.in_(subject_ids),
            Approach.campaign_id == actor.campaign_id,
            Approach.state.in_(PLANNED),
            Approach.starts_on < today() + timedelta(days=PRESSURE_DAYS),
            Approach.ends_on >= today(),
        )
        .group_by(subject, Approach.channel)
    )  # fmt: skip


def mail_of_all(person_ids: list[UUID], days: int, left_beside: UUID | None = None) -> TableValuedAlias:
    """All partners' mail to these people in so many days, counted by the database, which does not tell whose it is.

    With what waits to go; or, ``left_beside`` an own mailing, what has left beside it.
    """
    ids = bindparam("ids", person_ids, type_=ARRAY(Uuid()))
    since = bindparam("since", now() - timedelta(days=days), type_=DateTime(timezone=True))
    counted = (
        func.app.mail_pressure(ids, since)
        if left_beside is None
        else func.app.mail_left(ids, since, bindparam("beside", left_beside, type_=Uuid()))
    )
    return counted.table_valued(
        column("person_id", Uuid()), column("mails", BigInteger), column("last_at", DateTime(timezone=True))
    )


def _mailed(subject_ids: list[UUID], left_beside: UUID | None) -> Select[*tuple[Any, ...]]:
    counted = mail_of_all(subject_ids, PRESSURE_DAYS, left_beside)
    return select(
        literal(MAILING), counted.c.person_id, literal(""), counted.c.mails,
        null().cast(ARRAY(Uuid())), null().cast(Date), counted.c.last_at,
    )  # fmt: skip


def _pressure(budget: Budget, counted: list[_Counted]) -> Pressure:
    contacts = [one for one in counted if one.source == CONTACT]
    done, planned = Counter[str](), Counter[str]()
    for one in counted:
        if one.source == MAILING:
            done[MAIL] += one.number
        elif one.kind in MEANS:
            (done if one.source == CONTACT else planned)[MEANS[one.kind]] += one.number
    days = [one.day for one in contacts if one.day]
    days += [one.moment.astimezone(LONDON).date() for one in counted if one.moment]
    loads = [
        Load(means, done[means], planned[means], most)
        for means, most in ((MAIL, budget.mail), (CALLS, budget.calls), (VISITS, budget.visits))
    ]
    return Pressure(
        sum(one.number for one in contacts),
        len({organisation for one in contacts for organisation in one.organisations or ()}),
        max(days, default=None),
        *loads,
    )
