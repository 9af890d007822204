"""Actions for tests: plans as services and forms take them, made, moved, read and approved."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from organising.actions import services
from organising.actions.models import BranchAction
from organising.actions.services import Plan
from organising.platform.clock import LONDON, now, today


def a_plan(**changes) -> Plan:
    start = datetime.combine(today() + timedelta(days=3), datetime.min.time(), LONDON) + timedelta(hours=11)
    values = {
        "kind": "stall",
        "title": "Stall outside the library",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "area": "Alderwick",
        "venue": "12 Secret Passage",
        "notes": "Ask Rosa for the table",
    }
    return Plan(**values | changes)


def a_past(**changes) -> Plan:
    start = now() - timedelta(days=1)
    return a_plan(starts_at=start, ends_at=start + timedelta(hours=2), **changes)


def planned(world, actor, slug="neu", *, submit=True, **changes) -> UUID:
    """An action made through the services, sent in unless told otherwise."""
    with world.context(slug, actor) as session:
        action = services.plan_action(actor, a_plan(**changes))
        if submit:
            services.submit_action(actor, action.id, action.version)
        action_id = action.id
        session.commit()
    return action_id


def happened(world, actor, action_id, slug="neu") -> None:
    """Move the action's time to yesterday."""
    with world.context(slug, actor) as session:
        action = session.get_one(BranchAction, action_id)
        action.starts_at -= timedelta(days=4)
        action.ends_at -= timedelta(days=4)
        session.commit()


def state_of(world, action_id, slug="neu") -> str:
    with world.context(slug) as session:
        return session.get_one(BranchAction, action_id).state


def version_of(page: str) -> str:
    return re.search(r'name="version" (?:type="hidden" )?value="(\d+)"', page).group(1)


def plan_fields(**changes) -> dict[str, str]:
    fields = {
        "kind": "stall",
        "title": "Stall at the market",
        "day": (today() + timedelta(days=2)).isoformat(),
        "starts": "11:00",
        "ends": "13:00",
        "area": "Alderwick",
        "venue": "12 Secret Passage",
        "notes": "Bring the banner",
    }
    return fields | changes


def rows_of(world, model, action_id, slug="neu"):
    with world.context(slug) as session:
        found = session.scalars(select(model).where(model.action_id == action_id)).all()
        session.expunge_all()
        return found


def a_meeting(world, officer, **changes) -> UUID:
    return planned(world, officer, kind="public_meeting", title="Open meeting", is_public=True, **changes)


def approve(world, admin, action_id):
    page = world.browser(admin).get(f"/actions/{action_id}").text
    return world.browser(admin).post(f"/actions/{action_id}/approval", data={"version": version_of(page)})
