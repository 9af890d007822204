"""Fields of the organisation's own: as an admin defines them, and as they stand on the form of a contact."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from ...platform.form_parts import Boxes, Confirming, DayField, choices
from ...platform.given import as_id
from ..models import FieldKind
from ..queries.fields import OwnField, Value, plain_number
from ..services.fields import PREFIX, OptionDraft
from ..words import FIELD_KINDS
from .contacts import ContactForm, plain

YES_OR_NO = (("yes", _l("Yes")), ("no", _l("No")))


class FieldForm(Confirming):
    """A field. Of one that is there, the kind stays; its words to choose are read beside it."""

    name = StringField(_l("Name of the field"), filters=[plain])
    kind = RadioField(
        _l("What goes into it?"),
        choices=choices(FIELD_KINDS.items()),
        default=FieldKind.TEXT,
        validate_choice=False,
    )
    options = TextAreaField(_l("Words to choose among"), filters=[plain])

    def lines(self) -> list[str]:
        """The words that were typed, each on a line."""
        return [line for line in (self.options.data or "").splitlines() if line.strip()]

    def drafts(self, field: OwnField) -> list[OptionDraft]:
        """The words of a field that is there as they were sent, then those that are new."""
        kept = [
            OptionDraft(
                plain(request.form.get(f"option-{one.id}", one.name)),
                one.id,
                f"archived-{one.id}" in request.form,
            )
            for one in field.options
        ]
        return [*kept, *(OptionDraft(line) for line in self.lines())]


def form_with(fields: Sequence[OwnField]) -> type[ContactForm]:
    """The form of a contact with these fields below its own."""
    parts: dict[str, Any] = {f"{PREFIX}{one.id}": _part(one) for one in fields}
    return type("ContactFormWithFields", (ContactForm,), parts | {"own_fields": tuple(fields)})


def _part(field: OwnField) -> Any:
    if field.kind is FieldKind.DAY:
        return DayField(field.name, validators=[Optional()])
    if field.kind is FieldKind.TRUTH:
        return SelectField(field.name, choices=choices(YES_OR_NO, _l("Not known")), validate_choice=False)
    if field.kind is FieldKind.ONE_OF:
        words = ((str(one.id), one.name) for one in field.options)
        return SelectField(field.name, choices=choices(words, _l("Not known")), validate_choice=False)
    if field.kind is FieldKind.SEVERAL_OF:
        return Boxes(
            field.name,
            choices=choices((str(one.id), one.name) for one in field.options),
            validate_choice=False,
        )
    return StringField(field.name, filters=[plain])


def offer_chosen(form: ContactForm, kept: Mapping[UUID, Value]) -> None:
    """Leave out words that were put away, but for those that this contact has."""
    for one in form.own_fields:
        if one.kind.has_options:
            offered = {str(option.id) for option in one.offered(kept.get(one.id) or ())}
            part = form[f"{PREFIX}{one.id}"]
            part.choices = [
                choice for choice in part.choices if choice.value == "" or choice.value in offered
            ]


def shown_values(fields: Sequence[OwnField], kept: Mapping[UUID, Value]) -> dict[str, Any]:
    """What the form shows of a contact's fields."""
    return {f"{PREFIX}{one.id}": _shown(one, kept[one.id]) for one in fields if one.id in kept}


def _shown(field: OwnField, value: Value) -> Any:
    if field.kind is FieldKind.SEVERAL_OF:
        return [str(one) for one in value]
    if field.kind is FieldKind.ONE_OF:
        return str(value[0])
    if field.kind is FieldKind.TRUTH:
        return "yes" if value else "no"
    return plain_number(value) if field.kind is FieldKind.NUMBER else value


def typed_values(form: ContactForm) -> dict[UUID, Any]:
    """What was typed into the fields, for the services to judge."""
    return {one.id: _typed(one, form[f"{PREFIX}{one.id}"]) for one in form.own_fields}


def _typed(field: OwnField, part: Field) -> Any:
    if field.kind is FieldKind.SEVERAL_OF:
        return [as_id(one) for one in part.data or ()]
    if field.kind is FieldKind.ONE_OF:
        return [as_id(part.data)] if part.data else []
    return part.data
