"""Tasks of one organisation, their history with comments, what each person was told, and what they have looked at."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.clock import now
from organising.platform.db import Owned, db
from organising.platform.errors import Conflict
from organising.platform.sealing import Sealed

from .states import TRANSITIONS, State

OWN_TASK = ["task.organisation_id", "task.id"]


class NotNow(Conflict):
    """The task is in a state from which this step does not lead on. ``details``: ``state``, ``verb``."""

    code = "task_not_now"


class Task(Owned, db.Model):
    """Something to do. ``unit_id`` None: the whole organisation's. ``place``: the page of the product it is about.

    ``sort_on`` is the day, or the end of time where there is none: lists are paged by it.
    """

    __tablename__ = "task"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        one_of("state", State),
        Index("ix_task_organisation_id_state_sort_on_id", "organisation_id", "state", "sort_on", "id"),
        Index(
            "ix_task_organisation_id_assignee_user_id",
            "organisation_id",
            "assignee_user_id",
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_task_organisation_id_unit_id", "organisation_id", "unit_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    title_cipher: Mapped[bytes]
    details_cipher: Mapped[bytes | None]
    unit_id: Mapped[UUID | None]
    assignee_user_id: Mapped[UUID | None]
    created_by: Mapped[UUID | None]
    author_label: Mapped[str]
    due_on: Mapped[date | None]
    sort_on: Mapped[date] = mapped_column(Computed("COALESCE(due_on, DATE '9999-12-31')", persisted=True))
    place: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=State.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    ended_at: Mapped[datetime | None]

    title = Sealed("title_cipher")
    details = Sealed("details_cipher")

    def finish(self, at: datetime) -> bool:
        """Done. Returns whether that changed anything."""
        return self._move("finish", at)

    def reopen(self, at: datetime) -> bool:
        """Not done after all. Returns whether that changed anything."""
        return self._move("reopen", at)

    def drop(self, at: datetime) -> bool:
        """Nobody will do it. Returns whether that changed anything."""
        return self._move("drop", at)

    def restore(self, at: datetime) -> bool:
        """It is to be done after all. Returns whether that changed anything."""
        return self._move("restore", at)

    def _move(self, verb: str, at: datetime) -> bool:
        """Walk the table; pressing twice is no error. Raises :class:`NotNow` where no way leads."""
        step = TRANSITIONS[verb]
        if self.state == step.target:
            return False
        if self.state not in step.sources:
            raise NotNow(
                "This can’t be done as the task stands now. Load the page again.", state=self.state, verb=verb
            )
        self.state = str(step.target)
        self.ended_at = None if step.target == State.OPEN else at
        self.version += 1
        return True


class TaskEvent(Owned, db.Model):
    """The history of a task, append-only: what was done, by whom, which fields, and comments."""

    __tablename__ = "task_event"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "task_id"], OWN_TASK, ondelete="CASCADE"),
        Index("ix_task_event_organisation_id_task_id_created_at", "organisation_id", "task_id", "created_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    task_id: Mapped[UUID]
    what: Mapped[str]
    user_id: Mapped[UUID | None]
    author_label: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(JSONB, default=list)
    words_cipher: Mapped[bytes | None]

    words = Sealed("words_cipher")


class NewsKind(StrEnum):
    ASSIGNED = "assigned"
    MENTIONED = "mentioned"
    COMMENTED = "commented"
    FINISHED = "finished"
    REOPENED = "reopened"
    DROPPED = "dropped"


class TaskNews(Owned, db.Model):
    """One person was told of something about a task. Whoever was, may open it from then on."""

    __tablename__ = "task_news"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "task_id"], OWN_TASK, ondelete="CASCADE"),
        one_of("kind", NewsKind),
        Index("ix_task_news_organisation_id_task_id", "organisation_id", "task_id"),
        Index("ix_task_news_organisation_id_user_id_created_at", "organisation_id", "user_id", "created_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    task_id: Mapped[UUID]
    user_id: Mapped[UUID]
    kind: Mapped[str]
    author_label: Mapped[str]
    seen_at: Mapped[datetime | None]


class LastLook(Owned, db.Model):
    """When one person last looked at what partners did."""

    __tablename__ = "last_look"
    __table_args__ = (UniqueConstraint("organisation_id", "user_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID]
    looked_at: Mapped[datetime] = mapped_column(default=now)
