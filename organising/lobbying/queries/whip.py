"""The whip count: members in office by where they stand on an ask, and what changed in a week.

The counts are of people in office today. Who was in the count and left office is counted apart. All is derived
from claims at each look, in a constant number of queries.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from organising.lobbying.models import DisputeResolution, Position, PositionClaim
from organising.lobbying.queries.claims import elected_days, load_claims, load_settlements
from organising.lobbying.queries.positions import (
    AGAINST,
    DISPUTED,
    FOR,
    CurrentPosition,
    Settlement,
    Standing,
    derive_position,
)
from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.representatives.models import Area, OfficeHolding, OfficeKind, Party, Person
from organising.representatives.queries import in_office

CHAMBERS = (OfficeKind.MP, OfficeKind.PEER, OfficeKind.MSP, OfficeKind.MS, OfficeKind.MLA)
WEEK = timedelta(days=7)
STATES = (*(str(one) for one in Position if one != Position.UNKNOWN), DISPUTED, str(Position.UNKNOWN))
NOBODY = CurrentPosition(Position.UNKNOWN, False, None)


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
    current: CurrentPosition = NOBODY
    before: CurrentPosition = NOBODY

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

    @property
    def count(self) -> WhipCount:
        states = Counter(one.current.state for one in self.members)
        counts = {position: states[str(position)] for position in Position}
        return WhipCount(self.ask, counts, states[DISPUTED], len(self.members), len(self.not_in_office))

    @property
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


@dataclass
class _Known:
    """Claims and settlements by ask and person."""

    claims: Mapping[tuple[UUID, UUID], Sequence[Standing]]
    settlements: Mapping[tuple[UUID, UUID], Settlement]
    elected_on: date | None = None
    on: date = field(default_factory=today)

    def position(self, ask_id: UUID, person_id: UUID) -> CurrentPosition:
        key = (ask_id, person_id)
        claims = self.claims.get(key)
        if not claims:
            return NOBODY
        return derive_position(
            claims, self.on, settlement=self.settlements.get(key), elected_on=self.elected_on
        )


def count_whip(actor: Actor, ask: Ask, *, kind: str = "mp") -> WhipCount:
    """Count the members of one kind in office today by their current position on an ask."""
    return survey_whip(actor, [ask], kind=kind).counts[0]


def survey_whip(actor: Actor, asks: Sequence[Ask], *, kind: str = "mp") -> WhipSurvey:
    """The same for several asks, in three queries, with the disputes found on the way."""
    known = _load(actor, [ask.id for ask in asks])
    offices = _offices(today())
    sitting = offices.get(kind, set())
    in_any: set[UUID] = set().union(*offices.values()) if offices else set()
    by_ask: dict[UUID, dict[UUID, CurrentPosition]] = defaultdict(dict)
    for ask_id, person_id in known.claims:
        by_ask[ask_id][person_id] = known.position(ask_id, person_id)
    counts = [_count(ask, by_ask[ask.id], sitting, in_any) for ask in asks]
    disputes = [
        (ask, person_id, current)
        for ask in asks
        for person_id, current in by_ask[ask.id].items()
        if current.disputed
    ]
    return WhipSurvey(counts, disputes)


def get_board(actor: Actor, ask: Ask, *, kind: str = "mp") -> WhipBoard:
    """Everything that one ask's page counts, in six queries."""
    on = today()
    known = _load(actor, [ask.id])
    known.elected_on = elected_days(on).get(kind)
    before = _a_week_ago(actor, ask, known)
    members = [
        _member(row, known.position(ask.id, row[0]), before.position(ask.id, row[0]))
        for row in _sitting(kind, on)
    ]
    gone = [person_id for _ask, person_id in known.claims]
    return WhipBoard(ask, kind, members, _left_office(ask, gone, known, on), on)


def select_people(person_ids: Collection[UUID]) -> Select[Person]:
    """These people, to be paged by name."""
    return select(Person).where(Person.id.in_(person_ids))


def list_kinds() -> list[str]:
    """The kinds of parliamentary office that somebody holds today, in the order of ``CHAMBERS``."""
    offices = _offices(today())
    return [kind for kind in CHAMBERS if offices.get(kind)]


def _load(actor: Actor, ask_ids: Sequence[UUID]) -> _Known:
    claims: dict[tuple[UUID, UUID], list[Standing]] = defaultdict(list)
    for claim in load_claims(
        actor,
        PositionClaim.ask_id.in_(ask_ids),
        PositionClaim.is_suggestion.is_(False),
    ):
        claims[(claim.ask_id, claim.person_id)].append(claim)
    return _Known(claims, load_settlements(actor, DisputeResolution.ask_id.in_(ask_ids)))


def _a_week_ago(actor: Actor, ask: Ask, known: _Known) -> _Known:
    """What was known then, judged as of today: a position changes by what was learnt, not by time passing."""
    then: datetime = now() - WEEK
    claims = {
        key: [claim for claim in claims if claim.created_at <= then] for key, claims in known.claims.items()
    }
    settlements = load_settlements(actor, DisputeResolution.ask_id == ask.id, until=then)
    return _Known(claims, settlements, known.elected_on, known.on)


def _count(
    ask: Ask, positions: Mapping[UUID, CurrentPosition], sitting: set[UUID], in_any: set[UUID]
) -> WhipCount:
    states: Counter[str] = Counter()
    not_in_office = 0
    for person_id, current in positions.items():
        if person_id in sitting:
            states[current.state] += 1
        elif person_id not in in_any and current.newest is not None:
            not_in_office += 1
    states[str(Position.UNKNOWN)] += len(sitting) - states.total()
    counts = {position: states[str(position)] for position in Position}
    return WhipCount(ask, counts, states[DISPUTED], len(sitting), not_in_office)


def _offices(on: date) -> dict[str, set[UUID]]:
    """People in office by its kind; standing for one is not being in one."""
    rows = db.session.execute(
        select(OfficeHolding.kind, OfficeHolding.person_id).where(
            OfficeHolding.kind != OfficeKind.CANDIDATE, in_office(on)
        )
    )
    found: dict[str, set[UUID]] = defaultdict(set)
    for kind, person_id in rows:
        found[kind].add(person_id)
    return found


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


def _member(row: Sequence[Any], current: CurrentPosition, before: CurrentPosition) -> Member:
    values = [*row, current, before]
    return Member(*values)


def _left_office(
    ask: Ask, person_ids: Sequence[UUID], known: _Known, on: date
) -> list[tuple[UUID, str, CurrentPosition]]:
    """People with a position who hold no office today, by name."""
    holds = select(OfficeHolding.person_id).where(OfficeHolding.kind != OfficeKind.CANDIDATE, in_office(on))
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(person_ids), Person.id.not_in(holds))
        .order_by(Person.sort_key, Person.id)
    ).all()
    positions = [(person_id, name, known.position(ask.id, person_id)) for person_id, name in rows]
    return [one for one in positions if one[2].newest is not None]


def _group(members: Iterable[Member], key: Callable[[Member], tuple[str, str, str | None]]) -> list[Group]:
    counted: dict[tuple[str, str, str | None], Counter[str]] = defaultdict(Counter)
    for one in members:
        counted[key(one)][one.current.state] += 1
    return [Group(*about, counts) for about, counts in counted.items()]
