"""Feeds: secret addresses at which a person's own calendar fetches actions."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed


class FeedKind(StrEnum):
    UNIT = "unit"
    ORGANISATION = "organisation"
    CAMPAIGN = "campaign"


KINDS = ", ".join(f"'{kind}'" for kind in FeedKind)
# Calendars ask every few minutes; more than one line a minute tells nobody anything.
FETCHES_APART = timedelta(minutes=1)


def hash_of(token: str) -> bytes:
    """What is kept of a secret: 256 random bits need neither salt nor stretching."""
    return hashlib.sha256(token.encode()).digest()


class CalendarFeed(Owned, db.Model):
    """One secret address. It shows what ``user_id`` may see, as long as they may; the secret itself is not kept.

    ``digest`` is of what was given last, and ``changed_at`` the second from which on it is that.
    """

    __tablename__ = "calendar_feed"
    __table_args__: Any = (
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["unit.organisation_id", "unit.id"]),
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint("(kind = 'unit') = (unit_id IS NOT NULL)", name="unit"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash"),
        Index("ix_calendar_feed_token_hash", "token_hash"),
        Index("ix_calendar_feed_organisation_id_user_id", "organisation_id", "user_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    author_label: Mapped[str]
    label_cipher: Mapped[bytes | None]
    kind: Mapped[str]
    unit_id: Mapped[UUID | None]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    renewed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_fetched_at: Mapped[datetime | None]
    digest: Mapped[str | None]
    changed_at: Mapped[datetime | None]

    label = Sealed("label_cipher")

    def renew(self, token: str, at: datetime) -> None:
        """Another secret; the one before opens nothing from now on. A revoked feed lives again."""
        self.token_hash, self.renewed_at, self.revoked_at = hash_of(token), at, None

    def revoke(self, at: datetime) -> bool:
        """Open to nobody any more; returns whether that changed anything."""
        if self.revoked_at is not None:
            return False
        self.revoked_at = at
        return True

    def give(self, digest: str, at: datetime) -> bool:
        """Note what is given now; returns whether there is anything new to write down.

        ``changed_at`` counts whole seconds, as the header in which it is told does, and never tells the same one twice.
        """
        second = at.replace(microsecond=0)
        news = self.last_fetched_at is None or at - self.last_fetched_at >= FETCHES_APART
        if self.digest != digest:
            after = self.changed_at + timedelta(seconds=1) if self.changed_at else second
            self.digest, self.changed_at, news = digest, max(second, after), True
        if news:
            self.last_fetched_at = at
        return news
