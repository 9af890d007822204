"""Follow-ups: what someone of an organisation will do next. Private."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from organising.lobbying.models.shared import AboutSubject, of_unit, one_subject
from organising.platform.clock import now
from organising.platform.db import Owned, db
from organising.platform.sealing import Sealed


class FollowUp(Owned, AboutSubject, db.Model):
    """What someone of an organisation will do next about a representative or an institution, by a day."""

    __tablename__ = "follow_up"
    __table_args__ = (
        of_unit(),
        one_subject(),
        Index(
            "ix_follow_up_open",
            "organisation_id",
            "owner_user_id",
            "due_on",
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("ix_follow_up_organisation_id_person_id", "organisation_id", "person_id"),
        Index("ix_follow_up_organisation_id_institution_id", "organisation_id", "institution_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagement.id"), index=True)
    due_on: Mapped[date]
    what_cipher: Mapped[bytes]
    owner_user_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    done_at: Mapped[datetime | None]

    what = Sealed("what_cipher")

    def finish(self, at: datetime | None = None) -> bool:
        """Mark it done; returns whether that changed anything."""
        if self.done_at is not None:
            return False
        self.done_at = at or now()
        return True

    def reopen(self) -> bool:
        """Undo :meth:`finish`; returns whether that changed anything."""
        if self.done_at is None:
            return False
        self.done_at = None
        return True

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and it isn't done."""
        return self.done_at is None and self.due_on < today
