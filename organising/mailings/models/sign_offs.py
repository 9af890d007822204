"""Who put their name to a mailing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from organising.mailings.states import Decision
from organising.platform.checks import one_of
from organising.platform.db import Lent, db


class SignOff(Lent, db.Model):
    """A decision on one exact content, owned by the signer's organisation, read by the mailing's.
    Append-only.

    The database takes one only from the signer themselves, in the role they hold at that moment. ``counts_from``
    is set where a person who is alone in the organisation signs their own work; ``shown`` is the text they read.
    """

    __tablename__ = "sign_off"
    __table_args__ = (
        one_of("decision", Decision),
        Index("ix_sign_off_mailing_organisation_id_mailing_id", "mailing_organisation_id", "mailing_id"),
    )

    mailing_organisation_id: Mapped[UUID]
    mailing_id: Mapped[UUID]
    content_hash: Mapped[str]
    decision: Mapped[str]
    comment: Mapped[str]
    signer_id: Mapped[UUID]
    signer_label: Mapped[str]
    signer_role: Mapped[str]
    counts_from: Mapped[datetime | None]
    shown: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
