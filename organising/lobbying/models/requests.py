"""Requests for information under the freedom of information acts. Partners read all but :class:`RequestOwn`."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.models.pursued import HistoryLine, OwnSide, Pursued
from organising.lobbying.models.shared import Authored, in_campaign, of_unit
from organising.lobbying.request_states import RequestState, is_overdue
from organising.platform.checks import one_of
from organising.platform.db import Owned, Shared, db
from organising.representatives.models import Institution

TITLE_LENGTH = 120
WORDING_LENGTH = 4000
ANSWER_LENGTH = 280
REFERENCE_LENGTH = 60
EXEMPTION_LENGTH = 120


class RequestDeed(StrEnum):
    SENT = "sent"
    MOVED = "moved"
    CHASED = "chased"
    UNDONE = "undone"


def own_request() -> ForeignKeyConstraint:
    """The request that a row hangs on is of the same organisation."""
    return ForeignKeyConstraint(
        ["request_id", "organisation_id"], ["information_request.id", "information_request.organisation_id"]
    )


class InformationRequest(Pursued, Shared, Authored, db.Model):
    """What an institution was asked to disclose. ``due_on``: at the latest about."""

    __tablename__ = "information_request"
    __table_args__ = (
        in_campaign(),
        UniqueConstraint("id", "organisation_id"),
        UniqueConstraint("id", "institution_id", "campaign_id"),
        one_of("state", RequestState),
        CheckConstraint(f"char_length(title) BETWEEN 1 AND {TITLE_LENGTH}", name="title"),
        CheckConstraint(f"char_length(wording) BETWEEN 1 AND {WORDING_LENGTH}", name="wording"),
        CheckConstraint(f"char_length(answer) <= {ANSWER_LENGTH}", name="answer"),
        CheckConstraint("answer_url ~* '^https?://'", name="answer_url"),
        CheckConstraint("due_on > sent_on", name="due_on"),
        CheckConstraint(
            "state NOT IN ('answered', 'partly_answered') OR answer <> '' OR answer_url IS NOT NULL",
            name="answered",
        ),
        Index("ix_information_request_campaign_id_due_on_id", "campaign_id", "due_on", "id"),
        Index("ix_information_request_institution_id", "institution_id"),
    )
    put_back_by: ClassVar[Mapping[str, Callable[[str], Any]]] = {
        "state": RequestState,
        "due_on": date.fromisoformat,
        "chased_on": date.fromisoformat,
        "reference": str,
        "answer": str,
        "answer_url": str,
        "exemption": str,
    }

    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    title: Mapped[str]
    wording: Mapped[str]
    sent_on: Mapped[date]
    due_on: Mapped[date]
    reference: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    answer_url: Mapped[str | None]
    exemption: Mapped[str] = mapped_column(default="")

    institution: Mapped[Institution] = relationship(viewonly=True)

    def move(self, state: RequestState, due_on: date | None = None) -> bool:
        """Take another state, with the day a new wait ends; returns whether that changed anything."""
        if self.state == state:
            return False
        self.state = state
        self.due_on = due_on or self.due_on
        self.version += 1
        return True

    def is_overdue(self, on: date) -> bool:
        """Whether the body should have answered before this day."""
        return is_overdue(self.state, self.due_on, on)


class RequestEvent(HistoryLine, Shared, Authored, db.Model):
    """One line of a request's history, with its state after it. Only ever added."""

    __tablename__ = "request_event"
    __table_args__ = (
        in_campaign(),
        own_request(),
        one_of("deed", RequestDeed),
        one_of("state", RequestState),
        CheckConstraint(f"char_length(words) <= {ANSWER_LENGTH}", name="words"),
    )

    request_id: Mapped[UUID] = mapped_column(index=True)
    deed: Mapped[str]
    happened_on: Mapped[date]
    words: Mapped[str] = mapped_column(default="")

    @property
    def is_undo(self) -> bool:
        """Whether it put something back."""
        return self.deed == RequestDeed.UNDONE

    @property
    def is_undoable(self) -> bool:
        """Whether this kind of change can be put back in one step."""
        return self.before is not None and self.deed in (RequestDeed.MOVED, RequestDeed.CHASED)


class RequestOwn(OwnSide, Owned, db.Model):
    """Who of the organisation chases a request, and for which unit. Private."""

    __tablename__ = "request_own"
    __table_args__ = (
        of_unit(),
        own_request(),
        UniqueConstraint("organisation_id", "request_id"),
        Index("ix_request_own_organisation_id_owner_user_id", "organisation_id", "owner_user_id"),
    )

    request_id: Mapped[UUID]
