"""What the blocks of a letter depend on, for each who gets it: party by the whip, position and promise on the ask."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from organising.lobbying.commitment_states import CommitmentState
from organising.lobbying.models import Commitment
from organising.lobbying.queries.commitments import stands
from organising.lobbying.queries.current import any_id, select_current
from organising.mailings.merge import (
    DELIVERED,
    POSITION,
    PROMISED,
    WHIP,
    YES,
    Condition,
    MergeText,
    Problem,
    Unparsable,
    parse,
)
from organising.mailings.models import Mailing
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.models import OfficeHolding, Party
from organising.representatives.parties import TAKES_WHIP_OF
from organising.representatives.queries import list_parties

Values = dict[str, str | None]


def conditions_of(mailing: Mailing) -> frozenset[Condition]:
    """What the blocks of a mailing's texts depend on; nothing while they can't be read."""
    try:
        return parse(mailing.subject).conditions | parse(mailing.body).conditions
    except Unparsable:
        return frozenset()


def read_conditions(mailing: Mailing, holdings: Sequence[OfficeHolding]) -> dict[UUID, Values]:
    """By person, the values that the mailing's blocks look at, and no others."""
    wanted = conditions_of(mailing)
    people = [holding.person_id for holding in holdings]
    found: dict[UUID, Values] = {one: {} for one in people}
    if Condition.PARTY in wanted:
        hosts = _hosts()
        for holding in holdings:
            party = holding.party
            found[holding.person_id][WHIP] = hosts.get(party.key, party.name) if party else None
    if Condition.POSITION in wanted:
        known = _positions(mailing, people)
        for one in people:
            found[one][POSITION] = known.get(one, "unknown")
    for condition, name, state in (
        (Condition.PROMISED, PROMISED, CommitmentState.PROMISED),
        (Condition.DELIVERED, DELIVERED, CommitmentState.DELIVERED),
    ):
        if condition in wanted:
            made = _promised(mailing, people, state)
            for one in people:
                found[one][name] = YES if one in made else None
    return found


def unknown_parties(text: MergeText) -> list[Problem]:
    """The blocks for a party that nobody in office belongs to, each with its place."""
    names = {party.name.casefold() for party, _number in list_parties(on=today())}
    asked = [block for block in text.blocks if block.condition is Condition.PARTY]
    return [
        Problem(block.line, block.column, f"nobody in office is of a party called “{block.value}”.")
        for block in asked
        if block.value.casefold() not in names
    ]


def _hosts() -> dict[str, str]:
    """By the key of a party whose members take another's whip, that other's name."""
    names = {
        party.key: party.name
        for party in db.session.scalars(select(Party).where(Party.key.in_(TAKES_WHIP_OF.values())))
    }
    return {guest: names[host] for guest, host in TAKES_WHIP_OF.items() if host in names}


def _asker(mailing: Mailing) -> Actor:
    return Actor.system(mailing.organisation_id, campaign_id=mailing.campaign_id)


def _positions(mailing: Mailing, people: Collection[UUID]) -> dict[UUID, str]:
    if mailing.ask_id is None:
        return {}
    current = select_current(_asker(mailing), [mailing.ask_id]).subquery("current")
    rows = db.session.execute(
        select(current.c.person_id, current.c.state).where(current.c.person_id == any_id(people))
    )
    return {row.person_id: row.state for row in rows}


def _promised(mailing: Mailing, people: Collection[UUID], state: CommitmentState) -> set[UUID]:
    if mailing.ask_id is None:
        return set()
    made = select(Commitment.person_id).where(
        stands(_asker(mailing)),
        Commitment.state == state,
        Commitment.ask_id == mailing.ask_id,
        Commitment.person_id == any_id(people),
    )
    return {one for one in db.session.scalars(made) if one is not None}
