"""One organisation's own copies of signatures, and what each signer agreed to."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ...platform.checks import one_of
from ...platform.clock import now
from ...platform.confirmation import KEPT_LANGUAGE, AwaitsConfirmation
from ...platform.db import Owned, db
from ...platform.sealing import Sealed
from .drives import Sector, member_key

# Of the words of all consents together, in all languages: one more with any change of them (tests/unit/pledges holds it).
CONSENT_VERSION = 1


class PledgeState(StrEnum):
    """Where a signature stands. ``confirmed`` by its owner's email; ``witnessed`` on paper or at a stall, counted apart."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    INVALIDATED = "invalidated"
    WITNESSED = "witnessed"


class Part(StrEnum):
    """How an organisation came by a signature: through its own link, or because the signer ticked its box."""

    COLLECTED = "collected"
    SHARED = "shared_with_consent"


class Channel(StrEnum):
    WEB = "web"
    EMBED = "embed"
    PAPER = "paper"
    EVENT = "event"
    IMPORT = "import"


class Purpose(StrEnum):
    """What a consent is for: to be kept as a signer, to be written to, or to be named in public."""

    PLEDGE = "pledge"
    UPDATES = "updates"
    PUBLIC_NAME = "public_name"


class SpecialCondition(StrEnum):
    """What allows keeping a political belief at all (UK GDPR Article 9(2)): recorded with each consent."""

    EXPLICIT_CONSENT = "explicit_consent"


class Pledge(AwaitsConfirmation, db.Model):
    """One organisation's own copy of one signature. A signing that ticks another's box has two rows, one signing id.

    The keys are hashes under the drive's key: they count a person once and name nobody. ``person_key`` is empty
    where no email was given. ``unit_id`` is the unit of this organisation whose link, batch or officer brought it.
    The database empties every personal column when the state becomes withdrawn or erased.
    """

    __tablename__ = "pledge"
    __table_args__: Any = (
        UniqueConstraint("signing_id", "organisation_id"),
        ForeignKeyConstraint(["campaign_id", "drive_id"], ["pledge_drive.campaign_id", "pledge_drive.id"]),
        ForeignKeyConstraint(
            ["drive_id", "wording_version"], ["pledge_wording.drive_id", "pledge_wording.version"]
        ),
        member_key(),
        one_of("part", Part),
        one_of("state", PledgeState),
        one_of("sector", Sector),
        one_of("channel", Channel),
        CheckConstraint("source ~ '^[a-z0-9][a-z0-9-]{0,39}$'", name="source"),
        ForeignKeyConstraint(
            ["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"], ondelete="SET NULL (unit_id)"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "invalidation_id"],
            ["pledge_invalidation.organisation_id", "pledge_invalidation.id"],
            ondelete="SET NULL (invalidation_id)",
        ),
        CheckConstraint(
            "CASE WHEN state IN ('withdrawn', 'erased') THEN num_nonnulls(person_key, witness_key) = 0 "
            "ELSE num_nonnulls(person_key, witness_key) > 0 END",
            name="person_key",
        ),
        CheckConstraint("state <> 'confirmed' OR person_key IS NOT NULL", name="confirmed_person"),
        CheckConstraint(
            "state <> 'witnessed' OR num_nonnulls(witnessed_at, witness_key) = 2", name="witnessed_at"
        ),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_at"),
        CheckConstraint(KEPT_LANGUAGE, name="confirmation_language"),
        Index(
            "uq_pledge_signing_collected",
            "signing_id",
            unique=True,
            postgresql_where=text("part = 'collected'"),
        ),
        Index(None, "organisation_id", "drive_id", "created_at", "id"),
        Index(None, "organisation_id", "drive_id", "person_key"),
        Index(None, "organisation_id", "drive_id", "witness_key"),
        Index(None, "organisation_id", "unit_id"),
        Index(None, "organisation_id", "invalidation_id"),
        Index(None, "organisation_id", "email_key"),
        Index(None, "organisation_id", "name_folded"),
        Index(None, "organisation_id", "name_by_last"),
        Index(
            "ix_pledge_unsent",
            "organisation_id",
            "confirmation_due_at",
            postgresql_where=text(
                "state IN ('pending', 'witnessed') AND confirmation_sent_at IS NULL "
                "AND confirmation_due_at IS NOT NULL"
            ),
        ),
        Index(
            "ix_pledge_public_name",
            "drive_id",
            "id",
            postgresql_where=text("public_name AND state = 'confirmed'"),
        ),
    )

    campaign_id: Mapped[UUID]
    drive_id: Mapped[UUID]
    signing_id: Mapped[UUID]
    part: Mapped[str] = mapped_column(default=Part.COLLECTED)
    state: Mapped[str] = mapped_column(default=PledgeState.PENDING)
    channel: Mapped[str] = mapped_column(default=Channel.WEB)
    wording_version: Mapped[int]
    name: Mapped[str | None]
    name_folded: Mapped[str | None]
    name_by_last: Mapped[str | None]
    email_cipher: Mapped[bytes | None]
    email_key: Mapped[bytes | None]
    postcode: Mapped[str | None]
    sector: Mapped[str | None]
    job_cipher: Mapped[bytes | None]
    workplace_cipher: Mapped[bytes | None]
    public_name: Mapped[bool] = mapped_column(default=False)
    # A changed address ends the links that went to the one before.
    link_version: Mapped[int] = mapped_column(SmallInteger, default=0)
    constituency_code: Mapped[str | None]
    person_key: Mapped[bytes | None]
    name_key: Mapped[bytes | None]
    postcode_key: Mapped[bytes | None]
    witness_key: Mapped[bytes | None]
    unit_id: Mapped[UUID | None]
    source: Mapped[str | None]
    invalidation_id: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    witnessed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    details_removed_at: Mapped[datetime | None]
    # Which language and edition of the text they signed; the database drops it with the other details.
    signed_text_cipher: Mapped[bytes | None]

    email = Sealed("email_cipher")
    signed_text = Sealed("signed_text_cipher")
    job = Sealed("job_cipher")
    workplace = Sealed("workplace_cipher")

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        # A copy shared with consent was confirmed with the one it was made from.
        return and_(cls.state.in_((PledgeState.PENDING, PledgeState.WITNESSED)), cls.part == Part.COLLECTED)


class PledgeConsent(Owned, db.Model):
    """What a signer agreed to, for one organisation. "Not asked" has no row.

    ``wording`` is in English; ``wording_version`` says which words those were in the language that the signer read.
    """

    __tablename__ = "pledge_consent"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "pledge_id"], ["pledge.organisation_id", "pledge.id"], ondelete="CASCADE"
        ),
        Index(None, "organisation_id", "pledge_id"),
        one_of("purpose", Purpose),
        one_of("condition", SpecialCondition),
    )

    pledge_id: Mapped[UUID]
    signing_id: Mapped[UUID] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(default="email")
    purpose: Mapped[str]
    wording: Mapped[str]
    wording_version: Mapped[int] = mapped_column(SmallInteger, default=CONSENT_VERSION)
    condition: Mapped[str] = mapped_column(default=SpecialCondition.EXPLICIT_CONSENT)
    given_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
