"""Promises that are right until a test says otherwise."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from organising.lobbying.services.commitment_steps import EvidenceDraft
from organising.lobbying.services.commitments import CommitmentDraft, add_commitment
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Area
from tests.unit.lobbying.seeds import seed_members


def promise(**changes) -> CommitmentDraft:
    """A visit, promised three weeks ago and due yesterday."""
    made = CommitmentDraft(
        kind="visit_service",
        words="Will visit the clinic",
        said_on=today() - timedelta(days=21),
        due_on=today() - timedelta(days=1),
    )
    return replace(made, **changes)


def evidence(**changes) -> EvidenceDraft:
    """A link to the record, from yesterday."""
    made = EvidenceDraft(
        "parliament_record", "https://hansard.example.org/1", seen_on=today() - timedelta(days=1)
    )
    return replace(made, **changes)


def seed_two_nations(world):
    """The members of :func:`seed_members`, those of North Vale in Cambria and the others in Albion."""
    found = seed_members(world)
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        for area in session.scalars(select(Area)):
            area.country = "Cambria" if area.region == "North Vale" else "Albion"
        session.commit()
    return found


def slug_of(actor) -> str:
    """The world's name of this actor's organisation."""
    return actor.organisation_name.lower()


def add(world, actor, person_id, **changes):
    """Write a promise down as this person; answers its id."""
    with world.context(slug_of(actor), actor):
        commitment_id = add_commitment(actor, promise(**changes), person_id=person_id).id
        db.session.commit()
    return commitment_id
