"""An organisation's word about one exact text."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.db import Lent, db
from organising.statements.states import Decision

LONGEST_NAME = 160
LONGEST_COMMENT = 2000


class StatementSignOff(Lent, db.Model):
    """A yes or no of one organisation, bound to the hash of the text that its signer had before them.

    Owned by the organisation that gave it, read by the statement's. ``name``, ``signatory`` and ``signatory_title`` stand as they
    are published. The database takes one only from the signer themselves, of the text that stands, while sign-off is open; ends
    all of them when that text is edited (``voided_at``); and lets nothing be changed but that it is taken back.
    """

    __tablename__ = "statement_sign_off"
    __table_args__: Any = (
        one_of("decision", Decision),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {LONGEST_NAME}", name="name"),
        CheckConstraint(
            f"char_length(signatory) <= {LONGEST_NAME} AND char_length(signatory_title) <= {LONGEST_NAME}",
            name="signatory",
        ),
        CheckConstraint("decision <> 'sign' OR signatory <> ''", name="signed_by"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_label IS NULL)", name="withdrawn"),
        Index(
            "uq_statement_sign_off_standing",
            "statement_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("voided_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.id"))
    statement_organisation_id: Mapped[UUID]
    digest: Mapped[str]
    decision: Mapped[str]
    name: Mapped[str]
    signatory: Mapped[str]
    signatory_title: Mapped[str]
    comment: Mapped[str]
    signer_id: Mapped[UUID]
    signer_label: Mapped[str]
    signer_role: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_label: Mapped[str | None]
    voided_at: Mapped[datetime | None]

    @property
    def stands(self) -> bool:
        """Whether it counts now."""
        return self.voided_at is None and self.withdrawn_at is None
