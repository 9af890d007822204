"""What partners say of a text while it is open, the words they propose, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from organising.platform.checks import one_of
from organising.platform.db import Lent, db
from organising.statements.states import Outcome

LONGEST_COMMENT = 4000


class StatementComment(Lent, db.Model):
    """A comment, or an answer to one (``parent_id``). ``quote`` are words of the text, ``proposal`` those to put there."""

    __tablename__ = "statement_comment"
    __table_args__: Any = (
        Index("ix_statement_comment_statement_id", "statement_id", "created_at"),
        CheckConstraint(
            f"char_length(body) <= {LONGEST_COMMENT} AND char_length(quote) <= {LONGEST_COMMENT} "
            f"AND char_length(proposal) <= {LONGEST_COMMENT}",
            name="length",
        ),
        CheckConstraint("body <> '' OR proposal IS NOT NULL", name="says_something"),
        CheckConstraint("proposal IS NULL OR quote IS NOT NULL", name="proposal"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.id"))
    number: Mapped[int]
    parent_id: Mapped[UUID | None]
    quote: Mapped[str | None]
    proposal: Mapped[str | None]
    body: Mapped[str]
    author_id: Mapped[UUID]
    author_label: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class StatementResolution(Lent, db.Model):
    """What the statement's own organisation did about a thread. Append-only. ``number``: the text that took the words in."""

    __tablename__ = "statement_resolution"
    __table_args__: Any = (
        one_of("outcome", Outcome),
        Index("ix_statement_resolution_statement_id", "statement_id", "created_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.id"))
    comment_id: Mapped[UUID]
    outcome: Mapped[str]
    words: Mapped[str]
    number: Mapped[int | None]
    author_label: Mapped[str]
