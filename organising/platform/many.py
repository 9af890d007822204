"""Asking about many values at once."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, literal


def among(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """That a column is one of many values: they travel as one array, where ``in_`` makes a parameter of each."""
    found: ColumnElement[bool] = column == any_(literal(list(values), ARRAY(column.type)))
    return found
