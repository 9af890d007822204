"""Statements and their texts. Row security answers who may read which: a text under embargo is simply not there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from organising.organisations.models import Organisation
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import NotFound
from organising.statements.models import Statement, StatementAsked, StatementVersion
from organising.statements.states import Kind, State


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; ``words`` are looked for in working names, and in texts that the reader may read."""

    kind: str = ""
    state: str = ""
    words: str = ""
    put_away: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.kind or self.state or self.words or self.put_away)


def list_statements(actor: Actor, filters: Filters) -> Select[tuple[Statement]]:
    """The campaign's statements that this person may know of."""
    statement = select(Statement).where(Statement.campaign_id == actor.campaign_id)
    if filters.kind:
        statement = statement.where(Statement.kind == filters.kind)
    put_away = and_(Statement.state == State.DRAFT, Statement.retired_at.is_not(None))
    statement = statement.where(put_away if filters.put_away else ~put_away)
    if filters.state:
        statement = statement.where(Statement.state == filters.state)
    if filters.words:
        found = select(StatementVersion.statement_id).where(
            or_(
                StatementVersion.headline.icontains(filters.words, autoescape=True),
                StatementVersion.body.icontains(filters.words, autoescape=True),
            )
        )
        statement = statement.where(
            or_(Statement.title.icontains(filters.words, autoescape=True), Statement.id.in_(found))
        )
    return statement


def get_statement(statement_id: UUID) -> Statement:
    """A statement that the reader may know of; raises :class:`NotFound`."""
    return get_or_404(Statement, statement_id)


def lock_own(actor: Actor, statement_id: UUID) -> Statement:
    """A statement of the actor's organisation, held until the commit and read anew; raises :class:`NotFound`."""
    found = db.session.scalars(
        select(Statement)
        .where(Statement.id == statement_id, Statement.organisation_id == actor.organisation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def find_version(statement: Statement, number: int | None = None) -> StatementVersion | None:
    """One text, or the one that stands (else the latest); ``None`` where the reader may not read it."""
    wanted = number or (
        statement.locked_number if statement.is_frozen and statement.locked_number else statement.number
    )
    return db.session.scalars(
        select(StatementVersion).where(
            StatementVersion.statement_id == statement.id, StatementVersion.number == wanted
        )
    ).one_or_none()


def get_version(statement: Statement, number: int | None = None) -> StatementVersion:
    """The same; raises :class:`NotFound` where there is none to read."""
    found = find_version(statement, number)
    if found is None:
        raise NotFound
    return found


def list_versions(statement: Statement) -> Sequence[StatementVersion]:
    """The texts that the reader may read, the latest first."""
    return db.session.scalars(
        select(StatementVersion)
        .where(StatementVersion.statement_id == statement.id)
        .order_by(StatementVersion.number.desc())
    ).all()


def list_current_lines(campaign_id: UUID) -> list[tuple[Statement, StatementVersion]]:
    """The coalition's lines to take that are in use, each as it reads now; the latest released first."""
    rows = db.session.execute(
        select(Statement, StatementVersion)
        .join(
            StatementVersion,
            (StatementVersion.statement_id == Statement.id) & (StatementVersion.number == Statement.number),
        )
        .where(
            Statement.campaign_id == campaign_id,
            Statement.kind == Kind.LINES_TO_TAKE,
            Statement.state == State.RELEASED,
            Statement.retired_at.is_(None),
        )
        .order_by(Statement.released_at.desc(), Statement.id)
    )
    return [(statement, version) for statement, version in rows]


def is_asked_to_sign(actor: Actor, statement: Statement) -> bool:
    """Whether the actor's organisation is asked for its name."""
    found = db.session.scalar(
        select(StatementAsked.may_sign).where(
            StatementAsked.statement_id == statement.id, StatementAsked.asked_id == actor.organisation_id
        )
    )
    return bool(found)


def has_passed(moment: datetime) -> bool:
    """Whether a moment has come by the database's clock, which alone decides on embargoes."""
    return bool(db.session.scalar(select(func.now() >= moment)))


def list_due(organisation_id: UUID) -> Sequence[UUID]:
    """Statements of the session's organisation whose embargo has passed, for the clock to release."""
    return db.session.scalars(
        select(Statement.id).where(
            Statement.organisation_id == organisation_id,
            Statement.state == State.EMBARGOED,
            Statement.embargo_at <= func.now(),
        )
    ).all()


def list_told_of(organisation_id: UUID) -> Sequence[Statement]:
    """Statements that are put to the session's organisation now: a partner's to comment on, or one to sign where it may."""
    return db.session.scalars(
        select(Statement)
        .join(StatementAsked, StatementAsked.statement_id == Statement.id)
        .where(
            StatementAsked.asked_id == organisation_id,
            or_(
                and_(Statement.state == State.CONSULTATION, Statement.organisation_id != organisation_id),
                and_(Statement.state == State.SIGNOFF_OPEN, StatementAsked.may_sign),
            ),
        )
        .order_by(Statement.created_at, Statement.id)
    ).all()


def list_owner_names(statements: Iterable[Statement]) -> dict[UUID, str]:
    """The names of the organisations whose statements they are."""
    ids = {one.organisation_id for one in statements}
    rows = db.session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(list(ids)))
    )
    return {row.id: row.name for row in rows}


def find_taken_on(statement: Statement) -> Statement | None:
    """The lead's statement that a partner's draft was taken on as, where the reader may know of it."""
    return db.session.scalars(
        select(Statement).where(Statement.origin_id == statement.id).order_by(Statement.created_at).limit(1)
    ).one_or_none()


def find_by_digest(statement: Statement, digest: str) -> StatementVersion | None:
    """The latest text with this hash."""
    return db.session.scalars(
        select(StatementVersion)
        .where(StatementVersion.statement_id == statement.id, StatementVersion.digest == digest)
        .order_by(StatementVersion.number.desc())
        .limit(1)
    ).one_or_none()
