"""Who does what at an action: a colleague, or somebody by name."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from organising.actions.models import ActionAsk, ActionRole, BranchAction, Part
from organising.actions.names import person_key
from organising.actions.queries import list_possible_leads
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Invalid, NotFound
from organising.safeguards.storage import check_keeps_people

from .preparing import MOST_ROWS, take_to_prepare
from .rules import note

LONGEST = {"name": 120, "note": 300}


@dataclass(frozen=True)
class RoleDraft:
    """A task and who does it: ``user_id`` or ``name``. ``ask_id``: the ask that they raise there."""

    part: str
    user_id: UUID | None = None
    name: str = ""
    ask_id: UUID | None = None
    note: str = ""


def give_role(actor: Actor, action_id: UUID, draft: RoleDraft, *, at: datetime | None = None) -> ActionRole:
    """Have somebody do something there. A name is kept only where the organisation keeps people. Raises ``Invalid``."""
    action = take_to_prepare(actor, action_id).action
    _check(actor, action, draft)
    moment = at or now()
    role = ActionRole(
        id=new_id(),
        action_id=action.id,
        organisation_id=action.organisation_id,
        part=draft.part,
        user_id=draft.user_id,
        ask_id=draft.ask_id,
        created_at=moment,
    )
    if draft.user_id is None:
        role.name = draft.name.strip()
        role.person_key = person_key(action.organisation_id, draft.name)
    role.note = draft.note.strip() or None
    db.session.add(role)
    db.session.flush()
    note(actor, action, "prepared", moment, fields=["roles"])
    return role


def take_role(actor: Actor, action_id: UUID, role_id: UUID, *, at: datetime | None = None) -> None:
    """Have somebody no longer do it."""
    action = take_to_prepare(actor, action_id).action
    role = db.session.scalars(
        select(ActionRole).where(ActionRole.id == role_id, ActionRole.action_id == action.id)
    ).one_or_none()
    if role is None:
        raise NotFound
    db.session.delete(role)
    note(actor, action, "prepared", at or now(), fields=["roles"])


def _check(actor: Actor, action: BranchAction, draft: RoleDraft) -> None:
    if draft.part not in set(Part):
        raise Invalid("There is no such task.", part="Choose one of the tasks.")
    if (draft.user_id is None) == (not draft.name.strip()):
        raise Invalid("Who does it?", name="Choose a colleague or write a name, not both.")
    if draft.user_id is None:
        check_keeps_people(actor)
    elif draft.user_id not in {user.id for user in list_possible_leads(actor)} | {actor.user_id}:
        raise Invalid("That person is not a colleague.", user="Choose one of your colleagues.")
    for name, longest in LONGEST.items():
        if len(getattr(draft, name)) > longest:
            raise Invalid("That text is too long.", **{name: f"Use at most {longest} characters."})
    if draft.ask_id is not None and draft.ask_id not in set(
        db.session.scalars(select(ActionAsk.ask_id).where(ActionAsk.action_id == action.id))
    ):
        raise Invalid("That ask is not one of this action's.", ask="Choose one of this action's asks.")
    count = db.session.scalar(select(func.count(ActionRole.id)).where(ActionRole.action_id == action.id))
    if (count or 0) >= MOST_ROWS:
        raise Invalid("That is too many.", part=f"At most {MOST_ROWS} tasks.")
