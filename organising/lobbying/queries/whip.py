"""The whip count: members in office by where they stand on an ask, and what changed in a week.

The counts are of people in office today. Who was in the count and left office is counted apart. All is derived
from claims at each look, by PostgreSQL (:mod:`queries.current`), in a constant number of queries.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    null,
    select,
)

from organising.lobbying.models import Position
from organising.lobbying.queries.claims import derive_stands, elected_days
from organising.lobbying.queries.current import any_id, read_stands, select_current, select_touched
from organising.lobbying.queries.positions import AGAINST, DISPUTED, FOR, CurrentPosition
from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.representatives.models import Area, OfficeHolding, OfficeKind, Party, Person
from organising.representatives.queries import in_office

CHAMBERS = (OfficeKind.MP, OfficeKind.PEER, OfficeKind.MSP, OfficeKind.MS, OfficeKind.MLA)
WEEK = timedelta(days=7)
STATES = (*(str(one) for one in Position if one != Position.UNKNOWN), DISPUTED, str(Position.UNKNOWN))
NOBODY: Final = CurrentPosition(Position.UNKNOWN, False, None)
SITS, ELSEWHERE, NOWHERE = "sits", "elsewhere", "nowhere"


@dataclass(frozen=True)
class WhipCount:
    """Members in office by position, the disputed apart; ``not_in_office`` counts people with a claim who hold no office."""

    ask: Ask
    counts: Mapping[Position, int]
    disputed: int
    total: int
    not_in_office: int

    @property
    def for_the_ask(self) -> int:
        return sum(self.counts[position] for position in FOR)

    @property
    def against_the_ask(self) -> int:
        return sum(self.counts[position] for position in AGAINST)

    @property
    def known(self) -> int:
        """How many there is any claim of."""
        return self.total - self.counts[Position.UNKNOWN]

    def of(self, state: str) -> int:
        """Members in a state: a position, or ``disputed``."""
        return self.disputed if state == DISPUTED else self.counts[Position(state)]


@dataclass(frozen=True)
class WhipSurvey:
    """Counts by ask, and every dispute among them, of people in office or not."""

    counts: Sequence[WhipCount]
    disputes: Sequence[tuple[Ask, UUID, CurrentPosition]]


@dataclass(frozen=True, slots=True)
class Member:
    """Someone in office, where they sit, where they stand now, and where they stood a week ago."""

    person_id: UUID
    name: str
    sort_key: str
    area_id: UUID | None
    area_name: str | None
    region: str | None
    party_id: UUID | None
    party_name: str | None
    party_colour: str | None
    current: CurrentPosition
    before: CurrentPosition

    @property
    def has_changed(self) -> bool:
        return self.current.state != self.before.state


@dataclass(frozen=True)
class Group:
    """Members of one party or region, by state."""

    key: str
    name: str
    colour: str | None
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class WhipBoard:
    """One ask's count of one kind of members: each member by name, and the people who left office."""

    ask: Ask
    kind: str
    members: Sequence[Member]
    not_in_office: Sequence[tuple[UUID, str, CurrentPosition]]
    on: date

    @cached_property
    def count(self) -> WhipCount:
        states = Counter(one.current.state for one in self.members)
        counts = {position: states[str(position)] for position in Position}
        return WhipCount(self.ask, counts, states[DISPUTED], len(self.members), len(self.not_in_office))

    @cached_property
    def changed(self) -> list[Member]:
        """Whose position a claim or settlement of the last seven days changed, the latest evidence first."""
        found = [one for one in self.members if one.has_changed]
        return sorted(
            found,
            key=lambda one: one.current.newest.held_on if one.current.newest else date.min,
            reverse=True,
        )

    @property
    def ageing(self) -> int:
        """How many positions rest on ageing evidence."""
        return sum(one.current.is_ageing(self.on) for one in self.members)

    @property
    def carried_over(self) -> int:
        """How many positions are from before the present parliament."""
        return sum(one.current.carried_over for one in self.members)

    def by_party(self) -> list[Group]:
        """The largest party first; those of none last."""
        groups = _group(
            self.members, lambda one: (str(one.party_id or ""), one.party_name or "", one.party_colour)
        )
        return sorted(groups, key=lambda one: (not one.key, -one.total, one.name))

    def by_region(self) -> list[Group]:
        """By name; those without a region last."""
        groups = _group(self.members, lambda one: (one.region or "", one.region or "", None))
        return sorted(groups, key=lambda one: (not one.key, one.name))

    def within(self, *, state: str = "", party: str = "", region: str = "") -> list[Member]:
        """Members in one cell; ``party`` is an id, ``none`` for those of no party or region, empty for all."""
        return [
            one
            for one in self.members
            if state in ("", one.current.state)
            and party in ("", str(one.party_id or "none"))
            and region in ("", one.region or "none")
        ]


def count_whip(actor: Actor, ask: Ask, *, kind: str = "mp") -> WhipCount:
    """Count the members of one kind in office today by their current position on an ask."""
    return survey_whip(actor, [ask], kind=kind).counts[0]


def survey_whip(actor: Actor, asks: Sequence[Ask], *, kind: str = "mp") -> WhipSurvey:
    """The same for several asks, in two queries, and in two more the disputes found on the way."""
    total = db.session.scalar(select(func.count(OfficeHolding.person_id.distinct())).where(_holds(kind))) or 0
    counted: dict[UUID, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    disputed: list[tuple[UUID, UUID]] = []
    for ask_id, state, place, person_id, number in db.session.execute(_counts(actor, asks, kind)):
        counted[ask_id][place][state] += number
        if person_id is not None:
            disputed.append((ask_id, person_id))
    counts = [_count(ask, counted[ask.id], total) for ask in asks]
    by_id = {ask.id: ask for ask in asks}
    stands = derive_stands(actor, list(by_id), {person_id for _ask, person_id in disputed})
    return WhipSurvey(counts, [(by_id[key[0]], key[1], stands[key]) for key in disputed])


def get_board(actor: Actor, ask: Ask, *, kind: str = "mp") -> WhipBoard:
    """Everything that one ask's page counts, in five queries."""
    on = today()
    stands = read_stands(actor, ask.id, elected_on=elected_days(on).get(kind))
    before = _a_week_ago(actor, ask)
    members = []
    for row in _sitting(kind, on):
        current = stands.pop(row[0], NOBODY)
        values: list[Any] = [*row, current, before.get(row[0], current)]
        members.append(Member(*values))
    return WhipBoard(ask, kind, members, _left_office(stands), on)


def select_people(person_ids: Collection[UUID]) -> Select[Person]:
    """These people, to be paged by name."""
    return select(Person).where(Person.id == any_id(person_ids))


def list_kinds() -> list[str]:
    """The kinds of parliamentary office that somebody holds today, in the order of ``CHAMBERS``."""
    held = set(db.session.scalars(select(OfficeHolding.kind).where(in_office(today())).distinct()))
    return [kind for kind in CHAMBERS if kind in held]


def _counts(actor: Actor, asks: Sequence[Ask], kind: str) -> Select[Any]:
    """People by ask, by state and by where they are in office; the disputed one by one."""
    current = select_current(actor, [ask.id for ask in asks]).subquery("current")
    sitting = select(OfficeHolding.person_id).where(_holds(kind)).distinct().subquery("sitting")
    one = current.c
    place = case(
        (sitting.c.person_id.is_not(None), SITS), (_is_in_office(one.person_id), ELSEWHERE), else_=NOWHERE
    )
    rows = (
        select(
            one.ask_id,
            one.state,
            place.label("place"),
            case((one.is_disputed, one.person_id), else_=cast(null(), Uuid)).label("person_id"),
        )
        .outerjoin(sitting, sitting.c.person_id == one.person_id)
        .subquery("placed")
    )
    return select(*rows.c, func.count()).group_by(*rows.c)


def _count(ask: Ask, places: Mapping[str, Counter[str]], total: int) -> WhipCount:
    states = places[SITS]
    counts = {position: states[str(position)] for position in Position}
    counts[Position.UNKNOWN] += total - states.total()
    return WhipCount(ask, counts, states[DISPUTED], total, places[NOWHERE].total())


def _a_week_ago(actor: Actor, ask: Ask) -> Mapping[UUID, CurrentPosition]:
    """Of whom something was written since, what was known then, judged as of today.

    A position changes by what was learnt, not by time passing.
    """
    then = now() - WEEK
    touched = select_touched(actor, ask.id, since=then)
    known = select_current(actor, [ask.id], people=select(touched.c.person_id), until=then).subquery("known")
    rows = db.session.execute(
        select(touched.c.person_id, known.c.position, known.c.is_disputed).outerjoin(
            known, known.c.person_id == touched.c.person_id
        )
    )
    return {
        person_id: CurrentPosition(Position(position), disputed, None) if position else NOBODY
        for person_id, position, disputed in rows
    }


def _holds(kind: str) -> ColumnElement[bool]:
    return and_(OfficeHolding.kind == kind, in_office(today()))


def _is_in_office(person_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """Whether someone holds any office today; standing for one is not being in one."""
    return exists().where(
        OfficeHolding.person_id == person_id, OfficeHolding.kind != OfficeKind.CANDIDATE, in_office(today())
    )


def _sitting(kind: str, on: date) -> Sequence[tuple[Any, ...]]:
    """One row for each member of a kind, by name: who changed party today is counted with the new one."""
    rows = db.session.execute(
        select(
            Person.id, Person.name, Person.sort_key, Area.id, Area.name, Area.region,
            Party.id, Party.name, Party.colour,
        )
        .select_from(OfficeHolding)
        .join(Person, Person.id == OfficeHolding.person_id)
        .outerjoin(Area, Area.id == OfficeHolding.area_id)
        .outerjoin(Party, Party.id == OfficeHolding.party_id)
        .where(OfficeHolding.kind == kind, in_office(on))
        .order_by(Person.sort_key, Person.id, OfficeHolding.start_on.asc().nulls_first())
    )  # fmt: skip
    return list({row[0]: tuple(row) for row in rows}.values())


def _left_office(stands: Mapping[UUID, CurrentPosition]) -> list[tuple[UUID, str, CurrentPosition]]:
    """Those of these people who hold no office today, by name."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.id == any_id(stands), ~_is_in_office(Person.id))
        .order_by(Person.sort_key, Person.id)
    )
    return [(person_id, name, stands[person_id]) for person_id, name in rows]


def _group(members: Iterable[Member], key: Callable[[Member], tuple[str, str, str | None]]) -> list[Group]:
    counted: dict[tuple[str, str, str | None], Counter[str]] = defaultdict(Counter)
    for one in members:
        counted[key(one)][one.current.state] += 1
    return [Group(*about, counts) for about, counts in counted.items()]
