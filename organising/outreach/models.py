"""What a mailing to contacts goes to: a question, lent for sign-off; and the people it found, which never are."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from organising.contacts.models import ConsentPurpose, Sector
from organising.mailings.models.mailings import of_mailing
from organising.platform.checks import one_of
from organising.platform.confirmation import KEPT_LANGUAGE, AwaitsConfirmation
from organising.platform.db import Lent, Owned, db

# What contacts can be written to about: the purposes that are no keeping of a fact.
MAILED = tuple(one for one in ConsentPurpose if not one.is_special)
MOST_QUIET_DAYS = 90
_listed = ", ".join(f"'{one}'" for one in MAILED)


class Basis(StrEnum):
    """On what somebody is written to. Nothing else is one: without a decision nobody is.

    ``soft_opt_in`` beside consent, for a charity's own supporters (PECR regulation 22(3A), since 5 February 2026).
    """

    CONSENT = "consent"
    SOFT_OPT_IN = "soft_opt_in"


class LeftOut(StrEnum):
    """Why one of the contacts in question is not written to."""

    NO_EMAIL = "no_email"
    SAID_NO = "said_no"
    BOUNCED = "bounced"
    NOT_ASKED = "not_asked"
    SUPPORTER_ONLY = "supporter_only"
    SAME_MAILBOX = "same_mailbox"
    WRITTEN_LATELY = "written_lately"


class ContactMailing(Lent, db.Model):
    """A mailing to contacts, beside its mailing and lent with it. No row names anybody.

    ``as_of`` is when sign-off was asked for: whoever it found then is frozen in ``mailing_recipient``. Tag, branch
    and segment are no foreign keys: without its tag it goes to nobody, rather than to everybody.
    """

    __tablename__ = "contact_mailing"
    __table_args__: Any = (
        of_mailing(),
        UniqueConstraint("organisation_id", "mailing_id"),
        CheckConstraint(f"purpose IN ({_listed})", name="purpose"),
        one_of("basis", Basis),
        one_of("sector", Sector),
        CheckConstraint(f"quiet_days BETWEEN 1 AND {MOST_QUIET_DAYS}", name="quiet_days"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    mailing_id: Mapped[UUID]
    purpose: Mapped[str]
    basis: Mapped[str]
    tag_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    gss_code: Mapped[str | None]
    sector: Mapped[str | None]
    segment_id: Mapped[UUID | None]
    quiet_days: Mapped[int | None]
    as_of: Mapped[datetime | None]


class MailingRecipient(Owned, db.Model):
    """A contact in question as sign-off was asked for: written to, or left out and why. Never changed, never lent."""

    __tablename__ = "mailing_recipient"
    __table_args__: Any = (
        of_mailing(),
        ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("organisation_id", "mailing_id", "contact_id"),
        one_of("left_out", LeftOut),
        CheckConstraint("left_out IS NOT NULL OR email_key IS NOT NULL", name="email_key"),
        Index(None, "organisation_id", "mailing_id", "left_out", "id"),
        Index(None, "organisation_id", "contact_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    mailing_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    email_key: Mapped[bytes | None]
    left_out: Mapped[str | None]


class RequestKind(StrEnum):
    """``confirm``: a question whether somebody agrees. ``link``: a fresh link to their own page, which they asked for."""

    CONFIRM = "confirm"
    LINK = "link"


class RequestState(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    DISOWNED = "disowned"


class ConsentRequest(AwaitsConfirmation, db.Model):
    """One mail to a contact that asks whether they agree to be emailed: only they answer it, by its link.

    The wording of each purpose asked for is the one that they see. What was disowned ("this wasn't me") stays so: the
    database refuses anything else.
    """

    __tablename__ = "consent_request"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["contact.organisation_id", "contact.id"],
            ondelete="CASCADE",
        ),
        *(
            ForeignKeyConstraint(
                ["organisation_id", f"{purpose}_wording_id"],
                ["consent_wording.organisation_id", "consent_wording.id"],
            )
            for purpose in MAILED
        ),
        one_of("kind", RequestKind),
        one_of("state", RequestState),
        CheckConstraint(KEPT_LANGUAGE, name="confirmation_language"),
        CheckConstraint(
            "(kind = 'confirm') = (num_nonnulls(news_wording_id, invitations_wording_id, fundraising_wording_id) > 0)",
            name="asks",
        ),
        CheckConstraint("(state = 'pending') = (answered_at IS NULL)", name="answered"),
        UniqueConstraint("organisation_id", "submission_key"),
        Index(None, "organisation_id", "contact_id", "created_at"),
        Index(
            None,
            "organisation_id",
            "confirmation_due_at",
            postgresql_where=text("confirmation_sent_at IS NULL"),
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=RequestState.PENDING)
    contact_id: Mapped[UUID]
    email_key: Mapped[bytes]
    news_wording_id: Mapped[UUID | None]
    invitations_wording_id: Mapped[UUID | None]
    fundraising_wording_id: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    asked_by: Mapped[UUID | None]
    author_label: Mapped[str]
    submission_key: Mapped[UUID]

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        return cls.state == RequestState.PENDING

    @property
    def wordings(self) -> dict[ConsentPurpose, UUID]:
        """The wording that is asked about, for each purpose."""
        found = {purpose: getattr(self, f"{purpose}_wording_id") for purpose in MAILED}
        return {purpose: wording for purpose, wording in found.items() if wording is not None}

    def answer(self, state: RequestState, at: datetime) -> bool:
        """Take the one answer; "this wasn't me" may follow a yes, and nothing follows it. Returns whether it changed."""
        if self.state == RequestState.DISOWNED or self.state == state:
            return False
        self.state, self.answered_at = state, at
        return True
