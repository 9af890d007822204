"""Where people stand: derived from claims, never stored, so that a rule written here is the rule everywhere.

docs/positions.md says the same rules to those who use the product.
For counts, lists and filters :mod:`queries.current` has PostgreSQL apply them; a test holds the two to each other.

1. An organisation's *standing* claim on a person and an ask is its latest by the day it was held, then by the
   moment it was written. Claims of a withdrawn engagement, and branch officers' suggestions, are left out.
2. A standing ``unknown`` takes back that organisation's own earlier claim and says nothing else.
3. The current position is the standing claim with the newest evidence over all partners. Of one day, the stronger
   basis counts (``STRENGTH``), then the surer claim, then the one written last.
4. It is *disputed* where standing claims held within the last 180 days fall on different sides: champion to
   leaning towards support on one, leaning against to opposed on the other. Undecided is on neither.
5. A dispute that was settled has the position of its settlement, until a partner's newer claim on another side
   ends it. Newer claims on the same side say how far.
6. Evidence older than 12 months (24 for a vote or a signed motion) is *ageing*. A position whose evidence is from
   before the member's present parliament is *carried over*. Both still count, and say so.
7. No claim is ``unknown``. A missing signature or vote is no claim, so it is never opposition.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from organising.lobbying.models import Basis, Confidence, Position
from organising.organisations.models import Ask

RECENT = timedelta(days=180)
AGEING = timedelta(days=365)
AGEING_RECORD = timedelta(days=730)
FOR = frozenset({Position.CHAMPION, Position.SUPPORTER, Position.LEANING_SUPPORT})
AGAINST = frozenset({Position.LEANING_OPPOSE, Position.OPPOSED})
# What a member did outweighs what they said, said in public what they said to us, and all of it hearsay.
STRENGTH: Final = {
    name: place
    for place, name in enumerate(
        (Basis.THIRD_PARTY, Basis.MEETING, Basis.LETTER, Basis.PUBLIC_STATEMENT, Basis.EDM, Basis.VOTE)
    )
}
SURENESS: Final = {
    name: place for place, name in enumerate((Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH))
}
RECORDED = frozenset({Basis.EDM, Basis.VOTE})
DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim as it counts: whose, about whom, what, on which basis and how old."""

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

    def is_recent(self, on: date) -> bool:
        """Whether the evidence is within the window in which partners can dispute each other."""
        return on - self.held_on <= RECENT

    def is_ageing(self, on: date) -> bool:
        """Whether the evidence is so old that it wants looking at again."""
        return on - self.held_on > (AGEING_RECORD if self.basis in RECORDED else AGEING)

    def is_carried_over(self, elected_on: date | None) -> bool:
        """Whether the evidence is from before the parliament that was elected on this day."""
        return elected_on is not None and self.held_on < elected_on


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a dispute was settled: by whom, for which organisation, when and why."""

    position: Position
    reason: str
    resolver: str
    organisation_name: str
    settled_at: datetime
    claim_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class CurrentPosition:
    """The position, the claim it comes from, and one standing claim per organisation, newest first.

    ``settlement``: where the position is what a resolver said. ``carried_over``: ``newest`` is from before the
    present parliament.
    """

    position: Position
    disputed: bool
    newest: Standing | None
    standing: tuple[Standing, ...] = ()
    settlement: Settlement | None = None
    carried_over: bool = False

    @property
    def state(self) -> str:
        """The position, or ``disputed``."""
        return DISPUTED if self.disputed else str(self.position)

    def is_ageing(self, on: date) -> bool:
        """Whether the evidence that decides it is ageing."""
        return self.newest is not None and self.newest.is_ageing(on)


@dataclass(frozen=True)
class Resolver:
    """The organisation named to settle a dispute."""

    organisation_id: UUID
    name: str


@dataclass(frozen=True)
class AskPosition:
    """Where one person stands on one ask, what branch officers suggest, and who is named to settle it."""

    ask: Ask
    current: CurrentPosition
    suggestions: tuple[Standing, ...]
    resolver: Resolver | None = None


def side_of(position: str) -> int:
    """1 for, -1 against, 0 on neither side."""
    return 1 if position in FOR else -1 if position in AGAINST else 0


def derive_position(
    claims: Iterable[Standing],
    on: date,
    *,
    settlement: Settlement | None = None,
    elected_on: date | None = None,
) -> CurrentPosition:
    """The current position of one person on one ask by the rules of this module; ``claims`` in any order.

    ``settlement``: the latest there is. ``elected_on``: when their present parliament was elected.
    """
    standing = _standing(claims)
    if not standing:
        return CurrentPosition(Position.UNKNOWN, False, None)
    if settlement is not None:
        since = [claim for claim in standing if claim.created_at > settlement.settled_at]
        if all(side_of(claim.position) == side_of(settlement.position) for claim in since):
            newest = since[0] if since else standing[0]
            position = since[0].position if since else settlement.position
            carried = newest.is_carried_over(elected_on)
            return CurrentPosition(position, False, newest, standing, settlement, carried)
    sides = {side_of(claim.position) for claim in standing if claim.is_recent(on)} - {0}
    newest = standing[0]
    return CurrentPosition(
        newest.position, len(sides) > 1, newest, standing, carried_over=newest.is_carried_over(elected_on)
    )


def open_suggestions(claims: Iterable[Standing]) -> tuple[Standing, ...]:
    """Suggestions that no claim of the same organisation has followed, newest first."""
    known = list(claims)
    followed: dict[UUID, datetime] = {}
    for claim in known:
        if not claim.is_suggestion:
            at = followed.get(claim.organisation_id, claim.created_at)
            followed[claim.organisation_id] = max(at, claim.created_at)
    waiting = [
        claim
        for claim in known
        if claim.is_suggestion
        and (claim.organisation_id not in followed or claim.created_at > followed[claim.organisation_id])
    ]
    return tuple(sorted(waiting, key=lambda one: one.created_at, reverse=True))


def _standing(claims: Iterable[Standing]) -> tuple[Standing, ...]:
    latest: dict[UUID, Standing] = {}
    for claim in claims:
        if claim.is_suggestion:
            continue
        known = latest.get(claim.organisation_id)
        if known is None or _lateness(claim) > _lateness(known):
            latest[claim.organisation_id] = claim
    kept = [claim for claim in latest.values() if claim.position != Position.UNKNOWN]
    kept.sort(key=_weight, reverse=True)
    return tuple(kept)


def _lateness(claim: Standing) -> tuple[date, datetime, UUID]:
    """Claims of one moment, as one transaction writes, stand in the order of their ids: any order, but always the same."""
    return (claim.held_on, claim.created_at, claim.claim_id)


def _weight(claim: Standing) -> tuple[date, int, int, datetime, UUID]:
    return (
        claim.held_on,
        STRENGTH[Basis(claim.basis)],
        SURENESS[Confidence(claim.confidence)],
        claim.created_at,
        claim.claim_id,
    )
