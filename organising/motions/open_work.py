"""Motions as open work of a unit: shown to whoever closes it, and handed over with an office."""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import Select, select

from organising.motions.models import Motion, MotionDetail
from organising.motions.services.rules import Taken, note
from organising.motions.states import EDITABLE, Standing
from organising.motions.words import forum_words
from organising.organisations.open_work import OpenItem, OpenWork, register_open_work
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.db import db
from organising.platform.many import among
from organising.platform.ui import link


def list_open(actor: Actor, unit_ids: Collection[UUID]) -> Sequence[OpenItem]:
    """Motions of which nobody knows yet what becomes of them."""
    rows = db.session.execute(_open(actor).where(among(MotionDetail.unit_id, unit_ids)))
    return [
        OpenItem(
            f"{forum_words(motion.forum)}: {motion.body}",
            link("motions.show", motion_id=motion.id) or "",
            datetime.combine(motion.day, time.min, LONDON),
            detail.lead_user_id,
        )
        for motion, detail in rows
    ]


def move(actor: Actor, unit_id: UUID, leaver: UUID, successor: UUID) -> int:
    """Give what one officer looks after in a unit to their successor, each with a line in its history."""
    theirs = _open(actor).where(MotionDetail.unit_id == unit_id, MotionDetail.lead_user_id == leaver)
    rows = db.session.execute(theirs.with_for_update(of=MotionDetail)).all()
    for motion, detail in rows:
        detail.lead_user_id = successor
        taken = Taken(motion, detail, Standing(is_own=True, in_reach=True))
        note(actor, taken, "edited", now(), fields=["lead"])
    return len(rows)


def _open(actor: Actor) -> Select[Motion, MotionDetail]:
    return (
        select(Motion, MotionDetail)
        .join(MotionDetail, MotionDetail.motion_id == Motion.id)
        .where(Motion.organisation_id == actor.organisation_id, Motion.state.in_(EDITABLE))
        .order_by(Motion.day, Motion.id)
    )


register_open_work(OpenWork("motions", list_open, move))
