"""A call of one organisation to its units, what each unit answered, and the history. All of it stays at home."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.actions.states import Kind, needs_approval
from organising.calls.states import TRANSITIONS, Answer, State
from organising.platform.checks import one_of
from organising.platform.db import Owned, db
from organising.platform.errors import Conflict
from organising.platform.sealing import Sealed

OWN_CALL = ["action_call.organisation_id", "action_call.id"]
OWN_ACTION = ["branch_action.organisation_id", "branch_action.id"]
OFFICER = ["unit_officer.organisation_id", "unit_officer.id"]


class NotNow(Conflict):
    """The call is in a state from which this step does not lead on. ``details``: ``state``, ``verb``."""

    code = "call_not_now"


class Becoming:
    """The action that "doing it" becomes in a unit; without a kind, an answer is an answer and nothing more.

    ``straight``: into the diary by standing approval, where its kind is of low risk and nobody is invited.
    """

    action_kind: Mapped[str | None]
    action_title: Mapped[str | None]
    action_on: Mapped[date | None]
    action_starts: Mapped[time | None]
    action_ends: Mapped[time | None]
    action_public: Mapped[bool] = mapped_column(default=False)
    straight: Mapped[bool] = mapped_column(default=False)
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("action_template.id", ondelete="SET NULL"))
    ask_id: Mapped[UUID | None] = mapped_column(ForeignKey("ask.id"))

    @property
    def stands(self) -> bool:
        """Whether a unit's action goes into the diary at once, rather than waiting as a draft."""
        if self.action_kind is None or not self.straight:
            return False
        return not needs_approval(self.action_kind, self.action_public)


class Via(StrEnum):
    """How an answer came: by the officer's link, or told to an organiser, who wrote it down on the officer's behalf."""

    LINK = "link"
    PHONE = "phone"


def template_checks() -> tuple[CheckConstraint, CheckConstraint]:
    """What holds of an action's template in any table."""
    whole = "(action_kind IS NULL) = (action_title IS NULL) AND (action_kind IS NULL) = (action_on IS NULL)"
    return one_of("action_kind", Kind), CheckConstraint(whole, name="action")


class ActionCall(Becoming, Owned, db.Model):
    """What an organisation asks of its units, and until when they can answer."""

    __tablename__ = "action_call"
    __table_args__: Any = (
        *template_checks(),
        one_of("state", State),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_from IS NOT NULL)", name="withdrawn_from"),
        CheckConstraint("state <> 'open' OR opened_at IS NOT NULL", name="opened"),
        Index(None, "organisation_id", "state", "due_on"),
        Index(None, "organisation_id", "joint_call_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    title: Mapped[str]
    question: Mapped[str]
    text_cipher: Mapped[bytes | None]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    withdrawn_from: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # The coalition's call that this one passes on.
    joint_call_id: Mapped[UUID | None] = mapped_column(ForeignKey("joint_call.id"))
    created_by: Mapped[UUID | None]
    author_label: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    text = Sealed("text_cipher")

    def publish(self, at: datetime) -> bool:
        """Put it to its units. Returns whether it changed anything."""
        changed = self._move("publish")
        self.opened_at = self.opened_at or at
        return changed

    def take_back(self, _at: datetime) -> bool:
        """Make it a draft again; the service has seen to it that nobody was written to."""
        changed = self._move("take_back")
        self.opened_at = None
        return changed

    def close(self, at: datetime) -> bool:
        """Take no more answers. Returns whether it changed anything."""
        return self._end("close", at)

    def expire(self, at: datetime) -> bool:
        """Its last day is over: take no more answers."""
        return self._end("expire", at)

    def reopen(self, _at: datetime) -> bool:
        """Take answers again. Returns whether it changed anything."""
        changed = self._move("reopen")
        self.ended_at = None
        return changed

    def withdraw(self, at: datetime) -> bool:
        """Call it off; where it stood is remembered. Returns whether it changed anything."""
        before = self.state
        if not self._end("withdraw", at):
            return False
        self.withdrawn_from = before
        return True

    def restore(self, _at: datetime) -> bool:
        """Undo the calling off. Returns whether it changed anything."""
        if self.state != State.WITHDRAWN:
            return False
        self.state, self.withdrawn_from = State(self.withdrawn_from or State.DRAFT), None
        if self.state != State.CLOSED:
            self.ended_at = None
        self.version += 1
        return True

    def takes_answers(self, on: date) -> bool:
        """Whether a unit can still answer, or change what it said."""
        return self.state == State.OPEN and on <= self.due_on

    def _end(self, verb: str, at: datetime) -> bool:
        changed = self._move(verb)
        if changed:
            self.ended_at = at
        return changed

    def _move(self, verb: str) -> bool:
        """Walk the table; pressing twice is no error. Raises :class:`NotNow` where no way leads."""
        step = TRANSITIONS[verb]
        if self.state == step.target:
            return False
        if self.state not in step.sources or step.target is None:
            raise NotNow(
                "This can't be done as the call stands now. Load the page again.", state=self.state, verb=verb
            )
        self.state = step.target
        self.version += 1
        return True


class CallUnit(Owned, db.Model):
    """A unit that is asked, and what it answered last."""

    __tablename__ = "call_unit"
    __table_args__: Any = (
        ForeignKeyConstraint(["organisation_id", "call_id"], OWN_CALL, ondelete="CASCADE"),
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        ForeignKeyConstraint(["organisation_id", "action_id"], OWN_ACTION, ondelete="SET NULL (action_id)"),
        ForeignKeyConstraint(
            ["organisation_id", "answered_officer_id"], OFFICER, ondelete="SET NULL (answered_officer_id)"
        ),
        UniqueConstraint("organisation_id", "call_id", "unit_id"),
        one_of("answer", Answer),
        one_of("via", Via),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        Index(None, "organisation_id", "unit_id"),
        Index(None, "organisation_id", "action_id"),
        Index(None, "organisation_id", "answered_officer_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    call_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    # The officer whose link it was; else who wrote it down, and who of the unit said so.
    answered_officer_id: Mapped[UUID | None]
    answered_label: Mapped[str | None]
    answered_who_cipher: Mapped[bytes | None]
    via: Mapped[str | None]
    held_on: Mapped[date | None]
    note_cipher: Mapped[bytes | None]
    action_id: Mapped[UUID | None]
    helped_at: Mapped[datetime | None]
    helped_label: Mapped[str | None]

    note = Sealed("note_cipher")
    answered_who = Sealed("answered_who_cipher")

    @property
    def wants_help(self) -> bool:
        """Whether it asked for help and nobody has seen to it."""
        return self.answer == Answer.NEED_HELP and self.helped_at is None


class CallEvent(Owned, db.Model):
    """The history of a call and of each unit's answer, append-only.

    ``officer_id``: whose link it was; else ``user_label`` is who did it, and ``said`` who of the unit said so by phone.
    """

    __tablename__ = "call_event"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "call_id"], OWN_CALL, ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["organisation_id", "call_unit_id"],
            ["call_unit.organisation_id", "call_unit.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["organisation_id", "officer_id"], OFFICER, ondelete="SET NULL (officer_id)"),
        Index(None, "organisation_id", "call_id", "created_at"),
        Index(None, "organisation_id", "call_unit_id"),
        Index(None, "organisation_id", "officer_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    call_id: Mapped[UUID]
    call_unit_id: Mapped[UUID | None]
    what: Mapped[str]
    user_id: Mapped[UUID | None]
    user_label: Mapped[str]
    officer_id: Mapped[UUID | None]
    count: Mapped[int | None]
    said_cipher: Mapped[bytes | None]

    said = Sealed("said_cipher")
