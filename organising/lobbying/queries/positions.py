"""Where people stand: derived from claims, never stored, so that a rule written here is the rule everywhere.

1. An organisation's *standing* claim on a person and an ask is its latest by the day it was held, then by the
   moment it was written. Claims of a withdrawn engagement, and branch officers' suggestions, are left out.
2. A standing ``unknown`` takes back that organisation's own earlier claim and says nothing else.
3. The current position is the newest standing claim over all partners.
4. It is *disputed* where standing claims held within the last 180 days fall on different sides: champion to
   leaning towards support on one, leaning against to opposed on the other. Undecided is on neither.
5. No claim is ``unknown``. A missing signature or vote is no claim, so it is never opposition.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, desc, exists, or_, select

from organising.lobbying.models import Engagement, Position, PositionClaim
from organising.organisations.models import Ask, Organisation
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.models import OfficeHolding
from organising.representatives.queries import in_office

RECENT = timedelta(days=180)
FOR = frozenset({Position.CHAMPION, Position.SUPPORTER, Position.LEANING_SUPPORT})
AGAINST = frozenset({Position.LEANING_OPPOSE, Position.OPPOSED})


@dataclass(frozen=True)
class Standing:
    """A claim as it counts: whose, what, on which basis and how old."""

    claim_id: UUID
    person_id: UUID
    ask_id: UUID
    organisation_id: UUID
    organisation_name: str
    author_label: str
    position: Position
    confidence: str
    basis: str
    evidence_url: str | None
    held_on: date
    created_at: datetime
    is_suggestion: bool = False

    def age_in_days(self, on: date) -> int:
        """Whole days since the evidence."""
        return (on - self.held_on).days

    def is_old(self, on: date) -> bool:
        """Whether the evidence is older than the window in which partners can dispute each other."""
        return on - self.held_on > RECENT


@dataclass(frozen=True)
class CurrentPosition:
    """The position, the claim it comes from, and one standing claim per organisation, newest first."""

    position: Position
    disputed: bool
    newest: Standing | None
    standing: tuple[Standing, ...] = ()


@dataclass(frozen=True)
class AskPosition:
    """Where one person stands on one ask, and what branch officers suggest."""

    ask: Ask
    current: CurrentPosition
    suggestions: tuple[Standing, ...]


@dataclass(frozen=True)
class WhipCount:
    """Members in office by position, the disputed apart; ``not_in_office`` counts the others with a claim."""

    ask: Ask
    counts: Mapping[Position, int]
    disputed: int
    total: int
    not_in_office: int

    @property
    def for_the_ask(self) -> int:
        return sum(self.counts[position] for position in FOR)


def side_of(position: str) -> int:
    """1 for, -1 against, 0 on neither side."""
    return 1 if position in FOR else -1 if position in AGAINST else 0


def derive_position(claims: Iterable[Standing], on: date) -> CurrentPosition:
    """The current position of one person on one ask by the rules of this module; ``claims`` in any order."""
    latest: dict[UUID, Standing] = {}
    for claim in sorted(claims, key=lambda one: (one.held_on, one.created_at)):
        if not claim.is_suggestion:
            latest[claim.organisation_id] = claim
    standing = sorted(
        (claim for claim in latest.values() if claim.position != Position.UNKNOWN),
        key=lambda one: (one.held_on, one.created_at),
        reverse=True,
    )
    if not standing:
        return CurrentPosition(Position.UNKNOWN, False, None)
    sides = {side_of(claim.position) for claim in standing if not claim.is_old(on)} - {0}
    return CurrentPosition(standing[0].position, len(sides) > 1, standing[0], tuple(standing))


def list_positions(actor: Actor, person_id: UUID) -> list[AskPosition]:
    """Every open ask of the campaign and every closed one with a claim, in the campaign's order."""
    asks = db.session.scalars(
        select(Ask).where(Ask.campaign_id == actor.campaign_id).order_by(Ask.place)
    ).all()
    by_ask = defaultdict(list)
    for claim in _load(actor, PositionClaim.person_id == person_id):
        by_ask[claim.ask_id].append(claim)
    on = today()
    return [
        AskPosition(ask, derive_position(by_ask[ask.id], on), _open_suggestions(by_ask[ask.id]))
        for ask in asks
        if ask.is_open or by_ask[ask.id]
    ]


def count_whip(actor: Actor, ask: Ask, *, kind: str = "mp") -> WhipCount:
    """Count the members of one kind in office today by their current position on an ask."""
    on = today()
    by_person: dict[UUID, list[Standing]] = defaultdict(list)
    for claim in _load(actor, PositionClaim.ask_id == ask.id):
        by_person[claim.person_id].append(claim)
    holding = select(OfficeHolding.person_id).where(OfficeHolding.kind == kind, in_office(on))
    sitting = set(db.session.scalars(holding.distinct()))
    counts = dict.fromkeys(Position, 0)
    disputed = 0
    for person_id in sitting & by_person.keys():
        current = derive_position(by_person[person_id], on)
        disputed += current.disputed
        if not current.disputed:
            counts[current.position] += 1
    counts[Position.UNKNOWN] = (
        len(sitting) - disputed - sum(n for position, n in counts.items() if position != Position.UNKNOWN)
    )
    return WhipCount(ask, counts, disputed, len(sitting), len(by_person.keys() - sitting))


def _open_suggestions(claims: Sequence[Standing]) -> tuple[Standing, ...]:
    """Suggestions that no claim of the same organisation has followed, newest first."""
    followed: dict[UUID, datetime] = {}
    for claim in claims:
        if not claim.is_suggestion:
            at = followed.get(claim.organisation_id, claim.created_at)
            followed[claim.organisation_id] = max(at, claim.created_at)
    waiting = [
        claim
        for claim in claims
        if claim.is_suggestion
        and (claim.organisation_id not in followed or claim.created_at > followed[claim.organisation_id])
    ]
    return tuple(sorted(waiting, key=lambda one: one.created_at, reverse=True))


def _load(actor: Actor, condition: ColumnElement[bool]) -> list[Standing]:
    stands = exists().where(Engagement.id == PositionClaim.engagement_id, Engagement.withdrawn_at.is_(None))
    rows = db.session.execute(
        select(PositionClaim, Organisation.short_name)
        .join(Organisation, Organisation.id == PositionClaim.organisation_id)
        .where(
            condition,
            PositionClaim.campaign_id == actor.campaign_id,
            or_(PositionClaim.engagement_id.is_(None), stands),
        )
        .order_by(desc(PositionClaim.held_on), desc(PositionClaim.created_at))
    )
    return [_standing(claim, name) for claim, name in rows]


def _standing(claim: PositionClaim, organisation_name: str) -> Standing:
    return Standing(
        claim_id=claim.id,
        person_id=claim.person_id,
        ask_id=claim.ask_id,
        organisation_id=claim.organisation_id,
        organisation_name=organisation_name,
        author_label=claim.author_label,
        position=Position(claim.position),
        confidence=claim.confidence,
        basis=claim.basis,
        evidence_url=claim.evidence_url,
        held_on=claim.held_on,
        created_at=claim.created_at,
        is_suggestion=claim.is_suggestion,
    )
