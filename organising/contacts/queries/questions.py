"""What a segment can ask, and how each answer is found in the database. Later domains add questions of their own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ARRAY, ColumnElement, LargeBinary, Select, SQLColumnExpression, any_, func, select

from ...platform.clock import LONDON, today
from ...platform.permissions import Permission
from ..criteria import LONGEST_VALUE
from ..models import Contact, ContactDetail

MOST_DAYS = 36_500
LARGEST = Decimal(10) ** 12
Choices = Sequence[tuple[str, Any]]


class Takes(StrEnum):
    """With what an operator compares."""

    NOTHING = "nothing"
    TEXT = "text"
    NUMBER = "number"
    DAYS = "days"
    DAY = "day"
    CHOICE = "choice"
    ID = "id"


class Theme(StrEnum):
    """Under which heading a question is offered."""

    WHO = "who"
    WHERE = "where"
    FIELDS = "fields"
    AGREED = "agreed"
    DID = "did"
    WHEN = "when"


@dataclass(frozen=True)
class Operator:
    """One way to ask. ``words`` stand in the builder, ``says`` in the sentence; ``build`` makes a condition on Contact.

    ``choices``: what a choice is made among, asked for when it is needed.
    """

    key: str
    words: Any
    says: Any
    build: Callable[[Any], ColumnElement[bool]]
    takes: Takes = Takes.NOTHING


@dataclass(frozen=True)
class Question:
    """Something that can be asked of every contact. ``permission``: who may ask it, beside keeping contacts.

    ``is_offered``: not so of a field that was put away; segments that ask it still do.
    """

    key: str
    label: Any
    theme: Theme
    operators: tuple[Operator, ...]
    choices: Callable[[], Choices] = tuple
    permission: Permission | None = None
    is_offered: bool = True

    def operator(self, key: str) -> Operator | None:
        """The operator of that key; the first where none is said yet."""
        return next((one for one in self.operators if one.key == (key or self.operators[0].key)), None)


Source = Callable[[], Iterable[Question]]
_sources: list[Source] = []


def register_questions(source: Source) -> Source:
    """Have a domain's questions offered in every segment; once, however often said."""
    if source not in _sources:
        _sources.append(source)
    return source


def list_questions() -> dict[str, Question]:
    """Everything that the current organisation's segments can ask, by key."""
    # What there is to choose among is looked up once, however many conditions choose among it.
    return {one.key: replace(one, choices=cache(one.choices)) for source in _sources for one in source()}


def read_value(takes: Takes, text: str) -> Any:
    """What was typed, as the operator compares it. Raises ``ValueError`` with words for who typed it."""
    text = text.strip()
    if takes is Takes.NOTHING:
        return None
    if not text:
        raise ValueError(_("Fill this in."))
    if len(text) > LONGEST_VALUE:
        raise ValueError(_("Use at most %(most)s characters.", most=LONGEST_VALUE))
    if takes in (Takes.TEXT, Takes.CHOICE):
        return text
    return _READERS[takes](text)


def _read_number(text: str) -> Decimal:
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > LARGEST:
        raise ValueError(_("Write a number, such as 12 or 12.5."))
    return found


def _read_days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= MOST_DAYS and len(text) < 9):
        raise ValueError(_("Write a whole number of days, such as 30."))
    return int(text)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("There is no such day. Write it as 2026-12-31.")) from None


def _read_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValueError(_("Choose one of these.")) from None


_READERS: dict[Takes, Callable[[str], Any]] = {
    Takes.NUMBER: _read_number,
    Takes.DAYS: _read_days,
    Takes.DAY: _read_day,
    Takes.ID: _read_id,
}


def having(model: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """That a contact has a row of this model of which all this holds."""
    return among(Contact.id, select(model.contact_id).where(*conditions))


def among(column: Any, found: Select[Any]) -> ColumnElement[bool]:
    """That a column is among what a select finds, read once and hashed, then looked up for each row.

    The planner knows so little of what row security leaves that it would else join row by row: minutes at 300,000
    contacts. Behind IS TRUE it can't, whether the condition stands alone, in an "or" or in a "not"; nothing is unknown.
    """
    condition: ColumnElement[bool] = column.in_(found.correlate(None)).is_(True)
    return condition


def having_address(keys: Select[Any]) -> ColumnElement[bool]:
    """That an address or number of a contact is among these, as blind indexes: looked up from them, not from each contact."""
    found = func.array(keys.correlate(None).scalar_subquery(), type_=ARRAY(LargeBinary))
    return having(ContactDetail, ContactDetail.value_key == any_(found))


def begins(day: date) -> datetime:
    """When a day begins in London."""
    return datetime.combine(day, time(), LONDON)


def moment_operators(moment: SQLColumnExpression[Any], verb: Any) -> tuple[Operator, ...]:
    """Ways to ask when something was. ``verb``: "they were added"."""

    def said(words: Any) -> Any:
        return f"{verb} {words}"

    return (
        Operator("within", _l("in the last … days"), said(_l("in the last %(value)s days")),
                 lambda days: moment >= begins(today() - timedelta(days=days)), Takes.DAYS),
        Operator("longer", _l("more than … days ago"), said(_l("more than %(value)s days ago")),
                 lambda days: moment < begins(today() - timedelta(days=days)), Takes.DAYS),
        Operator("since", _l("on or after"), said(_l("on or after %(value)s")),
                 lambda day: moment >= begins(day), Takes.DAY),
        Operator("before", _l("before"), said(_l("before %(value)s")),
                 lambda day: moment < begins(day), Takes.DAY),
    )  # fmt: skip
