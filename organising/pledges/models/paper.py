"""Paper signatures on their way in: a batch per stack of sheets, its photographs, and a row per signature.

A row holds a name only until its batch is accepted: from then on the signature itself does, and the row says
which one. What was rejected keeps its reason and no name.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...files.models import in_storage
from ...platform.checks import one_of
from ...platform.db import Owned, db
from ...platform.errors import Conflict
from ...platform.sealing import Sealed
from ..paper_states import TRANSITIONS, BatchState
from .signatures import Channel

MOST_CLAIMED = 2_000


class BatchMoved(Conflict):
    """The batch is in a state from which this step does not lead on. ``details``: ``state``, ``verb``."""

    code = "batch_moved"


class Rejection(StrEnum):
    """Why a line of the sheet is not keyed as a signature."""

    UNREADABLE = "unreadable"
    INCOMPLETE = "incomplete"
    TOO_YOUNG = "too_young"
    NOT_A_PERSON = "not_a_person"
    TWICE = "twice"
    CROSSED_OUT = "crossed_out"


class Verdict(StrEnum):
    """What a checker found when comparing a keyed row with the photograph."""

    RIGHT = "right"
    WRONG = "wrong"
    UNREADABLE = "unreadable"


def _of_batch() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organisation_id", "batch_id"], ["paper_batch.organisation_id", "paper_batch.id"], ondelete="CASCADE"
    )


class PaperBatch(Owned, db.Model):
    """A stack of sheets from one event, or what one stall collected. ``claimed``: how many signatures it should hold."""

    __tablename__ = "paper_batch"
    __table_args__: Any = (
        ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        ForeignKeyConstraint(
            ["drive_id", "wording_version"], ["pledge_wording.drive_id", "pledge_wording.version"]
        ),
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        ForeignKeyConstraint(
            ["organisation_id", "action_id"], ["branch_action.organisation_id", "branch_action.id"]
        ),
        one_of("state", BatchState),
        CheckConstraint("channel IN ('paper', 'event')", name="channel"),
        CheckConstraint(f"claimed BETWEEN 1 AND {MOST_CLAIMED}", name="claimed"),
        CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name="accepted_at"),
        Index(None, "organisation_id", "drive_id", "created_at", "id"),
        Index(None, "organisation_id", "action_id"),
        UniqueConstraint("organisation_id", "client_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    campaign_id: Mapped[UUID]
    drive_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    action_id: Mapped[UUID | None]
    client_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(default=Channel.PAPER)
    state: Mapped[str] = mapped_column(default=BatchState.CAPTURED)
    wording_version: Mapped[int]
    label: Mapped[str]
    held_on: Mapped[date]
    claimed: Mapped[int]
    created_by: Mapped[UUID]
    submitted_by: Mapped[UUID | None]
    submitted_at: Mapped[datetime | None]
    sampled_by: Mapped[UUID | None]
    return_reason_cipher: Mapped[bytes | None]
    accepted_by: Mapped[UUID | None]
    accepted_at: Mapped[datetime | None]
    copies_due_at: Mapped[datetime | None]
    scans_delete_on: Mapped[date | None]
    scans_deleted_at: Mapped[datetime | None]

    return_reason = Sealed("return_reason_cipher")

    def move(self, verb: str) -> bool:
        """Walk the table; pressing twice is no error. Raises :class:`BatchMoved` where no way leads."""
        step = TRANSITIONS[verb]
        if self.state == step.target:
            return False
        if self.state not in step.sources:
            raise BatchMoved(
                "This can't be done as the batch stands now. Load the page again.",
                state=self.state,
                verb=verb,
            )
        self.state = step.target
        return True


class PaperScan(Owned, db.Model):
    """A photograph or file of a sheet, which lies in the storage. ``content_cipher``: one that is not carried over yet."""

    __tablename__ = "paper_scan"
    __table_args__: Any = (
        _of_batch(),
        UniqueConstraint("organisation_id", "batch_id", "number"),
        UniqueConstraint("organisation_id", "batch_id", "digest"),
        CheckConstraint("kind IN ('image/jpeg', 'application/pdf')", name="kind"),
        *in_storage(),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    batch_id: Mapped[UUID]
    number: Mapped[int]
    kind: Mapped[str]
    digest: Mapped[bytes]
    size: Mapped[int]
    file_id: Mapped[UUID | None]
    content_cipher: Mapped[bytes | None] = mapped_column(deferred=True)


class PaperRow(Owned, db.Model):
    """One line of a sheet. ``client_id`` comes from the form or the stall's device: sent twice, it is kept once."""

    __tablename__ = "paper_row"
    __table_args__: Any = (
        _of_batch(),
        ForeignKeyConstraint(
            ["organisation_id", "pledge_id"],
            ["pledge.organisation_id", "pledge.id"],
            ondelete="SET NULL (pledge_id)",
        ),
        UniqueConstraint("organisation_id", "batch_id", "number"),
        UniqueConstraint("organisation_id", "client_id"),
        one_of("rejection", Rejection),
        one_of("verdict", Verdict),
        CheckConstraint(
            "rejection IS NULL OR num_nonnulls(name, postcode, email_cipher) = 0", name="rejected"
        ),
        Index(None, "organisation_id", "drive_id", "witness_key"),
        Index(None, "organisation_id", "pledge_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    batch_id: Mapped[UUID]
    drive_id: Mapped[UUID]
    number: Mapped[int]
    client_id: Mapped[UUID]
    name: Mapped[str | None]
    postcode: Mapped[str | None]
    email_cipher: Mapped[bytes | None]
    witness_key: Mapped[bytes | None]
    wants_updates: Mapped[bool] = mapped_column(default=False)
    lead_may_keep: Mapped[bool] = mapped_column(default=False)
    rejection: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    keyed_by: Mapped[UUID]
    sample_place: Mapped[int | None]
    verdict: Mapped[str | None]
    verdict_by: Mapped[UUID | None]
    pledge_id: Mapped[UUID | None]
    # The signing under which the lead holds its copy, where its box was ticked.
    copy_signing_id: Mapped[UUID | None]
    # Of a row that was given back after its mail went: the signing that the mail's link opens, and when that was.
    signing_id: Mapped[UUID | None]
    mail_sent_at: Mapped[datetime | None]

    email = Sealed("email_cipher")
