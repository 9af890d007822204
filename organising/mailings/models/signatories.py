"""Organisations asked to put their name under a mailing, and the asking."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.mailings.models.mailings import of_mailing
from organising.mailings.states import Answer
from organising.platform.checks import one_of
from organising.platform.db import Lent, Owned, db


class MailingSignatory(Lent, db.Model):
    """An organisation whose name may stand under the letter. ``answer`` is copied from its own sign-offs, for
    readers who may not see those; what goes out is decided by the sign-offs alone.
    """

    __tablename__ = "mailing_signatory"
    __table_args__ = (
        of_mailing(),
        one_of("answer", Answer),
        UniqueConstraint("organisation_id", "mailing_id", "signatory_id"),
    )

    mailing_id: Mapped[UUID]
    signatory_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    answer: Mapped[str] = mapped_column(default=Answer.NONE)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]

    def take(self, answer: Answer, at: datetime | None = None, by: str | None = None) -> bool:
        """Note the answer; returns whether it is another than before."""
        other = self.answer != answer or self.answered_at != at
        self.answer, self.answered_at, self.answered_by = answer, at, by
        return other


class SignOffRequest(Owned, db.Model):
    """A person of this organisation was written to about one exact content of a mailing that was lent to it."""

    __tablename__ = "sign_off_request"
    __table_args__ = (UniqueConstraint("organisation_id", "mailing_id", "content_hash", "user_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    mailing_organisation_id: Mapped[UUID]
    mailing_id: Mapped[UUID]
    content_hash: Mapped[str]
    user_id: Mapped[UUID]
    sent_at: Mapped[datetime | None]
