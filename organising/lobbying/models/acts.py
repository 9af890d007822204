"""What the campaign makes of parliamentary acts: which ask an item concerns, and which promise an act kept."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.models.shared import Authored, in_campaign
from organising.organisations.models import Ask
from organising.platform.checks import one_of
from organising.platform.db import Owned, Shared, db
from organising.representatives.models import ParliamentaryAct, ParliamentaryItem


class Stance(StrEnum):
    """What voting aye on a division, or signing a motion, means for the ask."""

    FOR = "for"
    AGAINST = "against"


class ActVerdict(StrEnum):
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class AskItem(Shared, Authored, db.Model):
    """An item concerns an ask; somebody who knows the subject said so."""

    __tablename__ = "ask_item"
    __table_args__ = (in_campaign(), one_of("stance", Stance), UniqueConstraint("ask_id", "item_id"))

    item_id: Mapped[UUID] = mapped_column(ForeignKey("parliamentary_item.id", ondelete="CASCADE"), index=True)
    ask_id: Mapped[UUID] = mapped_column(ForeignKey("ask.id"))
    stance: Mapped[str]

    item: Mapped[ParliamentaryItem] = relationship(viewonly=True)
    ask: Mapped[Ask] = relationship(viewonly=True)


class ActDecision(Shared, Authored, db.Model):
    """A person's answer to “is this the act that was promised?”. Without one, a match is only proposed."""

    __tablename__ = "act_decision"
    __table_args__ = (
        in_campaign(),
        one_of("decision", ActVerdict),
        UniqueConstraint("commitment_id", "act_id"),
    )

    commitment_id: Mapped[UUID] = mapped_column(ForeignKey("commitment.id"))
    act_id: Mapped[UUID] = mapped_column(ForeignKey("parliamentary_act.id", ondelete="CASCADE"), index=True)
    decision: Mapped[str]

    act: Mapped[ParliamentaryAct] = relationship(viewonly=True)


class DigestSetting(Owned, db.Model):
    """Whether a member wants the daily digest, and the last day for which they were sent one."""

    __tablename__ = "digest_setting"
    __table_args__ = (UniqueConstraint("organisation_id", "user_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID]
    stopped_at: Mapped[datetime | None]
    sent_for: Mapped[date | None]

    def stop(self, at: datetime) -> bool:
        """Send no more digests; returns whether that changed anything."""
        if self.stopped_at is not None:
            return False
        self.stopped_at = at
        return True

    def resume(self) -> bool:
        """Send digests again; returns whether that changed anything."""
        if self.stopped_at is None:
            return False
        self.stopped_at = None
        return True
