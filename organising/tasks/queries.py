"""Reading tasks: whose list holds which, what is due, what somebody was told, and when they last looked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from organising.organisations.queries.colleagues import Colleague
from organising.organisations.queries.units import within_reach
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.few import count_found

from .models import LastLook, Task, TaskEvent, TaskNews
from .states import State

MOST_NEWS = 30


@dataclass(frozen=True)
class News:
    """Something that somebody was told, with the task it is about."""

    news: TaskNews
    task: Task


def visible(actor: Actor) -> ColumnElement[bool]:
    """Which tasks this person may open: those within their reach (units), their own, and those they were told of."""
    told = select(TaskNews.id).where(
        TaskNews.organisation_id == Task.organisation_id,
        TaskNews.task_id == Task.id,
        TaskNews.user_id == actor.user_id,
    )
    return or_(
        within_reach(actor, Task.unit_id),
        Task.assignee_user_id == actor.user_id,
        Task.created_by == actor.user_id,
        told.exists(),
    )


def select_tasks(actor: Actor, whose: str, state: State) -> Select[Task]:
    """The tasks of one list, for paging by ``sort_on, id``: ``mine``, ``unit`` (of one's unit or reach) or ``ours``."""
    found = select(Task).where(visible(actor), Task.state == state)
    if whose == "mine":
        return found.where(Task.assignee_user_id == actor.user_id)
    if whose == "unit" and actor.unit_id:
        return found.where(Task.unit_id == actor.unit_id)
    return found


def count_tasks(statement: Select[Task]) -> int:
    """How many a list finds."""
    return count_found(statement)


def get_task(actor: Actor, task_id: UUID, *, lock: bool = False) -> Task:
    """One that this person may open. Raises :class:`NotFound` alike for any other."""
    statement = select(Task).where(Task.id == task_id, visible(actor))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    task = db.session.scalars(statement).one_or_none()
    if task is None:
        raise NotFound
    return task


def list_events(task_id: UUID) -> Sequence[TaskEvent]:
    """The history of one task, oldest first."""
    events = select(TaskEvent).where(TaskEvent.task_id == task_id)
    return db.session.scalars(events.order_by(TaskEvent.created_at, TaskEvent.id)).all()


def list_involved(task: Task) -> frozenset[UUID]:
    """Who wrote it down, who does it, and who commented on it."""
    said = select(TaskEvent.user_id).where(TaskEvent.task_id == task.id, TaskEvent.what == "commented")
    found = {task.created_by, task.assignee_user_id, *db.session.scalars(said)}
    return frozenset(one for one in found if one is not None)


def select_due(actor: Actor, by: date) -> Select[int]:
    """How many of this person's own open tasks are due by that day."""
    return select(func.count(Task.id)).where(
        Task.assignee_user_id == actor.user_id, Task.state == State.OPEN, Task.due_on <= by
    )


def list_news(actor: Actor) -> list[News]:
    """What this person was told and has not marked as seen, the latest first."""
    rows = db.session.execute(
        select(TaskNews, Task)
        .join(Task, and_(Task.organisation_id == TaskNews.organisation_id, Task.id == TaskNews.task_id))
        .where(TaskNews.user_id == actor.user_id, TaskNews.seen_at.is_(None))
        .order_by(TaskNews.created_at.desc(), TaskNews.id)
        .limit(MOST_NEWS)
    )
    return [News(news, task) for news, task in rows]


def select_unseen(actor: Actor) -> Select[int]:
    """How much this person was told and has not marked as seen."""
    return select(func.count(TaskNews.id)).where(
        TaskNews.user_id == actor.user_id, TaskNews.seen_at.is_(None)
    )


def select_last_look(actor: Actor) -> Select[datetime]:
    """When this person last looked at what partners did."""
    return select(LastLook.looked_at).where(LastLook.user_id == actor.user_id)


def names_of(colleagues: Collection[Colleague]) -> Mapping[UUID, str]:
    """Their names by id, as comments and lists show them."""
    return {one.user_id: one.name for one in colleagues}
