"""Approaches to test with: drafts that are right until a test says otherwise."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from organising.lobbying.models import Approach
from organising.lobbying.services.approach_drafts import ApproachDraft
from organising.lobbying.services.approaches import reserve_approach
from organising.platform.clock import today
from organising.platform.db import db


def approach_draft(person: UUID | None, /, **changes) -> ApproachDraft:
    """A meeting within the next fortnight, nobody named yet."""
    made = ApproachDraft(
        channel="meeting",
        starts_on=today(),
        ends_on=today() + timedelta(days=13),
        purpose="Ask for a written question on the exemption",
        submission_key=uuid4(),
        person_id=person,
        due_on=today() + timedelta(days=7),
    )
    return replace(made, **changes)


def slug_of(world, actor) -> str:
    """The slug of the organisation that this person acts for."""
    return next(slug for slug, one in world.organisations.items() if one == actor.organisation_id)


def reserve(world, actor, person: UUID, **changes) -> UUID:
    """Reserve as this person, and commit; answers the approach's id."""
    with world.context(slug_of(world, actor), actor):
        draft = approach_draft(person, **({"owner_user_id": actor.user_id} | changes))
        approach_id = reserve_approach(actor, draft).approach.id
        db.session.commit()
    return approach_id


def turn_back(databases, environment, approach_id: UUID, days: int) -> None:
    """Let an approach's days have been so many days earlier."""
    from sqlalchemy import text

    from organising.platform.migrations import maintenance

    with maintenance(databases.owner_of(environment["DATABASE_URL"])) as connection:
        connection.execute(
            text(
                "UPDATE approach SET starts_on = starts_on - :days, ends_on = ends_on - :days, "
                "due_on = due_on - :days WHERE id = :id"
            ),
            {"days": days, "id": approach_id},
        )
        connection.commit()


def row_of(world, actor, approach_id: UUID) -> Approach:
    """The approach as this person sees it."""
    with world.context(slug_of(world, actor), actor) as session:
        found = session.get_one(Approach, approach_id)
        session.expunge(found)
        return found
