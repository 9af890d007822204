"""The headline of a motion with the verbs of its states, where its body lies, and the text that was carried."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.models.shared import in_campaign
from organising.organisations.models import Organisation
from organising.platform.checks import one_of
from organising.platform.clock import now
from organising.platform.db import Shared, db
from organising.platform.errors import Conflict

from ..states import BEGINNINGS, COUNTED, DECIDED, OUTCOMES, TRANSITIONS, Forum, State
from ..text import MotionText

LONGEST_NAME = 120
OWN_MOTION = ["motion.organisation_id", "motion.id"]
COUNTED_WORDS = ", ".join(f"'{state}'" for state in sorted(COUNTED))


class NotNow(Conflict):
    """The motion is in a state from which this step does not lead on. ``details``: ``state``, ``verb``."""

    code = "not_now"


class Motion(Shared, db.Model):
    """The headline. Partners read it once ``shared_at`` is set; only its own organisation writes it.

    ``body`` is the name of what it is put to, ``unit_label`` of the unit that puts it: text, not a key, since units are
    owned. ``came_from`` is the state before an outcome or a withdrawal, to go back to. ``agreed_at``: an administrator of the
    organisation agreed that the body is named in public; ``published_at``: the coordinator named it, through the database alone.
    """

    __tablename__ = "motion"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "id"),
        in_campaign(),
        one_of("forum", Forum),
        one_of("state", State),
        one_of("outcome", State),
        CheckConstraint(
            "CASE state WHEN 'drafted' THEN shared_at IS NULL WHEN 'withdrawn' THEN true ELSE shared_at IS NOT NULL END",
            name="shared",
        ),
        CheckConstraint(f"agreed_at IS NULL OR state IN ({COUNTED_WORDS})", name="agreed"),
        CheckConstraint(
            "(agreed_at IS NULL) = (public_name IS NULL) AND (agreed_at IS NOT NULL OR NOT shows_text)",
            name="public_name",
        ),
        CheckConstraint(f"char_length(public_name) BETWEEN 1 AND {LONGEST_NAME}", name="public_name_length"),
        CheckConstraint("published_at IS NULL OR agreed_at IS NOT NULL", name="published"),
        CheckConstraint("(outcome IS NULL) = (decided_on IS NULL)", name="decided_on"),
        Index("ix_motion_campaign_id_day_id", "campaign_id", "day", "id"),
        Index("ix_motion_organisation_id_state", "organisation_id", "state"),
        Index("ix_motion_text_version_id", "text_version_id"),
    )

    forum: Mapped[str]
    body: Mapped[str]
    unit_label: Mapped[str]
    area: Mapped[str]
    postcode: Mapped[str | None]
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"), index=True)
    text_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("motion_text_version.id"))
    meeting_on: Mapped[date | None]
    # What lists go by: the meeting's day, or while none is known the day on which it was written down.
    day: Mapped[date]
    state: Mapped[str]
    came_from: Mapped[str | None]
    outcome: Mapped[str | None]
    decided_on: Mapped[date | None]
    shared_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    agreed_label: Mapped[str | None]
    # As what the body is named, which for a workplace need not name the employer; and whether the text may be read beside it.
    public_name: Mapped[str | None]
    shows_text: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    published_label: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    organisation: Mapped[Organisation] = relationship(
        primaryjoin="foreign(Motion.organisation_id) == Organisation.id", viewonly=True, lazy="joined"
    )

    @property
    def is_counted(self) -> bool:
        """Whether the body carried it."""
        return self.state in COUNTED

    def begin(self, state: State, at: datetime, on: date) -> None:
        """Enter the first state: a draft, or what the body has decided already."""
        if state not in BEGINNINGS or self.state is not None:
            raise NotNow("A motion begins as a draft, or with its outcome.", state=self.state, verb="begin")
        self.version = 1
        if state == State.DRAFTED:
            self.state = state
            return
        self.state, self.shared_at = State.SUBMITTED, at
        self._decide(state, on)

    def submit(self, at: datetime) -> bool:
        """Send it in; from here on partners see the headline. Returns whether it changed anything."""
        if not self._move("submit"):
            return False
        self.shared_at = at
        return True

    def call_back(self, _at: datetime) -> bool:
        """Undo the sending in: a draft again, which no partner sees."""
        if not self._move("call_back"):
            return False
        self.shared_at = None
        return True

    def put_on_agenda(self, _at: datetime) -> bool:
        """The body takes it up. Returns whether it changed anything."""
        return self._move("put_on_agenda")

    def take_off_agenda(self, _at: datetime) -> bool:
        """Not on the agenda after all. Returns whether it changed anything."""
        return self._move("take_off_agenda")

    def decide(self, outcome: State, on: date) -> bool:
        """What became of it on which day: one of the outcomes. Returns whether it changed anything."""
        return self._decide(outcome, on)

    def take_outcome_back(self, _at: datetime) -> bool:
        """Told wrongly: it stands where it stood, and what was agreed about its name is no longer so."""
        if self.state not in DECIDED:
            return self._move("take_outcome_back")
        self.state, self.came_from = State(self.came_from or State.SUBMITTED), None
        self._forget_outcome()
        return True

    def bring_again(self, _at: datetime) -> bool:
        """Not reached, or remitted: before the body once more."""
        if not self._move("bring_again"):
            return False
        self.came_from = None
        self.outcome = self.decided_on = None
        return True

    def forward(self, _at: datetime) -> bool:
        """Somebody was told what the body carried. Returns whether it changed anything."""
        return self._move("forward")

    def take_forwarding_back(self, _at: datetime) -> bool:
        """Nobody was told after all: carried, as it was."""
        if self.state != State.FORWARDED:
            return self._move("take_forwarding_back")
        self.state = State(self.outcome or State.CARRIED)
        self.version += 1
        return True

    def withdraw(self, at: datetime) -> bool:
        """Its movers don't put it, or it is put away as a draft; :meth:`restore` undoes it."""
        return self._decide(State.WITHDRAWN, at.date())

    def restore(self, _at: datetime) -> bool:
        """Undo the withdrawal: it stands where it stood."""
        if self.state != State.WITHDRAWN:
            return self._move("restore")
        self.state, self.came_from = State(self.came_from or State.DRAFTED), None
        self._forget_outcome()
        if self.state == State.DRAFTED:
            self.shared_at = None
        return True

    def agree(self, at: datetime, label: str, public_name: str, *, shows_text: bool) -> bool:
        """The organisation agrees that the body is named in public, by this name, as one that carried it."""
        if self.agreed_at is not None:
            return False
        if not self.is_counted:
            raise NotNow("Only what a body carried is named in public.", state=self.state, verb="agree")
        self.agreed_at, self.agreed_label = at, label
        self.public_name, self.shows_text = public_name, shows_text
        self.version += 1
        return True

    def take_agreement_back(self) -> bool:
        """The organisation no longer agrees, so that it is named no more."""
        if self.agreed_at is None:
            return False
        self._unname()
        self.version += 1
        return True

    def _decide(self, outcome: State, on: date) -> bool:
        before = self.state
        if not self._move(OUTCOMES[outcome]):
            return False
        self.came_from, self.outcome, self.decided_on = before, outcome, on
        return True

    def _forget_outcome(self) -> None:
        self.outcome = self.decided_on = None
        self._unname()
        self.version += 1

    def _unname(self) -> None:
        self.agreed_at = self.agreed_label = self.published_at = self.published_label = None
        self.public_name, self.shows_text = None, False

    def _move(self, verb: str) -> bool:
        """Walk the table; pressing twice is no error. Raises :class:`NotNow` where no way leads."""
        step = TRANSITIONS[verb]
        if step.target is not None and self.state == step.target:
            return False
        if self.state not in step.sources or step.target is None:
            raise NotNow(
                "This can't be done as the motion stands now. Load the page again.",
                state=self.state,
                verb=verb,
            )
        self.state = State(step.target)
        self.version += 1
        return True


class MotionArea(Shared, db.Model):
    """An area in which the body lies: by its postcode or institution, or chosen by hand. Read wherever the motion may be."""

    __tablename__ = "motion_area"
    __table_args__: Any = (
        UniqueConstraint("motion_id", "area_id"),
        in_campaign(),
        ForeignKeyConstraint(["organisation_id", "motion_id"], OWN_MOTION, ondelete="CASCADE"),
        Index("ix_motion_area_organisation_id_motion_id", "organisation_id", "motion_id"),
    )

    motion_id: Mapped[UUID]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    is_chosen: Mapped[bool] = mapped_column(default=False)


class CarriedText(Shared, db.Model):
    """What a body carried, word for word, while it counts as carried. The text that was submitted stays at home."""

    __tablename__ = "motion_carried_text"
    __table_args__: Any = (
        UniqueConstraint("organisation_id", "motion_id"),
        in_campaign(),
        ForeignKeyConstraint(["organisation_id", "motion_id"], OWN_MOTION, ondelete="CASCADE"),
    )

    motion_id: Mapped[UUID]
    title: Mapped[str]
    notes: Mapped[str]
    believes: Mapped[str]
    resolves: Mapped[str]
    as_amended: Mapped[bool]

    @property
    def text(self) -> MotionText:
        """Its parts."""
        return MotionText(self.title, self.notes, self.believes, self.resolves)
