"""The first few of a list, with how many there are in all: what a page of parts shows of each."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Select, func, select

from .db import db

Item = TypeVar("Item")


class Few(list[Item]):
    """The first of a list; ``total`` counts those that are left out, too."""

    def __init__(self, items: Iterable[Item] = (), total: int | None = None) -> None:
        super().__init__(items)
        self.total = len(self) if total is None else total


def first_few(statement: Select[*tuple[Any, ...]], most: int, *, rows: bool = False) -> Few[Any]:
    """At most ``most`` entities of an ordered statement, or whole ``rows``; counted only where there may be more."""
    limited = statement.limit(most)
    found = list(db.session.execute(limited) if rows else db.session.scalars(limited))
    if len(found) < most:
        return Few(found)
    return Few(found, count_found(statement))


def count_found(statement: Select[*tuple[Any, ...]]) -> int:
    """How many rows a statement finds."""
    return db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0


def count_together(*counted: Mapping[str, Select[int]]) -> dict[str, int]:
    """Several counts by their names, each a ``select(func.count())``, in one statement. No two bear one name."""
    asked = [(name, one) for group in counted for name, one in group.items()]
    names = [name for name, _one in asked]
    assert len(set(names)) == len(names), f"two counts are called the same: {names}"
    if not asked:
        return {}
    row = db.session.execute(select(*[one.scalar_subquery().label(name) for name, one in asked])).one()
    return {name: number or 0 for name, number in zip(names, row, strict=True)}
