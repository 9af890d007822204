"""Tasks as open work of a unit: shown to whoever closes it, and handed over with an office."""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from organising.organisations.open_work import OpenItem, OpenWork, register_open_work
from organising.platform.actor import Actor
from organising.platform.clock import LONDON
from organising.platform.db import db
from organising.platform.many import among
from organising.platform.ui import link

from .models import Task
from .services import hand_on
from .states import State


def list_open(_actor: Actor, unit_ids: Collection[UUID]) -> Sequence[OpenItem]:
    """Tasks of these units that are neither done nor dropped."""
    found = select(Task).where(among(Task.unit_id, unit_ids), Task.state == State.OPEN).order_by(Task.sort_on)
    return [
        OpenItem(
            _("Task: %(title)s", title=task.title),
            link("tasks.show", task_id=task.id) or "",
            datetime.combine(task.due_on, time.min, LONDON) if task.due_on else None,
            task.assignee_user_id,
        )
        for task in db.session.scalars(found)
    ]


register_open_work(OpenWork("tasks", list_open, hand_on))
