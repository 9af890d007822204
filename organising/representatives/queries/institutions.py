"""Reading institutions: the public bodies of which the campaign asks something."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import joinedload

from organising.platform.db import db, get_or_404
from organising.representatives.models import Area, Institution
from organising.representatives.names import fold
from organising.representatives.queries.people import MOST_WORDS, Suggestion

_KINDS = {
    "department": "Department",
    "police_force": "Police force",
    "police_commissioner": "Police and crime commissioner",
    "health_board": "Health board",
    "trust": "NHS trust",
    "local_authority": "Council",
    "school": "School",
    "other": "Other body",
}


def there_on(on: date) -> ColumnElement[bool]:
    """Institutions that are there on a day."""
    return and_(
        or_(Institution.started_on.is_(None), Institution.started_on <= on),
        or_(Institution.ended_on.is_(None), Institution.ended_on >= on),
    )


def named(words: str) -> ColumnElement[bool]:
    """Each word typed begins a word of the name; accents and case don't matter."""
    spaced = func.concat(" ", Institution.sort_key)
    return and_(
        true(), *(spaced.contains(f" {word}", autoescape=True) for word in fold(words).split()[:MOST_WORDS])
    )


def list_institutions(
    kind: str = "", words: str = "", area_id: UUID | None = None, *, on: date
) -> Select[Institution]:
    """Institutions of a day by kind, by what was typed and by the area they serve, to page by ``sort_key`` and ``id``."""
    statement = select(Institution).where(there_on(on), named(words)).options(joinedload(Institution.area))
    if kind:
        statement = statement.where(Institution.kind == kind)
    if area_id:
        statement = statement.where(Institution.area_id == area_id)
    return statement


def get_institution(institution_id: UUID) -> Institution:
    """One institution, also one that is no more. Raises NotFound."""
    institution: Institution = get_or_404(Institution, institution_id)
    return institution


def search_institutions(words: str, *, on: date, limit: int = 30) -> list[Suggestion]:
    """Institutions by the first letters of their names; nothing typed finds nothing."""
    if not fold(words):
        return []
    statement = (
        select(Institution.id, Institution.name, Institution.kind, Area.name)
        .outerjoin(Area, Area.id == Institution.area_id)
        .where(there_on(on), named(words))
        .order_by(Institution.sort_key, Institution.id)
        .limit(limit)
    )
    return [
        Suggestion(key, name, ", ".join(one for one in (_KINDS[kind], area) if one))
        for key, name, kind, area in db.session.execute(statement)
    ]
