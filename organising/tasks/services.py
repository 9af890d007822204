"""Adding tasks, changing them, handing them on, ending and taking them up again, speaking of them; telling whom it concerns.

Every service takes the actor first, writes history, news and audit log, and never commits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from organising.organisations.queries.colleagues import Colleague, list_colleagues
from organising.organisations.queries.units import list_units_in_reach
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db, find, new_id
from organising.platform.errors import Conflict, Invalid
from organising.platform.paths import own_path
from organising.platform.permissions import Permission, Role

from . import queries
from .mentions import Ambiguous, find_mentions
from .models import LastLook, NewsKind, Task, TaskEvent, TaskNews
from .states import State

LONGEST = {"title": 200, "details": 4_000, "words": 4_000}
FURTHEST = timedelta(days=5 * 366)
FIELDS = ("title", "details", "due_on", "assignee_user_id", "unit_id")
NEWS_OF_STEPS = {
    "finish": NewsKind.FINISHED,
    "reopen": NewsKind.REOPENED,
    "restore": NewsKind.REOPENED,
    "drop": NewsKind.DROPPED,
}


class EditedMeanwhile(Conflict):
    """Someone changed the task after this page was loaded."""

    code = "task_edited_meanwhile"


@dataclass(frozen=True)
class TaskDraft:
    """What somebody says of a task. ``place``: the page of the product it is about, or none."""

    title: str
    details: str = ""
    due_on: date | None = None
    assignee_user_id: UUID | None = None
    unit_id: UUID | None = None
    place: str | None = None


def add_task(actor: Actor, key: UUID, draft: TaskDraft) -> Task:
    """A new task. ``key`` comes with the form and becomes its id: sent twice, it is kept once. Raises ``Invalid``."""
    actor.check(Permission.TASKS_KEEP)
    kept = find(Task, key)
    if kept is not None:
        return queries.get_task(actor, key)
    colleague = _check(actor, draft)
    task = Task(
        id=key,
        created_by=actor.user_id,
        author_label=actor.author_label,
        place=own_path(draft.place),
        due_on=draft.due_on,
        unit_id=_unit(actor, draft, colleague),
        assignee_user_id=draft.assignee_user_id,
        state=State.OPEN,
        version=1,
    )
    task.title, task.details = draft.title.strip(), draft.details.strip() or None
    db.session.add(task)
    db.session.flush()
    _note(actor, task, "added")
    _tell(actor, task, NewsKind.ASSIGNED, [draft.assignee_user_id])
    return task


def edit_task(actor: Actor, task_id: UUID, version: int, draft: TaskDraft) -> Task:
    """Change what it says, by when, whose it is. Raises ``NotFound``, :class:`EditedMeanwhile`, ``Conflict`` once ended, ``Invalid``."""
    task = _open(actor, task_id)
    if task.version != version:
        raise EditedMeanwhile(
            _(
                "Someone changed this task while you had it open. Nothing of yours is lost: keep it again to put it over theirs."
            )
        )
    colleague = _check(actor, draft)
    wanted = {
        "title": draft.title.strip(),
        "details": draft.details.strip() or None,
        "due_on": draft.due_on,
        "assignee_user_id": draft.assignee_user_id,
        "unit_id": _unit(actor, draft, colleague, task),
    }
    changed = [name for name in FIELDS if getattr(task, name) != wanted[name]]
    for name in changed:
        setattr(task, name, wanted[name])
    if changed:
        task.version += 1
        _note(actor, task, "edited", fields=changed)
        if "assignee_user_id" in changed:
            _tell(actor, task, NewsKind.ASSIGNED, [task.assignee_user_id])
    return task


def hand_on(actor: Actor, unit_id: UUID, leaver: UUID, successor: UUID) -> int:
    """Give what one officer of a unit has open to their successor, who is told; answers how many tasks that were."""
    theirs = select(Task).where(
        Task.unit_id == unit_id, Task.assignee_user_id == leaver, Task.state == State.OPEN
    )
    tasks = db.session.scalars(theirs.order_by(Task.id).with_for_update()).all()
    for task in tasks:
        task.assignee_user_id = successor
        task.version += 1
        _note(actor, task, "edited", fields=["assignee_user_id"])
        _tell(actor, task, NewsKind.ASSIGNED, [successor])
    return len(tasks)


def step(actor: Actor, task_id: UUID, verb: str) -> Task:
    """Finish, reopen, drop or restore; pressed twice it changes nothing. Raises ``NotFound``, ``NotNow``."""
    actor.check(Permission.TASKS_KEEP)
    task = queries.get_task(actor, task_id, lock=True)
    if getattr(task, verb)(now()):
        _note(actor, task, verb)
        _tell(actor, task, NEWS_OF_STEPS[verb], queries.list_involved(task))
    return task


def comment(actor: Actor, task_id: UUID, key: UUID, words: str) -> Task:
    """Say something of it, also once it has ended. ``key`` comes with the form: sent twice, it is said once.

    Whoever is named with an @ is told, and so is everybody who wrote it down, does it or spoke of it. Raises ``Invalid``.
    """
    actor.check(Permission.TASKS_KEEP)
    task = queries.get_task(actor, task_id, lock=True)
    if find(TaskEvent, key) is not None:
        return task
    words = words.strip()
    if not words:
        raise Invalid(_("Write something."), words=_("Write something."))
    _check_length("words", words)
    try:
        named = find_mentions(words, queries.names_of(list_colleagues(actor)))
    except Ambiguous as error:
        reason = _("Several colleagues are called “%(name)s”: write the whole name.", name=str(error))
        raise Invalid(reason, words=reason) from None
    _note(actor, task, "commented", words=words, key=key)
    _tell(actor, task, NewsKind.MENTIONED, named)
    _tell(actor, task, NewsKind.COMMENTED, queries.list_involved(task) - named)
    return task


def see_news(actor: Actor, task_id: UUID | None = None) -> int:
    """Mark what one was told as seen, of one task or all; answers how much."""
    unseen = update(TaskNews).where(TaskNews.user_id == actor.user_id, TaskNews.seen_at.is_(None))
    if task_id is not None:
        unseen = unseen.where(TaskNews.task_id == task_id)
    changed = db.session.execute(unseen.values(seen_at=now()).returning(TaskNews.id)).all()
    return len(changed)


def note_look(actor: Actor, at: datetime | None = None) -> None:
    """Note that this person has seen what partners did until then, now at the latest."""
    moment = min(at or now(), now())
    values = {"organisation_id": actor.organisation_id, "user_id": actor.user_id, "looked_at": moment}
    kept = insert(LastLook).values(id=new_id(), **values)
    db.session.execute(
        kept.on_conflict_do_update(index_elements=["organisation_id", "user_id"], set_={"looked_at": moment})
    )


def _open(actor: Actor, task_id: UUID) -> Task:
    actor.check(Permission.TASKS_KEEP)
    task = queries.get_task(actor, task_id, lock=True)
    if task.state != State.OPEN:
        raise Conflict(_("This task has ended. Open it again before you change it."))
    return task


def _check(actor: Actor, draft: TaskDraft) -> Colleague | None:
    """The colleague who is to do it. Raises ``Invalid`` with every reason at once."""
    wrong = {}
    title = draft.title.strip()
    if not title:
        wrong["title"] = _("Say what is to be done.")
    for name in ("title", "details"):
        if len(getattr(draft, name).strip()) > LONGEST[name]:
            wrong[name] = _("Use at most %(most)s characters.", most=LONGEST[name])
    if draft.due_on is not None and not date(2000, 1, 1) <= draft.due_on <= today() + FURTHEST:
        wrong["due_on"] = _("Choose a day within the next five years.")
    colleagues = {one.user_id: one for one in list_colleagues(actor)} if draft.assignee_user_id else {}
    if draft.assignee_user_id and draft.assignee_user_id not in colleagues:
        wrong["assignee_user_id"] = _("Choose somebody of your organisation.")
    offered = {one.unit.id for one in list_units_in_reach(actor)} if draft.unit_id else set()
    if draft.unit_id and draft.unit_id not in offered:
        wrong["unit_id"] = _("Choose one of your units.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), **wrong)
    return colleagues.get(draft.assignee_user_id) if draft.assignee_user_id else None


def _check_length(name: str, words: str) -> None:
    if len(words) > LONGEST[name]:
        reason = _("Use at most %(most)s characters.", most=LONGEST[name])
        raise Invalid(reason, **{name: reason})


def _unit(
    actor: Actor, draft: TaskDraft, colleague: Colleague | None, kept: Task | None = None
) -> UUID | None:
    """Whose it is: an officer's task is the own unit's, and one handed to an officer is theirs unless said otherwise."""
    if actor.role is Role.OFFICER:
        return kept.unit_id if kept is not None else actor.unit_id
    if draft.unit_id is None and colleague is not None and colleague.role is Role.OFFICER:
        return colleague.unit_id
    return draft.unit_id


def _note(
    actor: Actor,
    task: Task,
    what: str,
    *,
    fields: Collection[str] = (),
    words: str = "",
    key: UUID | None = None,
) -> None:
    event = TaskEvent(
        id=key or new_id(),
        task_id=task.id,
        what=what,
        user_id=actor.user_id,
        author_label=actor.author_label,
        fields=list(fields),
        created_at=now(),
    )
    if words:
        event.words = words
    db.session.add(event)
    facts: dict[str, Any] = {"fields": list(fields)} if fields else {}
    audit.record(actor, f"task.{what}", "task", task.id, **facts)
    db.session.flush()


def _tell(actor: Actor, task: Task, kind: NewsKind, whom: Collection[UUID | None]) -> None:
    """Tell each of them but the actor, who knows."""
    for user_id in sorted({one for one in whom if one is not None} - {actor.user_id}, key=str):
        db.session.add(
            TaskNews(
                task_id=task.id, user_id=user_id, kind=kind, author_label=actor.author_label, created_at=now()
            )
        )
    db.session.flush()
