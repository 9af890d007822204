"""An organisation's own fields: defined, renamed, put away; and what contacts have in them, judged before it is kept."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.cautions import Caution, speaks_of_status
from ...platform.clock import now
from ...platform.conflicts import Difference
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid
from ...platform.locks import take_turns
from ...platform.permissions import Permission
from ...representatives.names import fold
from ..models import Contact, ContactField, ContactFieldOption, ContactFieldValue, FieldKind
from ..models.fields import LONGEST_FIELD
from ..queries.fields import OwnField, Value, list_fields, list_values, text_key
from .drafts import person_cautions

MOST_FIELDS = 40
MOST_OPTIONS = 60
LONGEST_TEXT = 500
LARGEST = Decimal(10) ** 12
PREFIX = "own-"
# Beside what is asked about in any text: a field of this name would be a list of whom to look for.
STATUS = re.compile(
    r"\b(?:immigration|nationalit(?:y|ies)|citizenships?|country of (?:birth|origin)|passports?|visas?|asylum|refugees?|"
    r"migrants?|migration status|home office|ethnicit(?:y|ies)|religions?|political opinions?|union member(?:ship)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class OptionDraft:
    """A word to choose, as typed; ``id`` of one that is there already."""

    name: str
    id: UUID | None = None
    is_removed: bool = False


def add_field(actor: Actor, name: str, kind: str, options: Sequence[str] = ()) -> ContactField:
    """Define a field. Raises Forbidden, Invalid by field."""
    actor.check(Permission.CONTACTS_SETTINGS)
    take_turns("contact fields", actor.organisation_id)
    if kind not in set(FieldKind):
        raise Invalid(_("The field was not added yet."), kind=_("Choose one of these."))
    known = list_fields(removed=True)
    if len(known) >= MOST_FIELDS:
        raise Invalid(
            _("The field was not added yet."), name=_("Keep at most %(most)s fields.", most=MOST_FIELDS)
        )
    name = _checked_name(name, [one.field for one in known])
    drafts = [OptionDraft(one) for one in options if one.strip()] if FieldKind(kind).has_options else []
    if FieldKind(kind).has_options:
        drafts = _checked_options(drafts)
    place = max((one.field.place for one in known), default=0) + 1
    field = ContactField(name=name, name_folded=_folded(name), kind=kind, place=place)
    db.session.add(field)
    db.session.flush()
    _put_options(OwnField(field, ()), drafts)
    record(actor, "contact_field.added", "contact_field", field.id, kind=kind)
    return field


def edit_field(actor: Actor, field_id: UUID, name: str, options: Sequence[OptionDraft] = ()) -> ContactField:
    """Rename a field and its words, add words, put words away. What contacts have in it stays as it was chosen."""
    actor.check(Permission.CONTACTS_SETTINGS)
    take_turns("contact fields", actor.organisation_id)
    field = get_or_404(ContactField, field_id)
    known = list_fields(removed=True)
    mine = next(one for one in known if one.id == field.id)
    name = _checked_name(name, [one.field for one in known if one.id != field.id])
    drafts = _checked_options(options) if mine.kind.has_options else []
    field.name, field.name_folded = name, _folded(name)
    _put_options(mine, drafts)
    record(actor, "contact_field.edited", "contact_field", field.id)
    return field


def remove_field(actor: Actor, field_id: UUID) -> ContactField:
    """Put a field away: it stands on no form any more; what was written in it stays."""
    actor.check(Permission.CONTACTS_SETTINGS)
    field = get_or_404(ContactField, field_id)
    if field.remove(now()):
        record(actor, "contact_field.removed", "contact_field", field.id)
        db.session.flush()
    return field


def restore_field(actor: Actor, field_id: UUID) -> ContactField:
    """Bring a field back, with what was written in it."""
    actor.check(Permission.CONTACTS_SETTINGS)
    field = get_or_404(ContactField, field_id)
    if field.restore():
        record(actor, "contact_field.restored", "contact_field", field.id)
        db.session.flush()
    return field


def count_filled() -> dict[UUID, int]:
    """How many contacts have something in each field."""
    rows = db.session.execute(
        select(ContactFieldValue.field_id, func.count(ContactFieldValue.contact_id.distinct())).group_by(
            ContactFieldValue.field_id
        )
    )
    return dict(rows.all())


def tidy_values(
    fields: Sequence[OwnField], typed: Mapping[UUID, Any]
) -> tuple[dict[UUID, Value], dict[str, str]]:
    """What was typed as it would be kept, None for nothing; and reasons by the name of the form's field."""
    found: dict[UUID, Value] = {}
    wrong: dict[str, str] = {}
    for one in fields:
        if one.id in typed:
            try:
                found[one.id] = _tidied(one, typed[one.id])
            except ValueError as error:
                wrong[f"{PREFIX}{one.id}"] = str(error)
    return found, wrong


def value_cautions(fields: Sequence[OwnField], values: Mapping[UUID, Value]) -> Iterator[Caution]:
    """What to ask before texts are kept."""
    for one in fields:
        if one.kind is FieldKind.TEXT and values.get(one.id):
            yield from person_cautions(f"{PREFIX}{one.id}", values[one.id])


def differ_values(contact_id: UUID, values: Mapping[UUID, Value]) -> list[Difference]:
    """The own fields on which what is kept and what was sent differ."""
    kept = list_values([contact_id]).get(contact_id, {})
    return [
        Difference(f"{PREFIX}{field_id}", kept.get(field_id), value)
        for field_id, value in values.items()
        if kept.get(field_id) != value
    ]


def put_values(contact: Contact, values: Mapping[UUID, Value]) -> None:
    """Have a contact's fields hold these values; fields that are not among them stay."""
    if not values:
        return
    mine = ContactFieldValue.contact_id == contact.id
    db.session.execute(
        delete(ContactFieldValue).where(mine, ContactFieldValue.field_id.in_(list(values))),
        execution_options={"synchronize_session": False},
    )
    for field_id, value in values.items():
        for column, part in _columns(value):
            row = ContactFieldValue(contact_id=contact.id, field_id=field_id)
            setattr(row, column, part)
            if column == "text":
                row.text_key = text_key(contact.organisation_id, field_id, value)
            db.session.add(row)
    db.session.flush()


def _columns(value: Value) -> Iterator[tuple[str, Any]]:
    if isinstance(value, tuple):
        for option_id in value:
            yield "option_id", option_id
    elif isinstance(value, bool):
        yield "truth", value
    elif isinstance(value, Decimal):
        yield "number", value
    elif isinstance(value, date):
        yield "day", value
    elif value:
        yield "text", value


def _tidied(field: OwnField, typed: Any) -> Value:
    if field.kind.has_options:
        return _options(field, typed)
    if typed is None or typed == "":
        return None
    if field.kind is FieldKind.TRUTH:
        if typed not in ("yes", "no", True, False):
            raise ValueError(_("Choose one of these."))
        return typed in ("yes", True)
    if field.kind is FieldKind.DAY:
        return typed if isinstance(typed, date) else _day(str(typed))
    text = " ".join(str(typed).split())
    if field.kind is FieldKind.NUMBER:
        return _number(text)
    if len(text) > LONGEST_TEXT:
        raise ValueError(_("Use at most %(most)s characters.", most=LONGEST_TEXT))
    return text or None


def _options(field: OwnField, typed: Any) -> tuple[UUID, ...] | None:
    chosen = {one for one in (typed or ()) if one}
    known = {one.id for one in field.options}
    if not chosen <= known or (field.kind is FieldKind.ONE_OF and len(chosen) > 1):
        raise ValueError(_("Choose one of these."))
    return tuple(sorted(chosen)) or None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("There is no such day. Write it as 2026-12-31.")) from None


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    if (
        not re.fullmatch(r"-?[0-9][0-9,]{0,15}(?:\.[0-9]{1,6})?", text)
        or abs(Decimal(text.replace(",", ""))) > LARGEST
    ):
        raise ValueError(_("Write a number, such as 12 or 12.5."))
    return Decimal(text.replace(",", ""))


def _checked_name(name: str, others: Sequence[ContactField]) -> str:
    name = " ".join(name.split())
    said = _("The field was not kept yet.")
    if not 0 < len(name) <= LONGEST_FIELD:
        raise Invalid(said, name=_("Give it a name of up to %(most)s letters.", most=LONGEST_FIELD))
    if any(one.name_folded == _folded(name) for one in others):
        raise Invalid(said, name=_("There is a field of this name, in use or archived."))
    _refuse_status(name, "name")
    return name


def _refuse_status(text: str, field: str) -> None:
    if speaks_of_status(text) or STATUS.search(text):
        reason = _(
            "There is no field for this. Immigration status is kept of nobody; union membership and opinions have "
            "their place on the contact’s page, with explicit consent."
        )
        raise Invalid(reason, **{field: reason})


def _checked_options(drafts: Sequence[OptionDraft]) -> list[OptionDraft]:
    said = _("The field was not kept yet.")
    kept: list[OptionDraft] = []
    for one in drafts:
        name = " ".join(one.name.split())
        if not name and one.id is None:
            continue
        if not 0 < len(name) <= LONGEST_FIELD:
            raise Invalid(
                said, options=_("Each word to choose has 1 to %(most)s letters.", most=LONGEST_FIELD)
            )
        if any(_folded(other.name) == _folded(name) for other in kept):
            raise Invalid(said, options=_("“%(name)s” stands there twice.", name=name))
        _refuse_status(name, "options")
        kept.append(OptionDraft(name, one.id, one.is_removed))
    if not any(not one.is_removed for one in kept):
        raise Invalid(said, options=_("Write the words to choose among, each on a line."))
    if len(kept) > MOST_OPTIONS:
        raise Invalid(said, options=_("Use at most %(most)s words.", most=MOST_OPTIONS))
    return kept


def _put_options(field: OwnField, drafts: Sequence[OptionDraft]) -> None:
    known = {one.id: one for one in field.options}
    if any(one.id is not None and one.id not in known for one in drafts):
        raise Conflict(_("Somebody else changed this field. Open it again."))
    # Two that change names would stand in each other's way for a moment.
    for number, option in enumerate(field.options):
        option.name_folded = f"\u2400{number}"
    db.session.flush()
    named = {one.id for one in drafts}
    for place, draft in enumerate(drafts, start=1):
        found = known.get(draft.id) if draft.id else None
        option = found or ContactFieldOption(field_id=field.id)
        db.session.add(option)
        option.name, option.name_folded, option.place = draft.name, _folded(draft.name), place
        option.removed_at = (option.removed_at or now()) if draft.is_removed else None
    for option in field.options:
        if option.id not in named:
            option.name_folded = _folded(option.name)
            option.remove(now())
    db.session.flush()


def _folded(name: str) -> str:
    return fold(name) or name.casefold()
