"""What the public reads. It is asked as the public, whoever asks: a text before its time is not in the answer of any of these."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from organising.organisations.models import Organisation
from organising.platform.db import db
from organising.statements.models import Statement, StatementVersion
from organising.statements.queries.signing import Signatory, list_signatories
from organising.statements.states import Kind, State

MOST = 200


@dataclass(frozen=True)
class Published:
    """A released statement as everybody reads it: the text that stands, what was corrected since, and who signed."""

    statement: Statement
    version: StatementVersion
    first: StatementVersion
    corrections: Sequence[StatementVersion]
    signatories: Sequence[Signatory]
    organisation: Organisation

    @property
    def standing(self) -> list[Signatory]:
        """Those whose name stands under it now: all of them, with no "and others"."""
        return [one for one in self.signatories if one.withdrawn_at is None]

    @property
    def withdrawn(self) -> list[Signatory]:
        """Those who took their name back after it was released."""
        return [one for one in self.signatories if one.withdrawn_at is not None]


def list_published(words: str = "") -> list[tuple[Statement, StatementVersion]]:
    """Released statements with the text that stands, the latest first; those that hold ``words`` where given."""
    statement = (
        select(Statement, StatementVersion)
        .join(
            StatementVersion,
            (StatementVersion.statement_id == Statement.id) & (StatementVersion.number == Statement.number),
        )
        .where(Statement.state == State.RELEASED)
        .order_by(Statement.released_at.desc(), Statement.id)
        .limit(MOST)
    )
    if words:
        statement = statement.where(
            or_(
                StatementVersion.headline.icontains(words, autoescape=True),
                StatementVersion.body.icontains(words, autoescape=True),
            )
        )
    return [(one, version) for one, version in db.session.execute(statement)]


def has_published() -> bool:
    """Whether the public has anything to read."""
    found = exists().where(Statement.state == State.RELEASED, Statement.kind != Kind.LINES_TO_TAKE)
    return bool(db.session.scalar(select(found)))


def find_published(slug: str) -> Published | None:
    """One released statement by its address; ``None`` before its time as for one that never was."""
    found = db.session.scalars(
        select(Statement).where(Statement.slug == slug, Statement.state == State.RELEASED)
    ).one_or_none()
    return find_published_of(found) if found is not None and found.is_public else None


def find_published_of(statement: Statement) -> Published | None:
    """A released statement whole; ``None`` where it may not be read."""
    versions = db.session.scalars(
        select(StatementVersion)
        .where(
            StatementVersion.statement_id == statement.id,
            StatementVersion.number >= (statement.locked_number or 0),
        )
        .order_by(StatementVersion.number)
    ).all()
    if not versions:
        return None
    return Published(
        statement,
        versions[-1],
        versions[0],
        [one for one in versions[1:] if one.note],
        list_signatories(statement),
        db.session.get_one(Organisation, statement.organisation_id),
    )
