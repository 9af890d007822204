"""Where an ask stands with an institution: what partners say of it, on what evidence. Only ever added."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from organising.lobbying.models.shared import Authored, in_campaign
from organising.organisations.models import Ask
from organising.platform.checks import one_of
from organising.platform.db import Shared, db
from organising.representatives.models import Institution

STATUS_LENGTH = 280


class Status(StrEnum):
    """``superseded``: the ask no longer fits this body, since something else took its place."""

    OPEN = "open"
    PARTLY_MET = "partly_met"
    MET = "met"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


# What has to be shown by something.
SHOWN = (Status.PARTLY_MET, Status.MET, Status.REFUSED)


class AskStatus(Shared, Authored, db.Model):
    """One partner's word on one ask at one institution, as it was on a day. ``request_id``: a request that shows it."""

    __tablename__ = "ask_status"
    __table_args__ = (
        in_campaign(),
        ForeignKeyConstraint(
            ["request_id", "institution_id", "campaign_id"],
            [
                "information_request.id",
                "information_request.institution_id",
                "information_request.campaign_id",
            ],
        ),
        one_of("status", Status),
        CheckConstraint("url ~* '^https?://'", name="url"),
        CheckConstraint(f"char_length(words) <= {STATUS_LENGTH}", name="words"),
        CheckConstraint(
            "status NOT IN ('partly_met', 'met', 'refused') OR words <> '' OR num_nonnulls(url, request_id) > 0",
            name="shown",
        ),
        Index("ix_ask_status_campaign_id_ask_id_institution_id", "campaign_id", "ask_id", "institution_id"),
        Index("ix_ask_status_institution_id", "institution_id"),
    )

    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    ask_id: Mapped[UUID] = mapped_column(ForeignKey("ask.id"))
    status: Mapped[str]
    held_on: Mapped[date]
    words: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]
    request_id: Mapped[UUID | None]

    ask: Mapped[Ask] = relationship(viewonly=True)
    institution: Mapped[Institution] = relationship(viewonly=True)
