"""Areas for organisations' units to choose from, looked up by the beginning of their name or by their code."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, or_, select

from organising.organisations.areas import KnownArea, register_areas
from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.models import Area, AreaKind
from organising.representatives.names import fold
from organising.representatives.queries.areas import exists_on
from organising.representatives.words import area_kind_words

MOST = 30
# What a branch covers is mostly a council; then come seats.
FIRST = (AreaKind.LOCAL_AUTHORITY, AreaKind.REGION, AreaKind.WESTMINSTER)


def search(words: str) -> Sequence[KnownArea]:
    """Areas whose name begins so, or that have this code."""
    return _find(Area.sort_key.startswith(fold(words), autoescape=True), words)


def named(words: str) -> Sequence[KnownArea]:
    """Areas of exactly this name or code."""
    return _find(Area.sort_key == fold(words), words)


def _find(condition: ColumnElement[bool], words: str) -> Sequence[KnownArea]:
    rank = case({str(kind): place for place, kind in enumerate(FIRST)}, value=Area.kind, else_=len(FIRST))
    statement = (
        select(Area)
        .where(Area.gss_code.is_not(None), exists_on(today()))
        .where(or_(condition, Area.gss_code == words.strip().upper()))
        .order_by(rank, Area.sort_key, Area.id)
        .limit(MOST)
    )
    return [
        KnownArea(area.gss_code or "", area.kind, area.name, area_kind_words(area.kind))
        for area in db.session.scalars(statement)
    ]


register_areas(search, named)
