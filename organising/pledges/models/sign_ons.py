"""Organisations that sign a drive: who was invited, what each signed and as what it stands in public, and the inside of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.db import Owned, db
from ...platform.errors import Conflict
from ...platform.sealing import Sealed
from ..sign_on_states import KEPT, TRANSITIONS, SignOnState
from .texts import OfDrive, drive_key

LONGEST_NAME = 160
STATES = ", ".join(f"'{state}'" for state in KEPT)


class SignOnMoved(Conflict):
    """The sign-on is in a state from which this step does not lead on. ``details``: ``state``, ``verb``."""

    code = "sign_on_moved"


class PledgeSignOnInvitation(OfDrive, db.Model):
    """The coordinator asks a partner to sign a drive. Read by the two of them only."""

    __tablename__ = "pledge_sign_on_invitation"
    __table_args__: Any = (
        UniqueConstraint("drive_id", "invited_id"),
        ForeignKeyConstraint(
            ["campaign_id", "invited_id"], ["campaign_member.campaign_id", "campaign_member.organisation_id"]
        ),
        *drive_key(),
    )

    invited_id: Mapped[UUID]


class PledgeSignOn(OfDrive, db.Model):
    """One request of one organisation's to sign one version of the wording, and what became of it.

    Read by the organisation and by the one that made the drive; everyone else reads the published list. ``name``: the
    organisation as it shall stand there. ``signatory``: who signed for it, where it wants that said. ``wording_hash``:
    SHA-256 of title, introduction and wording, in hexadecimal. What was asked never changes (the database holds it).
    """

    __tablename__ = "pledge_sign_on"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["drive_id", "wording_version"], ["pledge_wording.drive_id", "pledge_wording.version"]
        ),
        UniqueConstraint("id", "organisation_id"),
        *drive_key(),
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {LONGEST_NAME}", name="name"),
        CheckConstraint("wording_hash ~ '^[0-9a-f]{64}$'", name="wording_hash"),
        CheckConstraint(
            "state NOT IN ('signed', 'replaced', 'declined') OR num_nonnulls(decided_at, decided_label) = 2",
            name="decided",
        ),
        CheckConstraint(
            "(state IN ('internal_approval', 'signed')) = (ended_at IS NULL)", name="ended_at"
        ),
        Index(None, "drive_id", "organisation_id"),
        Index(
            "uq_pledge_sign_on_asked", "drive_id", "organisation_id", unique=True,
            postgresql_where=text("state = 'internal_approval'"),
        ),
        Index(
            "uq_pledge_sign_on_signed", "drive_id", "organisation_id", unique=True,
            postgresql_where=text("state = 'signed'"),
        ),
    )  # fmt: skip

    wording_version: Mapped[int]
    wording_hash: Mapped[str]
    state: Mapped[str] = mapped_column(default=SignOnState.INTERNAL_APPROVAL)
    name: Mapped[str]
    signatory: Mapped[str | None]
    signatory_role: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_label: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    def move(self, verb: str, at: datetime, by: str | None = None) -> bool:
        """Walk the table; pressing twice is no error. ``by``: who decides. Raises :class:`SignOnMoved` where no way leads."""
        step = TRANSITIONS[verb]
        if self.state == step.target:
            return False
        if self.state not in step.sources:
            raise SignOnMoved(
                "This can’t be done as it stands now. Load the page again.", state=self.state, verb=verb
            )
        self.state = step.target
        if by is not None:
            self.decided_at, self.decided_label = at, by
        if step.target is not SignOnState.SIGNED:
            self.ended_at = at
        return True


class PledgeSignOnInside(Owned, db.Model):
    """What stays inside: who asked and who decided, and what they wrote to each other. Never the same person."""

    __tablename__ = "pledge_sign_on_inside"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["sign_on_id", "organisation_id"],
            ["pledge_sign_on.id", "pledge_sign_on.organisation_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("organisation_id", "sign_on_id"),
        CheckConstraint("decided_by <> asked_by", name="another"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    sign_on_id: Mapped[UUID]
    asked_by: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    note_cipher: Mapped[bytes | None]
    answer_cipher: Mapped[bytes | None]

    note = Sealed("note_cipher")
    answer = Sealed("answer_cipher")


class PledgeSignOnNotice(Owned, db.Model):
    """One person was written to about one invitation or one request."""

    __tablename__ = "pledge_sign_on_notice"
    __table_args__: Any = (UniqueConstraint("organisation_id", "about_id", "user_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    about_id: Mapped[UUID]
    user_id: Mapped[UUID]
