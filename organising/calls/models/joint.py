"""A call of the coordinator's to every partner, and what each partner says of it: a decision and safe numbers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.calls.models.calls import Becoming, template_checks
from organising.organisations.models import Organisation
from organising.platform.checks import one_of
from organising.platform.db import Shared, db


class JointState(StrEnum):
    OPEN = "open"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What a partner decided about its own units."""

    PASSED_ON = "passed_on"
    DECLINED = "declined"


class JointCall(Becoming, Shared, db.Model):
    """What the coalition asks. Each partner decides for itself; nobody's units or officers are in here."""

    __tablename__ = "joint_call"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        *template_checks(),
        one_of("state", JointState),
        Index(None, "campaign_id", "due_on"),
    )

    title: Mapped[str]
    question: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=JointState.OPEN)

    organisation: Mapped[Organisation] = relationship(
        primaryjoin="foreign(JointCall.organisation_id) == Organisation.id", viewonly=True, lazy="joined"
    )

    def withdraw(self) -> bool:
        """Call it off; returns whether that changed anything."""
        return self._become(JointState.WITHDRAWN)

    def restore(self) -> bool:
        """Undo the calling off; returns whether that changed anything."""
        return self._become(JointState.OPEN)

    def takes_decisions(self, on: date) -> bool:
        """Whether a partner can still pass it on."""
        return self.state == JointState.OPEN and on <= self.due_on

    def _become(self, state: JointState) -> bool:
        changed = self.state != state
        self.state = state
        return changed


class JointPart(Shared, db.Model):
    """One partner's part, written by that partner. Numbers of units are rounded, and left out where they are small."""

    __tablename__ = "joint_call_part"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        UniqueConstraint("joint_call_id", "organisation_id"),
        one_of("decision", Decision),
        CheckConstraint("asked % 5 = 0 AND asked >= 10", name="asked"),
        CheckConstraint("doing % 5 = 0 AND doing >= 10", name="doing"),
    )

    joint_call_id: Mapped[UUID] = mapped_column(ForeignKey("joint_call.id"))
    decision: Mapped[str]
    asked: Mapped[int | None]
    doing: Mapped[int | None]
    counted_at: Mapped[datetime | None]
