"""Which partners a statement is put to, and whom of them a mail went to."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.db import Lent, Owned, db


class StatementAsked(Lent, db.Model):
    """A partner that is consulted, and asked for its name where ``may_sign``. All who are asked read who else is."""

    __tablename__ = "statement_asked"
    __table_args__: Any = (UniqueConstraint("statement_id", "asked_id"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.id"))
    asked_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    may_sign: Mapped[bool]


class StatementNotice(Owned, db.Model):
    """One person was written to about one occasion (``stamp``: a text's hash and what it was about, or a day's reminder)."""

    __tablename__ = "statement_notice"
    __table_args__: Any = (UniqueConstraint("organisation_id", "user_id", "stamp"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[UUID]
    stamp: Mapped[str]
