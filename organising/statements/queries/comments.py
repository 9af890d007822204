"""What is said of a text while it is open, as threads with what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, exists, func, select

from organising.organisations.models import Organisation
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.statements.models import Statement, StatementAsked, StatementComment, StatementResolution
from organising.statements.states import Outcome, State


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


def select_to_comment(actor: Actor) -> Select[int]:
    """How many partners' texts are put to the actor's organisation, of which it has said nothing yet."""
    said = exists().where(
        StatementComment.statement_id == Statement.id,
        StatementComment.organisation_id == actor.organisation_id,
    )
    return (
        select(func.count(Statement.id))
        .join(StatementAsked, StatementAsked.statement_id == Statement.id)
        .where(
            StatementAsked.asked_id == actor.organisation_id,
            Statement.organisation_id != actor.organisation_id,
            Statement.state == State.CONSULTATION,
            ~said,
        )
    )


def select_to_resolve(actor: Actor) -> Select[int]:
    """How many comments of others on the organisation's own texts wait to be taken in or closed."""
    last = (
        select(StatementResolution.outcome)
        .where(StatementResolution.comment_id == StatementComment.id)
        .order_by(StatementResolution.created_at.desc(), StatementResolution.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(func.count(StatementComment.id))
        .join(Statement, Statement.id == StatementComment.statement_id)
        .where(
            Statement.organisation_id == actor.organisation_id,
            Statement.state == State.CONSULTATION,
            StatementComment.parent_id.is_(None),
            StatementComment.withdrawn_at.is_(None),
            StatementComment.author_id != actor.user_id,
            func.coalesce(last, Outcome.REOPENED) == Outcome.REOPENED,
        )
    )


def _names(ids: set[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(
        select(Organisation.id, Organisation.short_name).where(Organisation.id.in_(list(ids)))
    )
    return {row.id: row.short_name for row in rows}
