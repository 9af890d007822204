"""A statement and its texts. Who may read which text, and when, is decided by the database alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.db import Lent, Shared, db
from organising.platform.errors import Conflict
from organising.statements.states import FROZEN, OPEN, TRANSITIONS, Kind, State

LONGEST_TITLE = 120
LONGEST_HEADLINE = 200
LONGEST_BODY = 40_000
LONGEST_NOTE = 500


class StatementMoved(Conflict):
    """The statement is in a state from which this step does not lead on. ``details``: ``state``, ``verb``."""

    code = "statement_moved"


class Statement(Shared, db.Model):
    """What is told of a statement before its text may be read. ``title`` is a working name, and no secret from partners.

    ``number`` is the latest text, ``consulted_number`` the first that partners saw, ``locked_number`` the one that stands, with
    its hash: the database writes both, as it does ``released_at`` and then ``slug``. ``origin_id``: a partner's draft it was taken on from.
    ``retired_at``: lines that are spoken no more, or a draft that was given up.
    """

    __tablename__ = "statement"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["campaign_id", "organisation_id"],
            ["campaign_member.campaign_id", "campaign_member.organisation_id"],
        ),
        UniqueConstraint("campaign_id", "slug"),
        one_of("kind", Kind),
        one_of("state", State),
        CheckConstraint(f"char_length(title) BETWEEN 1 AND {LONGEST_TITLE}", name="title"),
        CheckConstraint("soft_deadline <= hard_deadline", name="deadlines"),
        CheckConstraint(
            "(state IN ('draft', 'consultation')) = (locked_number IS NULL) "
            "AND (locked_number IS NULL) = (locked_hash IS NULL)",
            name="locked",
        ),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released"),
        CheckConstraint("state <> 'released' OR slug IS NOT NULL", name="slug"),
        Index("ix_statement_campaign_id_state", "campaign_id", "state"),
    )

    kind: Mapped[str]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    number: Mapped[int] = mapped_column(default=0)
    consulted_number: Mapped[int | None]
    locked_number: Mapped[int | None] = mapped_column(server_onupdate=FetchedValue())
    locked_hash: Mapped[str | None] = mapped_column(server_onupdate=FetchedValue())
    soft_deadline: Mapped[datetime | None]
    hard_deadline: Mapped[datetime | None]
    embargo_at: Mapped[datetime | None]
    lead_first: Mapped[bool] = mapped_column(default=False)
    slug: Mapped[str | None] = mapped_column(server_onupdate=FetchedValue())
    opened_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None] = mapped_column(server_onupdate=FetchedValue())
    retired_at: Mapped[datetime | None]
    origin_id: Mapped[UUID | None] = mapped_column(ForeignKey("statement.id"))

    @property
    def is_open(self) -> bool:
        """Whether its text is being worked on."""
        return self.state in OPEN

    @property
    def is_frozen(self) -> bool:
        """Whether its text stands, so that an edit voids every sign-off."""
        return self.state in FROZEN

    @property
    def is_public(self) -> bool:
        """Whether it has a page for everybody once it is released."""
        return Kind(self.kind).is_public

    @property
    def is_put_away(self) -> bool:
        """Whether it is a draft that was given up."""
        return self.state == State.DRAFT and self.retired_at is not None

    def move(self, verb: str) -> bool:
        """Walk the table; pressing twice is no error. Raises :class:`StatementMoved` where no way leads."""
        step = TRANSITIONS[verb]
        if self.state == step.target:
            return False
        if self.state not in step.sources:
            raise StatementMoved(
                "This can’t be done as it stands now. Load the page again.", state=self.state, verb=verb
            )
        assert step.target is not None
        self.state = step.target
        return True


class StatementVersion(Lent, db.Model):
    """One text of a statement, as somebody saved it. Append-only; the database numbers it and writes its ``digest``.

    ``of_number``: the earlier one that was brought back. ``note``: what a correction after the release puts right.
    """

    __tablename__ = "statement_version"
    __table_args__: Any = (
        UniqueConstraint("statement_id", "number"),
        CheckConstraint(f"char_length(headline) BETWEEN 1 AND {LONGEST_HEADLINE}", name="headline"),
        CheckConstraint(f"char_length(body) BETWEEN 1 AND {LONGEST_BODY}", name="body"),
        CheckConstraint(f"char_length(note) BETWEEN 1 AND {LONGEST_NOTE}", name="note"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.id"))
    number: Mapped[int]
    headline: Mapped[str]
    body: Mapped[str]
    digest: Mapped[str] = mapped_column(server_default=FetchedValue())
    editor_id: Mapped[UUID]
    editor_label: Mapped[str]
    of_number: Mapped[int | None]
    note: Mapped[str | None]
