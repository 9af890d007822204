"""The lobbying pages' forms, filled in."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from organising.lobbying.models import Approach
from organising.platform.clock import today
from tests.support.world import World


def contact_form(**changes: str) -> dict[str, str]:
    """The form that logs a contact; its subject is for the test to name."""
    return {
        "submission_key": str(uuid4()), "member": "", "kind": "surgery", "happened_on": today().isoformat(),
        "attended_by": "member", "headline": "Will ask a written question", "note": "Nervous about the whips.",
        "due_on": today().isoformat(),
    } | changes  # fmt: skip


def approach_form(person_id: UUID, **changes: str) -> dict[str, str]:
    """The form that reserves an approach to this person, for ten days from today."""
    form = {
        "submission_key": str(uuid4()),
        "person": str(person_id),
        "channel": "meeting",
        "starts_on": today().isoformat(),
        "ends_on": (today() + timedelta(days=9)).isoformat(),
        "purpose": "Ask for a written question on the exemption",
        "due_on": (today() + timedelta(days=3)).isoformat(),
    }
    return form | changes


def count_approaches(world: World, slug: str = "liberty") -> int:
    """How many approaches this partner sees."""
    with world.context(slug) as session:
        return session.scalar(select(func.count()).select_from(Approach)) or 0
