"""Parliamentary acts beside the campaign: which ask an item concerns, and which promise an act may have kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from organising.lobbying.commitment_states import OPEN
from organising.lobbying.models import ActDecision, AskItem, Commitment, CommitmentKind, Stance
from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.representatives.models import ParliamentaryAct, ParliamentaryItem, Part, Person

SIGNED = (Part.SPONSOR, Part.SIGNATURE)
AYES, NOES = (Part.AYE, Part.TELLER_AYE), (Part.NO, Part.TELLER_NO)
# Which part in an item keeps which kind of promise. A speech or an oral question is in no list that is published so.
KEPT_BY: dict[CommitmentKind, tuple[Part, ...]] = {
    CommitmentKind.SIGN_EDM: SIGNED,
    CommitmentKind.TABLE_EDM: (Part.SPONSOR,),
    CommitmentKind.WRITTEN_QUESTION: (Part.ASKED,),
}
MOST_PROPOSED = 100


@dataclass(frozen=True)
class Proposal:
    """An open promise beside an act that may have settled it. ``keeps`` False: the recorded vote went the other way."""

    commitment: Commitment
    act: ParliamentaryAct
    tie: AskItem

    @property
    def keeps(self) -> bool:
        return self.commitment.kind != CommitmentKind.VOTE or keeps(self.act.part, self.tie.stance)


@dataclass(frozen=True)
class ItemFilters:
    """``tied``: ``yes``, ``no`` or ``""`` for all. ``text``: words of the title."""

    kind: str = ""
    tied: str = ""
    ask_id: UUID | None = None
    text: str = ""


def keeps(part: str, stance: str) -> bool:
    """Whether a vote of this part is a vote for the ask."""
    return part in (AYES if stance == Stance.FOR else NOES)


def select_items(actor: Actor, filters: ItemFilters) -> Select[ParliamentaryItem]:
    """Motions, divisions and questions that the filters leave."""
    statement = select(ParliamentaryItem)
    tie = exists().where(AskItem.item_id == ParliamentaryItem.id, AskItem.campaign_id == actor.campaign_id)
    if filters.kind:
        statement = statement.where(ParliamentaryItem.kind == filters.kind)
    if filters.tied == "yes":
        statement = statement.where(tie)
    elif filters.tied == "no":
        statement = statement.where(~tie)
    if filters.ask_id:
        statement = statement.where(tie.where(AskItem.ask_id == filters.ask_id))
    if filters.text:
        statement = statement.where(ParliamentaryItem.title.icontains(filters.text, autoescape=True))
    return statement


def get_item(item_id: UUID) -> ParliamentaryItem:
    """One motion, division or question. Raises NotFound."""
    return get_or_404(ParliamentaryItem, item_id)


def list_ties(actor: Actor, item_ids: Iterable[UUID]) -> dict[UUID, list[AskItem]]:
    """By item, the asks that it concerns."""
    found = db.session.scalars(
        select(AskItem)
        .join(Ask, Ask.id == AskItem.ask_id)
        .where(AskItem.item_id.in_(list(item_ids)), AskItem.campaign_id == actor.campaign_id)
        .options(joinedload(AskItem.ask), joinedload(AskItem.organisation))
        .order_by(Ask.place)
    )
    ties: dict[UUID, list[AskItem]] = {}
    for one in found:
        ties.setdefault(one.item_id, []).append(one)
    return ties


def select_item_acts(item_id: UUID, part: str = "") -> Select[ParliamentaryAct]:
    """Who took part in an item, to be paged by name."""
    statement = (
        select(ParliamentaryAct)
        .join(Person, Person.id == ParliamentaryAct.person_id)
        .where(ParliamentaryAct.item_id == item_id)
        .options(joinedload(ParliamentaryAct.person))
    )
    return statement.where(ParliamentaryAct.part == part) if part else statement


def count_parts(item_id: UUID) -> dict[str, int]:
    """How many known members took which part."""
    rows = db.session.execute(
        select(ParliamentaryAct.part, func.count())
        .where(ParliamentaryAct.item_id == item_id, ParliamentaryAct.withdrawn_on.is_(None))
        .group_by(ParliamentaryAct.part)
    )
    return dict(rows.all())


def list_acts_with_ties(
    actor: Actor, person_id: UUID, *, limit: int = 20
) -> tuple[list[ParliamentaryAct], dict[UUID, list[AskItem]]]:
    """What one member did in Parliament, the latest first, and by item the asks that it concerns: one statement."""
    latest = (
        select(ParliamentaryAct.id)
        .where(ParliamentaryAct.person_id == person_id)
        .order_by(ParliamentaryAct.happened_on.desc(), ParliamentaryAct.id)
        .limit(limit)
    )
    rows = db.session.execute(
        select(ParliamentaryAct, AskItem)
        .outerjoin(
            AskItem,
            and_(AskItem.item_id == ParliamentaryAct.item_id, AskItem.campaign_id == actor.campaign_id),
        )
        .outerjoin(Ask, Ask.id == AskItem.ask_id)
        .where(ParliamentaryAct.id.in_(latest))
        .options(joinedload(ParliamentaryAct.item), contains_eager(AskItem.ask))
        .order_by(ParliamentaryAct.happened_on.desc(), ParliamentaryAct.id, Ask.place)
    )
    acts: dict[UUID, ParliamentaryAct] = {}
    ties: dict[UUID, dict[UUID, AskItem]] = {}
    for act, tie in rows:
        acts[act.id] = act
        if tie is not None:
            # Somebody may have taken more than one part in an item.
            ties.setdefault(act.item_id, {})[tie.id] = tie
    return list(acts.values()), {item_id: list(found.values()) for item_id, found in ties.items()}


def list_proposals(
    actor: Actor, *, person_id: UUID | None = None, limit: int = MOST_PROPOSED
) -> list[Proposal]:
    """Open promises of the own organisation beside acts done since that concern the same ask; undecided ones."""
    statement = (
        _proposed(actor)
        .order_by(ParliamentaryAct.happened_on.desc(), ParliamentaryAct.id, Commitment.id)
        .limit(limit)
    )
    if person_id is not None:
        statement = statement.where(Commitment.person_id == person_id)
    return [Proposal(*row) for row in db.session.execute(statement)]


def count_proposals(actor: Actor) -> int:
    """How many matches wait for an answer of the own organisation."""
    counted = select(func.count()).select_from(_proposed(actor).with_only_columns(Commitment.id).subquery())
    return db.session.scalar(counted) or 0


def find_proposal(actor: Actor, commitment_id: UUID, act_id: UUID) -> Proposal | None:
    """One match that waits for an answer, if it does."""
    row = db.session.execute(
        _proposed(actor).where(Commitment.id == commitment_id, ParliamentaryAct.id == act_id).limit(1)
    ).first()
    return Proposal(*row) if row else None


def find_decision(commitment_id: UUID, act_id: UUID) -> ActDecision | None:
    """What somebody answered about a match."""
    return db.session.scalar(
        select(ActDecision).where(ActDecision.commitment_id == commitment_id, ActDecision.act_id == act_id)
    )


def _proposed(actor: Actor) -> Select[Commitment, ParliamentaryAct, AskItem]:
    decided = exists().where(
        ActDecision.commitment_id == Commitment.id, ActDecision.act_id == ParliamentaryAct.id
    )
    return (
        select(Commitment, ParliamentaryAct, AskItem)
        .join(ParliamentaryAct, ParliamentaryAct.person_id == Commitment.person_id)
        .join(AskItem, and_(AskItem.item_id == ParliamentaryAct.item_id, AskItem.ask_id == Commitment.ask_id))
        .where(
            Commitment.organisation_id == actor.organisation_id,
            Commitment.campaign_id == actor.campaign_id,
            AskItem.campaign_id == actor.campaign_id,
            Commitment.state.in_(OPEN),
            ParliamentaryAct.happened_on >= Commitment.asked_on,
            ParliamentaryAct.withdrawn_on.is_(None),
            _fits(),
            ~decided,
        )
        .options(
            joinedload(Commitment.person),
            joinedload(Commitment.ask),
            joinedload(ParliamentaryAct.item),
        )
    )


def _fits() -> ColumnElement[bool]:
    kinds = [
        and_(Commitment.kind == kind, ParliamentaryAct.part.in_(parts), AskItem.stance == Stance.FOR)
        for kind, parts in KEPT_BY.items()
    ]
    # A recorded vote is proposed whichever way it went; a missing one never is.
    voted = and_(Commitment.kind == CommitmentKind.VOTE, ParliamentaryAct.part.in_((*AYES, *NOES)))
    return or_(*kinds, voted)
