"""What reads of this domain have in common: the one row or none, whom rows are about, holding one to change it."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from organising.lobbying.models import Commitment, Engagement, InformationRequest
from organising.lobbying.models.shared import AboutSubject
from organising.platform.db import db
from organising.platform.errors import NotFound

Row = TypeVar("Row")


def one_or_404(statement: Select[Row]) -> Row:
    """The row that the statement finds. Raises NotFound where it finds none."""
    found: Row | None = db.session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def of_subject(
    model: type[AboutSubject], person_id: UUID | None, institution_id: UUID | None
) -> ColumnElement[bool]:
    """The condition that a row is about this person or institution."""
    return model.person_id == person_id if person_id else model.institution_id == institution_id


def in_log(
    engagement_id: ColumnElement[UUID | None] | InstrumentedAttribute[UUID | None],
) -> ColumnElement[bool]:
    """The condition that something was recorded with no contact, or with one that was not taken out of the log."""
    contact = aliased(Engagement)
    # A scalar: PostgreSQL looks each engagement up by its id. For EXISTS it reads all that there are into a hash.
    stands = (
        select(true()).where(contact.id == engagement_id, contact.withdrawn_at.is_(None)).scalar_subquery()
    )
    return or_(engagement_id.is_(None), stands)


def hold(row: Commitment | Engagement | InformationRequest) -> None:
    """Lock a row until the transaction ends, and read it again: what is here now is what will be changed."""
    model = type(row)
    # Of the row alone: what is loaded beside it may be missing, and an outer join takes no lock.
    db.session.execute(select(model.id).where(model.id == row.id).with_for_update())
    db.session.refresh(row)
