"""What is said of a text while it is open, as threads with what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from organising.organisations.models import Organisation
from organising.platform.db import db
from organising.statements.models import Statement, StatementComment, StatementResolution
from organising.statements.states import Outcome


@dataclass(frozen=True)
class Thread:
    """A comment, its answers, and what the statement's own organisation did about it last."""

    first: StatementComment
    answers: Sequence[StatementComment]
    resolution: StatementResolution | None
    names: dict[UUID, str]

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        if self.first.withdrawn_at is not None:
            return False
        return self.resolution is None or self.resolution.outcome == Outcome.REOPENED


def list_threads(statement: Statement) -> list[Thread]:
    """Threads in the order in which they began, those still open first; none for whoever may not read the text."""
    comments = db.session.scalars(
        select(StatementComment)
        .where(StatementComment.statement_id == statement.id)
        .order_by(StatementComment.created_at, StatementComment.id)
    ).all()
    resolutions: dict[UUID, StatementResolution] = {}
    for one in db.session.scalars(
        select(StatementResolution)
        .where(StatementResolution.statement_id == statement.id)
        .order_by(StatementResolution.created_at, StatementResolution.id)
    ):
        resolutions[one.comment_id] = one
    names = _names({one.organisation_id for one in comments})
    threads = [
        Thread(
            first, [one for one in comments if one.parent_id == first.id], resolutions.get(first.id), names
        )
        for first in comments
        if first.parent_id is None
    ]
    return sorted(threads, key=lambda thread: not thread.is_open)


def _names(ids: set[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(
        select(Organisation.id, Organisation.short_name).where(Organisation.id.in_(list(ids)))
    )
    return {row.id: row.short_name for row in rows}
