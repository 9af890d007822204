"""The demo's allocation: who leads on which invented member, and two segments."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from organising.lobbying.models import Target
from organising.lobbying.queries.grid import TargetCriteria
from organising.lobbying.services.allocation import Choice, Wanted, plan_change
from organising.lobbying.services.segments import save_segment
from organising.lobbying.services.targets import allocate, ask_to_lead
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.permissions import Permission
from organising.platform.tenancy import Context, use_context

# From and up to which member in the order of their invention; priority and tactic.
LOTS = (
    (0, 14, "A", "champion"),
    (14, 30, "B", "persuade"),
    (30, 40, "C", "maintain"),
    (40, 46, "C", "not_now"),
)
SEGMENTS = (
    ("Nobody leads yet", TargetCriteria(lead="none")),
    ("To persuade next", TargetCriteria(priority="B", tactic="persuade")),
)
ASKED_FOR = 60


def seed(actors: Mapping[str, Actor], members: Sequence[UUID]) -> int:
    """Give out targets in the coordinator's name; answers how many. A second time changes nothing.

    ``actors``: any names to people. ``members``: sitting members. Sessions of its own, committed.
    """
    coordinator = next((one for one in actors.values() if one.can(Permission.TARGETS_EDIT)), None)
    if coordinator is None:
        return 0
    with _speaking_for(coordinator) as session:
        if db.session.scalar(select(Target.id).limit(1)):
            return 0
        partners = sorted({one.organisation_id for one in actors.values()})
        given = sum(_give(coordinator, lot, partners, members) for lot in LOTS)
        for name, criteria in SEGMENTS:
            save_segment(coordinator, name, criteria)
        session.commit()
    asker = next((one for one in actors.values() if _may_ask(one, coordinator)), None)
    if asker is not None and len(members) > ASKED_FOR:
        with _speaking_for(asker) as session:
            ask_to_lead(asker, members[ASKED_FOR], None)
            session.commit()
    return given


def _give(
    coordinator: Actor, lot: tuple[int, int, str, str], partners: Sequence[UUID], members: Sequence[UUID]
) -> int:
    first, last, priority, tactic = lot
    for place, partner in enumerate(partners):
        chosen = Choice(tuple(members[first:last][place :: len(partners)]))
        helper = partners[(place + 1) % len(partners)]
        wanted = Wanted(
            lead=partner,
            priority=priority,
            tactic=tactic,
            supporters_do="set" if priority == "A" else "",
            supporter_ids=frozenset({helper}) - {partner},
        )
        if chosen.person_ids:
            allocate(coordinator, chosen, wanted, seen=plan_change(coordinator, chosen, wanted).seen)
    return len(members[first:last])


def _may_ask(actor: Actor, coordinator: Actor) -> bool:
    return actor.can(Permission.TARGETS_EDIT_LED) and actor.organisation_id != coordinator.organisation_id


def _speaking_for(actor: Actor) -> AbstractContextManager[Session]:
    return use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id))
