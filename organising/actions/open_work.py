"""Actions as open work of a unit: shown to whoever closes it, and handed over with an office."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select

from organising.actions.models import ActionDetail, BranchAction
from organising.actions.services.rules import note
from organising.actions.states import HAPPENED, State
from organising.actions.words import kind_words
from organising.organisations.open_work import OpenItem, OpenWork, register_open_work
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.many import among
from organising.platform.ui import link

OVER = (*HAPPENED, State.CANCELLED)


def list_open(actor: Actor, unit_ids: Collection[UUID]) -> Sequence[OpenItem]:
    """Actions that are neither reported nor called off."""
    rows = db.session.execute(_open(actor).where(among(ActionDetail.unit_id, unit_ids)))
    return [
        OpenItem(
            f"{kind_words(action.kind)}: {action.title}",
            link("actions.show", action_id=action.id) or "",
            action.starts_at,
            detail.lead_user_id,
        )
        for action, detail in rows
    ]


def move(actor: Actor, unit_id: UUID, leaver: UUID, successor: UUID) -> int:
    """Give what one officer leads in a unit to their successor, each with a line in its history."""
    theirs = _open(actor).where(ActionDetail.unit_id == unit_id, ActionDetail.lead_user_id == leaver)
    rows = db.session.execute(theirs.with_for_update(of=ActionDetail)).all()
    for action, detail in rows:
        detail.lead_user_id = successor
        note(actor, action, "edited", now(), fields=["lead"])
    return len(rows)


def _open(actor: Actor) -> Select[BranchAction, ActionDetail]:
    return (
        select(BranchAction, ActionDetail)
        .join(ActionDetail, ActionDetail.action_id == BranchAction.id)
        .where(
            BranchAction.organisation_id == actor.organisation_id,
            BranchAction.state.not_in([str(state) for state in OVER]),
        )
        .order_by(BranchAction.starts_at)
    )


register_open_work(OpenWork("actions", list_open, move))
