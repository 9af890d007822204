"""The demo's approaches: invented members, reserved by several partners, at every stage of the way."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import select

from organising.lobbying.models import Approach
from organising.lobbying.services.approach_drafts import ApproachDraft
from organising.lobbying.services.approach_steps import take_step
from organising.lobbying.services.approaches import reserve_approach
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.permissions import Permission
from organising.platform.tenancy import Context, use_context

NAMESPACE = UUID("0c9be1a3-9f0e-4a55-8c6e-3f2f6c1d7b20")
# Channel, what for, first and last day from today, steps taken.
PLANS = (
    ("meeting", "Ask for a written question on the exemption", 2, 16, ("requested",)),
    ("visit", "Show them what a drop-in centre does on a Tuesday", 5, 19, ("requested", "scheduled")),
    ("call", "Ring the office about the round table", 0, 2, ("requested", "no_reply")),
    ("letter", "Thank them for signing, and ask for a word to the minister", 0, 12, ()),
)
REASON = "The demo shows a busy week"


def seed(actors: Mapping[str, Actor], members: Sequence[UUID]) -> None:
    """Reserve in these people's names, in sessions of its own, and commit. A second time changes nothing."""
    for place, name in enumerate(sorted(actors)):
        actor = actors[name]
        if not actor.can(Permission.APPROACHES_RESERVE):
            continue
        with use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session:
            _seed_one(actor, name, place, members)
            session.commit()


def _seed_one(actor: Actor, name: str, place: int, members: Sequence[UUID]) -> None:
    for number, (channel, purpose, first, last, steps) in enumerate(PLANS):
        key = uuid5(NAMESPACE, f"{name} {number}")
        if db.session.scalar(select(Approach.id).where(Approach.submission_key == key)):
            continue
        approach = reserve_approach(
            actor,
            ApproachDraft(
                channel=channel,
                starts_on=today() + timedelta(days=first),
                ends_on=today() + timedelta(days=last),
                purpose=purpose,
                submission_key=key,
                person_id=members[(place * len(PLANS) + number) % len(members)],
                owner_user_id=actor.user_id,
                due_on=today() + timedelta(days=1 + number),
                pressure_reason=REASON,
            ),
        ).approach
        for step in steps:
            day = approach.starts_on + timedelta(days=3) if step == "scheduled" else None
            take_step(actor, approach.id, step, scheduled_on=day)
