"""How much all partners together ask of one representative: mail, calls and visits, against the campaign's budget.

Counted are the contacts of the last 30 days, the messages of mailings in that time or waiting to go, and what
live approaches plan for the next 30 days. Mailings are counted by the database, which does not tell whose they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from organising.lobbying.approach_states import PLANNED
from organising.lobbying.models import Approach, Engagement, PressureBudget
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now, today
from organising.platform.db import db

PRESSURE_DAYS = 30
MAIL, CALLS, VISITS = "mail", "calls", "visits"
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


def measure_pressures(actor: Actor, subject_ids: Iterable[UUID]) -> dict[UUID, Pressure]:
    """The pressure on each of these people and institutions, in four queries however many they are."""
    wanted = list(set(subject_ids))
    budget = find_budget(actor)
    contacts = _contacts(actor, wanted)
    planned = _planned(actor, wanted)
    mailed = _mailed(wanted)
    return {
        one: _pressure(budget, contacts.get(one, []), planned.get(one, {}), mailed.get(one, (0, None)))
        for one in wanted
    }


def find_budget(actor: Actor) -> Budget:
    """The campaign's budget as a coordinator last set it, or what a new campaign begins with."""
    row = db.session.execute(
        select(PressureBudget.mails, PressureBudget.calls, PressureBudget.visits)
        .where(PressureBudget.campaign_id == actor.campaign_id)
        .order_by(PressureBudget.created_at.desc())
        .limit(1)
    ).one_or_none()
    return Budget(*row) if row else Budget()


@dataclass(frozen=True)
class _Contacts:
    kind: str
    recent: int
    organisations: frozenset[UUID]
    last_on: date


def _contacts(actor: Actor, subject_ids: list[UUID]) -> dict[UUID, list[_Contacts]]:
    recent = Engagement.happened_on > today() - timedelta(days=PRESSURE_DAYS)
    subject = func.coalesce(Engagement.person_id, Engagement.institution_id)
    rows = db.session.execute(
        select(
            subject,
            Engagement.kind,
            func.count().filter(recent),
            func.array_agg(Engagement.organisation_id.distinct()).filter(recent),
            func.max(Engagement.happened_on),
        )
        .where(
            Engagement.person_id.in_(subject_ids) | Engagement.institution_id.in_(subject_ids),
            Engagement.campaign_id == actor.campaign_id,
            Engagement.withdrawn_at.is_(None),
        )
        .group_by(subject, Engagement.kind)
    )
    found: dict[UUID, list[_Contacts]] = {}
    for subject_id, kind, number, organisations, last_on in rows:
        one = _Contacts(kind, number, frozenset(organisations or ()), last_on)
        found.setdefault(subject_id, []).append(one)
    return found


def _planned(actor: Actor, subject_ids: list[UUID]) -> dict[UUID, dict[str, int]]:
    """Live approaches that begin within 30 days and have not taken place, by subject and means."""
    subject = func.coalesce(Approach.person_id, Approach.institution_id)
    rows = db.session.execute(
        select(subject, Approach.channel, func.count())
        .where(
            Approach.person_id.in_(subject_ids) | Approach.institution_id.in_(subject_ids),
            Approach.campaign_id == actor.campaign_id,
            Approach.state.in_(PLANNED),
            Approach.starts_on < today() + timedelta(days=PRESSURE_DAYS),
            Approach.ends_on >= today(),
        )
        .group_by(subject, Approach.channel)
    )
    found: dict[UUID, dict[str, int]] = {}
    for subject_id, channel, number in rows:
        of_subject = found.setdefault(subject_id, {})
        of_subject[MEANS[channel]] = of_subject.get(MEANS[channel], 0) + number
    return found


def _mailed(subject_ids: list[UUID]) -> dict[UUID, tuple[int, date | None]]:
    counted = text("SELECT person_id, mails, last_at FROM app.mail_pressure(:ids, :since)").bindparams(
        bindparam("ids", subject_ids, type_=ARRAY(Uuid())),
        bindparam("since", now() - timedelta(days=PRESSURE_DAYS)),
    )
    return {
        person_id: (mails, last_at and last_at.astimezone(LONDON).date())
        for person_id, mails, last_at in db.session.execute(counted)
    }


def _pressure(
    budget: Budget, contacts: list[_Contacts], planned: dict[str, int], mailed: tuple[int, date | None]
) -> Pressure:
    done = {MAIL: mailed[0], CALLS: 0, VISITS: 0}
    for one in contacts:
        if one.kind in MEANS:
            done[MEANS[one.kind]] += one.recent
    days = [one.last_on for one in contacts] + ([mailed[1]] if mailed[1] else [])
    loads = [
        Load(means, done[means], planned.get(means, 0), most)
        for means, most in ((MAIL, budget.mail), (CALLS, budget.calls), (VISITS, budget.visits))
    ]
    return Pressure(
        sum(one.recent for one in contacts),
        len(frozenset().union(*(one.organisations for one in contacts))),
        max(days, default=None),
        *loads,
    )
