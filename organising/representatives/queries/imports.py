"""Reading the history of imports, the questions they left, and what people belong to beside seats."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.few import count_found
from organising.representatives.models import (
    Affiliation,
    Body,
    Contest,
    ImportBatch,
    ImportQuestion,
    ImportUpload,
    Person,
    QuestionState,
    UploadState,
)


def list_questions(state: str = QuestionState.OPEN) -> Select[ImportQuestion]:
    """Questions in one state, to be ordered by ``created_at`` and ``id``."""
    return select(ImportQuestion).where(ImportQuestion.state == state)


def count_open_questions() -> int:
    """How many questions wait for an answer."""
    return count_found(list_questions())


def list_candidates(questions: Collection[ImportQuestion]) -> dict[UUID, Person]:
    """Everybody who may be meant by some questions, by id."""
    ids = {one for question in questions for one in question.candidate_ids}
    return {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))}


def list_batches() -> Select[ImportBatch]:
    """Imports that were applied, to be ordered by ``created_at`` descending and ``id``."""
    return select(ImportBatch).where(ImportBatch.applied)


def find_batch(sha256: str) -> ImportBatch | None:
    """The last import of the very same file, None where there was none."""
    statement = select(ImportBatch).where(ImportBatch.sha256 == sha256, ImportBatch.applied)
    return db.session.scalars(statement.order_by(ImportBatch.created_at.desc()).limit(1)).first()


def is_outdated(source: str, as_of: date) -> bool:
    """Whether another file of this source, which was imported, speaks for a later day."""
    later = select(ImportBatch.id).where(
        ImportBatch.source == source, ImportBatch.applied, ImportBatch.as_of > as_of
    )
    return db.session.scalar(select(later.exists())) or False


def list_uploads(*states: UploadState) -> Sequence[ImportUpload]:
    """The organisation's kept files in some states that have not expired, the newest first."""
    statement = select(ImportUpload).where(ImportUpload.state.in_(states), ImportUpload.expires_at > now())
    return db.session.scalars(statement.order_by(ImportUpload.created_at.desc())).all()


def list_batches_of(sha256s: Collection[str]) -> Sequence[ImportBatch]:
    """Earlier imports of the very same files, the newest first."""
    statement = select(ImportBatch).where(ImportBatch.sha256.in_(sha256s), ImportBatch.applied)
    return db.session.scalars(statement.order_by(ImportBatch.created_at.desc()).limit(20)).all()


def list_affiliations(person_id: UUID) -> Sequence[Affiliation]:
    """A person's posts, committees and groups with their bodies, those that last first, then the newest."""
    statement = (
        select(Affiliation)
        .where(Affiliation.person_id == person_id)
        .options(joinedload(Affiliation.body))
        .order_by(Affiliation.end_on.desc().nulls_first(), Affiliation.start_on.desc().nulls_last())
    )
    return db.session.scalars(statement).all()


def list_bodies(kind: str) -> Sequence[Body]:
    """Bodies of one kind that have a member now, by name; for a filter."""
    holds = select(Affiliation.id).where(Affiliation.body_id == Body.id, Affiliation.end_on.is_(None))
    return db.session.scalars(
        select(Body).where(Body.kind == kind, holds.exists()).order_by(Body.sort_key)
    ).all()


def members_of(body_id: UUID) -> Select[UUID | None]:
    """The ids of people who belong to a body now; for ``Person.id.in_(…)``."""
    return select(Affiliation.person_id).where(
        Affiliation.body_id == body_id, Affiliation.end_on.is_(None), Affiliation.person_id.is_not(None)
    )


def list_contests(area_id: UUID) -> Sequence[Contest]:
    """The polls in a seat, the newest first."""
    statement = select(Contest).where(Contest.area_id == area_id)
    return db.session.scalars(statement.order_by(Contest.poll_on.desc())).all()
