"""The headline of a branch action, with the verbs of its states, and the asks that it is about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.organisations.models import Organisation
from organising.platform.clock import now
from organising.platform.db import Shared, db
from organising.platform.errors import Conflict

from ..states import BEGINNINGS, EDITABLE, TRANSITIONS, Kind, State, needs_approval

KINDS = ", ".join(f"'{kind}'" for kind in Kind)
STATES = ", ".join(f"'{state}'" for state in State)
MOST_COUNTED = 100_000
OWN_ACTION = ["branch_action.organisation_id", "branch_action.id"]


class NotNow(Conflict):
    """The action is in a state from which this step does not lead on. ``details``: ``state``, ``verb``."""

    code = "not_now"


class BranchAction(Shared, db.Model):
    """The headline. Partners read it once ``shared_at`` is set; only its own organisation writes it.

    ``unit_label`` is text, not a key: units are owned. ``summary`` and ``place`` are what the public reads of an
    action that anyone may come to; ``postcode`` tells the areas (:class:`ActionArea`). ``starts_at`` and ``ends_at`` are instants; an
    ``all_day`` action runs from one London midnight to the next.
    """

    __tablename__ = "branch_action"
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint(
            "shared_at IS NOT NULL OR state IN ('draft', 'cancelled')", name="only_a_draft_is_unshared"
        ),
        CheckConstraint("(state = 'cancelled') = (cancelled_from IS NOT NULL)", name="cancelled_from"),
        CheckConstraint(f"attendance BETWEEN 0 AND {MOST_COUNTED}", name="attendance"),
        CheckConstraint(f"paper_pledges BETWEEN 0 AND {MOST_COUNTED}", name="paper_pledges"),
        CheckConstraint(f"capacity BETWEEN 1 AND {MOST_COUNTED}", name="capacity"),
        Index("ix_branch_action_campaign_id_starts_at_id", "campaign_id", "starts_at", "id"),
        Index("ix_branch_action_campaign_id_ends_at", "campaign_id", "ends_at"),
        Index("ix_branch_action_organisation_id_state", "organisation_id", "state"),
    )

    kind: Mapped[str]
    title: Mapped[str]
    unit_label: Mapped[str]
    area: Mapped[str]
    summary: Mapped[str | None]
    place: Mapped[str | None]
    postcode: Mapped[str | None]
    capacity: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    all_day: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str]
    cancelled_from: Mapped[str | None]
    shared_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    attendance: Mapped[int | None]
    paper_pledges: Mapped[int | None]
    outcome: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    organisation: Mapped[Organisation] = relationship(
        primaryjoin="foreign(BranchAction.organisation_id) == Organisation.id", viewonly=True, lazy="joined"
    )

    def begin(self, state: State, at: datetime) -> None:
        """Enter the first state: a draft, or reported at once where it has already happened."""
        if state not in BEGINNINGS or self.state is not None:
            raise NotNow("An action begins as a draft or as a report.", state=self.state, verb="begin")
        self.state = state
        if state is State.REPORTED:
            self.shared_at = self.reported_at = at
        self.version = 1

    def submit(self, at: datetime) -> bool:
        """Ask for approval; from here on partners see the headline. Returns whether it changed anything."""
        return self._move("submit", at)

    def stand(self, at: datetime) -> bool:
        """Schedule by standing approval: low-risk kinds, not public. Returns whether it changed anything."""
        if needs_approval(self.kind, self.is_public):
            raise NotNow(
                "This kind of action needs someone's approval first.", state=self.state, verb="stand"
            )
        return self._move("stand", at)

    def request_changes(self, at: datetime) -> bool:
        """Give it back to its planner. Returns whether it changed anything."""
        return self._move("request_changes", at)

    def approve(self, at: datetime) -> bool:
        """Approve. Returns whether it changed anything."""
        return self._move("approve", at)

    def schedule(self, at: datetime) -> bool:
        """Confirm that an approved action goes ahead. Returns whether it changed anything."""
        return self._move("schedule", at)

    def revise(self, at: datetime) -> bool:
        """Give the approval up, since the headline is no longer what was approved."""
        return self._move("revise", at)

    def finish(self, at: datetime) -> bool:
        """Its time is over; only the report is missing. Refused before the end."""
        if at < self.ends_at:
            raise NotNow("This action is not over yet.", state=self.state, verb="finish")
        return self._move("finish", at)

    def report(
        self, at: datetime, *, attendance: int | None, paper_pledges: int, outcome: str | None
    ) -> bool:
        """Say what came of it. Refused before the start. Returns whether it changed anything."""
        if at < self.starts_at:
            raise NotNow(
                "This action has not started yet, so there is nothing to report.",
                state=self.state,
                verb="report",
            )
        if not self._move("report", at):
            return False
        self.reported_at = at
        self.count(attendance, paper_pledges, outcome)
        return True

    def count(self, attendance: int | None, paper_pledges: int, outcome: str | None) -> None:
        """Put the headline numbers in, also as a correction before the report is checked."""
        if self.state != State.REPORTED:
            raise NotNow(
                "This report has been checked and can't be changed.", state=self.state, verb="correct"
            )
        self.attendance, self.paper_pledges, self.outcome = attendance, paper_pledges, outcome

    def check(self, at: datetime) -> bool:
        """Accept the report's numbers. Returns whether it changed anything."""
        return self._move("check", at)

    def close(self, at: datetime) -> bool:
        """Nothing more to do. Returns whether it changed anything."""
        return self._move("close", at)

    def cancel(self, at: datetime) -> bool:
        """Call it off; where it stood is remembered. Returns whether it changed anything."""
        before = self.state
        if not self._move("cancel", at):
            return False
        self.cancelled_from = before
        return True

    def restore(self, _at: datetime) -> bool:
        """Undo a cancellation: back to where it stood. Returns whether it changed anything."""
        if self.state != State.CANCELLED:
            return False
        self.state, self.cancelled_from = State(self.cancelled_from or State.DRAFT), None
        self.version += 1
        return True

    @property
    def is_editable(self) -> bool:
        """Whether its headline and plan may still be changed."""
        return self.state in EDITABLE

    @property
    def is_preparable(self) -> bool:
        """Whether what is prepared for it may still be changed: until it is reported or called off."""
        return self.is_editable or self.state == State.DONE

    def _move(self, verb: str, at: datetime) -> bool:
        """Walk the table; pressing twice is no error. Raises :class:`NotNow` where no way leads."""
        step = TRANSITIONS[verb]
        if self.state == step.target:
            return False
        if self.state not in step.sources or step.target is None:
            raise NotNow(
                "This can't be done as the action stands now. Load the page again.",
                state=self.state,
                verb=verb,
            )
        self.state = State(step.target)
        self.version += 1
        if self.shared_at is None and step.target != State.CANCELLED:
            self.shared_at = at
        return True


class ActionAsk(Shared, db.Model):
    """An ask that an action is about. Read wherever the action itself may be read."""

    __tablename__ = "action_ask"
    __table_args__ = (
        UniqueConstraint("action_id", "ask_id"),
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        Index("ix_action_ask_organisation_id_action_id", "organisation_id", "action_id"),
    )

    action_id: Mapped[UUID]
    ask_id: Mapped[UUID] = mapped_column(ForeignKey("ask.id"), index=True)


class ActionArea(Shared, db.Model):
    """An area in which an action lies: by its postcode, or chosen by hand. Read wherever the action may be."""

    __tablename__ = "action_area"
    __table_args__ = (
        UniqueConstraint("action_id", "area_id"),
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="CASCADE"),
        Index("ix_action_area_organisation_id_action_id", "organisation_id", "action_id"),
    )

    action_id: Mapped[UUID]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    is_chosen: Mapped[bool] = mapped_column(default=False)
