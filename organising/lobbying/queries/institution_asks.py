"""Where asks stand with institutions: the newest word on each, and where partners differ."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from organising.lobbying.ask_relevance import kinds_of, named_in
from organising.lobbying.models import AskStatus, Status
from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.few import count_found
from organising.representatives.models import Institution
from organising.representatives.queries.institutions import there_on

# Partners that differ on evidence so close together differ about the present.
SAME_TIME = timedelta(days=180)


@dataclass(frozen=True)
class AskStanding:
    """One ask at one institution. ``claims``: newest first. ``carried_from``: whose statuses went before, where nobody
    has said anything of this body yet. ``is_disputed``: partners' latest words within 180 days differ."""

    claims: tuple[AskStatus, ...] = ()
    carried_from: Institution | None = None

    @property
    def status(self) -> str:
        """What the newest claim says; open where there is none."""
        return self.claims[0].status if self.claims else Status.OPEN

    @property
    def latest(self) -> tuple[AskStatus, ...]:
        """Each partner's latest claim, newest first, no older than 180 days before the newest."""
        found: dict[UUID, AskStatus] = {}
        for claim in self.claims:
            if self.claims[0].held_on - claim.held_on <= SAME_TIME:
                found.setdefault(claim.organisation_id, claim)
        return tuple(found.values())

    @property
    def is_disputed(self) -> bool:
        """Whether those differ."""
        return len({claim.status for claim in self.latest}) > 1


NOTHING = AskStanding()


def list_standings(
    actor: Actor, *, ask_id: UUID | None = None, institution_id: UUID | None = None
) -> dict[tuple[UUID, UUID], AskStanding]:
    """By institution and ask, what is known; of one ask or one institution. Two statements at most."""
    statement = _claims(actor)
    before = select(Institution).where(Institution.successor_id.is_not(None))
    if ask_id is not None:
        statement = statement.where(AskStatus.ask_id == ask_id)
    if institution_id is not None:
        before = before.where(Institution.successor_id == institution_id)
        old = select(Institution.id).where(Institution.successor_id == institution_id)
        statement = statement.where(
            (AskStatus.institution_id == institution_id) | AskStatus.institution_id.in_(old)
        )
    gathered: dict[tuple[UUID, UUID], list[AskStatus]] = {}
    for claim in db.session.scalars(statement):
        gathered.setdefault((claim.institution_id, claim.ask_id), []).append(claim)
    found = {key: AskStanding(tuple(claims)) for key, claims in gathered.items()}
    for old_body in db.session.scalars(before):
        for body_id, about in gathered:
            assert old_body.successor_id is not None
            successor = (old_body.successor_id, about)
            if body_id == old_body.id and successor not in gathered:
                found[successor] = AskStanding(carried_from=old_body)
    return found


def select_asked(ask: Ask) -> Select[UUID]:
    """Ids of the bodies that are there today and of which this is asked."""
    return select(Institution.id).where(
        there_on(today()),
        Institution.kind.in_(kinds_of(ask)),
        Institution.name.icontains(named_in(ask), autoescape=True),
    )


def count_statuses(ask: Ask, standings: dict[tuple[UUID, UUID], AskStanding]) -> Counter[str]:
    """How many of the asked bodies stand at each status."""
    counts = Counter({Status.OPEN.value: _count_asked(ask)})
    for institution_id in _still_asked(ask, {body_id for body_id, _ask in standings}):
        counts[Status.OPEN.value] -= 1
        counts[str(standings[institution_id, ask.id].status)] += 1
    return counts


def _count_asked(ask: Ask) -> int:
    return count_found(select_asked(ask))


def _still_asked(ask: Ask, institution_ids: Collection[UUID]) -> Sequence[UUID]:
    return db.session.scalars(select_asked(ask).where(Institution.id.in_(institution_ids))).all()


def _claims(actor: Actor) -> Select[AskStatus]:
    return (
        select(AskStatus)
        .where(AskStatus.campaign_id == actor.campaign_id)
        .options(joinedload(AskStatus.organisation))
        .order_by(AskStatus.held_on.desc(), AskStatus.created_at.desc(), AskStatus.id)
    )
