"""Notices: one line that a partner's deed concerns another, such as a target handed over."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, desc
from sqlalchemy.orm import Mapped, mapped_column

from organising.lobbying.models.shared import AboutSubject, Authored, in_campaign
from organising.platform.checks import one_of
from organising.platform.clock import now
from organising.platform.db import Owned, Shared, db


class NoticeKind(StrEnum):
    ALLOCATED = "allocated"
    RELEASED = "released"
    JOIN_ASKED = "join_asked"
    JOIN_ANSWERED = "join_answered"
    HANDED_OVER = "handed_over"
    DISPUTE = "dispute"


class Notice(Shared, Authored, AboutSubject, db.Model):
    """Something that concerns the organisation ``to_organisation_id``. ``words`` holds only what is shared.

    A bulk deed is one notice with its count in the words, not one for each target.
    """

    __tablename__ = "notice"
    __table_args__ = (
        in_campaign(),
        one_of("kind", NoticeKind),
        Index("ix_notice_to_organisation_id_created_at", "to_organisation_id", desc("created_at")),
    )

    to_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    words: Mapped[str]


class NoticeRead(Owned, db.Model):
    """A member has seen a notice."""

    __tablename__ = "notice_read"
    __table_args__ = (UniqueConstraint("organisation_id", "notice_id", "user_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID]
    read_at: Mapped[datetime] = mapped_column(default=now)
