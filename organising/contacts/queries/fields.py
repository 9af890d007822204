"""An organisation's own fields: which there are, what contacts have in them, and what segments ask of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from ...platform.clock import today
from ...platform.db import db
from ...platform.sealing import blind_index
from ...platform.tenancy import context_of
from ...platform.ui import longdate
from ...representatives.names import fold
from ..models import ContactField, ContactFieldOption, ContactFieldValue, FieldKind
from .questions import Operator, Question, Takes, Theme, having, register_questions

Value = Any
KEY = "field."


@dataclass(frozen=True)
class OwnField:
    """A field with the words to choose among, those put away too."""

    field: ContactField
    options: tuple[ContactFieldOption, ...]

    @property
    def id(self) -> UUID:
        """The field's."""
        return self.field.id

    @property
    def name(self) -> str:
        """The field's."""
        return self.field.name

    @property
    def kind(self) -> FieldKind:
        """The field's."""
        return FieldKind(self.field.kind)

    def offered(self, chosen: Collection[UUID] = ()) -> list[ContactFieldOption]:
        """The words to choose among now, with those put away that are chosen already."""
        return [one for one in self.options if one.removed_at is None or one.id in chosen]


def list_fields(*, removed: bool = False) -> list[OwnField]:
    """The organisation's fields in its order; with those put away where asked for."""
    statement = select(ContactField).order_by(ContactField.place, ContactField.id)
    if not removed:
        statement = statement.where(ContactField.removed_at.is_(None))
    fields = db.session.scalars(statement).all()
    options: dict[UUID, list[ContactFieldOption]] = defaultdict(list)
    if any(FieldKind(one.kind).has_options for one in fields):
        rows = select(ContactFieldOption).order_by(ContactFieldOption.place, ContactFieldOption.id)
        for option in db.session.scalars(rows):
            options[option.field_id].append(option)
    return [OwnField(one, tuple(options.get(one.id, ()))) for one in fields]


def list_values(contact_ids: Collection[UUID]) -> dict[UUID, dict[UUID, Value]]:
    """What each contact's fields hold: text, a number, a day, yes or no, or ids of options in their order."""
    rows = db.session.scalars(
        select(ContactFieldValue)
        .where(ContactFieldValue.contact_id.in_(contact_ids))
        .order_by(ContactFieldValue.option_id)
    )
    found: dict[UUID, dict[UUID, Value]] = defaultdict(dict)
    for row in rows:
        mine = found[row.contact_id]
        if row.option_id is not None:
            mine[row.field_id] = (*mine.get(row.field_id, ()), row.option_id)
        else:
            plain = (row.number, row.day, row.truth, row.text)
            mine[row.field_id] = next(one for one in plain if one is not None)
    return found


def say_value(field: OwnField, value: Value) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if field.kind.has_options:
        return "; ".join(one.name for one in field.options if one.id in value)
    if field.kind is FieldKind.DAY:
        return str(longdate(value))
    if field.kind is FieldKind.TRUTH:
        return str(_("Yes") if value else _("No"))
    return plain_number(value) if field.kind is FieldKind.NUMBER else str(value)


def write_value(field: OwnField, value: Value) -> object:
    """A value as it stands in a file: days as 2026-12-31, several words with semicolons between them."""
    if value is None:
        return ""
    return value if field.kind is FieldKind.DAY else say_value(field, value)


def plain_number(number: Decimal) -> str:
    """A number without the noughts that say nothing: 12, 12.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def text_key(organisation_id: UUID, field_id: UUID, text: str) -> bytes:
    """The blind index of a field's text: the same words, whatever their accents and case, in this field alone."""
    return blind_index(organisation_id, f"contact field {field_id}", fold(text) or text)


@register_questions
def list_field_questions() -> Iterable[Question]:
    """What segments ask of the organisation's own fields, those put away too: a saved segment may ask them."""
    for one in list_fields(removed=True):
        yield _question(one)


def _question(field: OwnField) -> Question:
    is_used = field.field.removed_at is None
    label = field.name if is_used else _("%(name)s (archived)", name=field.name)
    operators = [*_OPERATORS[field.kind](field), *_known(field)]
    return Question(
        f"{KEY}{field.id}", label, Theme.FIELDS, tuple(operators), lambda: _choices(field), is_offered=is_used
    )


def _choices(field: OwnField) -> Sequence[tuple[str, str]]:
    return [(str(one.id), one.name) for one in field.options]


def _has(field: OwnField, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return having(ContactFieldValue, ContactFieldValue.field_id == field.id, *conditions)


def _known(field: OwnField) -> Iterable[Operator]:
    name = field.name
    yield Operator(
        "known", _l("is filled in"), _("%(name)s: filled in", name=_safe(name)), lambda _none: _has(field)
    )
    yield Operator(
        "unknown",
        _l("is not filled in"),
        _("%(name)s: not filled in", name=_safe(name)),
        lambda _none: ~_has(field),
    )


def _safe(name: str) -> str:
    """A name within words that are filled in later."""
    return name.replace("%", "%%")


def _text(field: OwnField) -> Iterable[Operator]:
    def same(text: str) -> ColumnElement[bool]:
        organisation_id = context_of(db.session()).organisation_id
        assert organisation_id is not None
        return _has(field, ContactFieldValue.text_key == text_key(organisation_id, field.id, text))

    name = _safe(field.name)
    yield Operator("is", _l("is exactly"), f"{name}: “%(value)s”", same, Takes.TEXT)
    yield Operator(
        "is_not",
        _l("is not"),
        _("%(name)s: not", name=name) + " “%(value)s”",
        lambda text: ~same(text),
        Takes.TEXT,
    )


def _number(field: OwnField) -> Iterable[Operator]:
    name, column = _safe(field.name), ContactFieldValue.number
    for key, words, build in (
        ("at_least", _l("is at least"), lambda number: _has(field, column >= number)),
        ("at_most", _l("is at most"), lambda number: _has(field, column <= number)),
        ("is", _l("is"), lambda number: _has(field, column == number)),
    ):
        yield Operator(key, words, f"{name} {words} %(value)s", build, Takes.NUMBER)


def _day(field: OwnField) -> Iterable[Operator]:
    name, column = _safe(field.name), ContactFieldValue.day
    for key, words, takes, build in (
        ("since", _l("is on or after"), Takes.DAY, lambda day: _has(field, column >= day)),
        ("before", _l("is before"), Takes.DAY, lambda day: _has(field, column < day)),
        ("on", _l("is on"), Takes.DAY, lambda day: _has(field, column == day)),
    ):
        yield Operator(key, words, f"{name} {words} %(value)s", build, takes)
    yield Operator("within", _l("was in the last … days"), name + " " + _("was in the last %(value)s days"),
                   lambda days: _has(field, column.between(today() - timedelta(days=days), today())), Takes.DAYS)  # fmt: skip
    yield Operator("ahead", _l("is in the next … days"), name + " " + _("is in the next %(value)s days"),
                   lambda days: _has(field, column.between(today(), today() + timedelta(days=days))), Takes.DAYS)  # fmt: skip


def _truth(field: OwnField) -> Iterable[Operator]:
    name, column = _safe(field.name), ContactFieldValue.truth
    yield Operator(
        "yes", _l("is yes"), _("%(name)s: yes", name=name), lambda _none: _has(field, column.is_(True))
    )
    yield Operator(
        "no", _l("is no"), _("%(name)s: no", name=name), lambda _none: _has(field, column.is_(False))
    )


def _option(field: OwnField) -> Iterable[Operator]:
    def chosen(option_id: UUID) -> ColumnElement[bool]:
        return _has(field, ContactFieldValue.option_id == option_id)

    name = _safe(field.name)
    yield Operator("has", _l("is"), f"{name}: %(value)s", chosen, Takes.ID)
    yield Operator(
        "has_not",
        _l("is not"),
        _("%(name)s: not", name=name) + " %(value)s",
        lambda one: ~chosen(one),
        Takes.ID,
    )


_OPERATORS: dict[FieldKind, Any] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DAY: _day,
    FieldKind.TRUTH: _truth,
    FieldKind.ONE_OF: _option,
    FieldKind.SEVERAL_OF: _option,
}
