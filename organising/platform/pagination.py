"""Pages by cursor: the next page starts after the last row seen, so no row is skipped or shown twice."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, tuple_

from .db import db
from .errors import Invalid

Item = TypeVar("Item")
MOST_EXPORTED = 50_000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """``items`` in order; ``next_cursor`` is ``None`` on the last page; ``is_first`` without a cursor."""

    items: Sequence[Item]
    next_cursor: str | None
    is_first: bool


def page(
    statement: Select[Any],
    *,
    order_by: Sequence[Any],
    cursor: str | None,
    size: int = 25,
    descending: bool = False,
    rows: bool = False,
) -> Page[Any]:
    """One page of entities, or of whole ``rows``.

    ``order_by``: columns of the entity or the row, all in one direction, the last one unique.

    Raises :class:`Invalid` for a cursor that this function did not make.
    """
    columns = list(order_by)
    if cursor:
        position = _decode(cursor, columns)
        edge = tuple_(*columns)
        statement = statement.where(edge < position if descending else edge > position)
    ordered = statement.order_by(*[column.desc() if descending else column.asc() for column in columns])
    limited = ordered.limit(size + 1)
    found = list(db.session.execute(limited) if rows else db.session.scalars(limited).unique())
    more = len(found) > size
    found = found[:size]
    return Page(found, _encode(found[-1], columns) if more else None, not cursor)


def _encode(row: Any, columns: list[Any]) -> str:
    values = [getattr(row, column.key) for column in columns]
    text = json.dumps([v.isoformat() if isinstance(v, date | datetime) else _plain(v) for v in values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _decode(cursor: str, columns: list[Any]) -> Any:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(columns):
            raise ValueError
        return tuple_(*[_typed(value, column) for value, column in zip(values, columns, strict=True)])
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        raise Invalid("This page address is damaged. Start again from the first page.") from None


def _typed(value: Any, column: Any) -> Any:
    kind = column.type.python_type
    if kind is UUID:
        return UUID(value)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if value is not None and not isinstance(value, kind):
        raise ValueError
    return value


def list_first(statement: Select[Any], most: int = MOST_EXPORTED) -> Sequence[Any]:
    """The first entities of an ordered list: for a file, which has no pages."""
    return db.session.scalars(statement.limit(most)).all()
