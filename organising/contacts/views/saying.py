"""What is kept of a contact, field by field, as a person reads it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from ...platform.conflicts import Difference
from ...platform.ui import longdate
from ..phones import spoken_phone
from ..queries.contacts import list_unit_names
from ..queries.fields import OwnField, say_value
from ..services import DetailDraft
from ..services.fields import PREFIX
from ..words import FIELDS, KINDS, LANGUAGES, SECTORS, SOURCES, USES

_WORDS: dict[str, Any] = {"kind": KINDS, "sector": SECTORS, "source": SOURCES, "language": LANGUAGES}


def differences_in_words(
    differences: Sequence[Difference], fields: Sequence[OwnField] = ()
) -> list[tuple[str, str, str]]:
    """Each field with what is kept and what was sent, as a person reads them. ``fields``: the organisation's own."""
    own = {f"{PREFIX}{one.id}": one for one in fields}
    units = {
        value for one in differences if one.field == "unit_id" for value in (one.kept, one.sent) if value
    }
    names = list_unit_names(units) if units else {}
    return [
        (
            own[one.field].name,
            say_value(own[one.field], one.kept) or _("nothing"),
            say_value(own[one.field], one.sent) or _("nothing"),
        )
        if one.field in own
        else (str(FIELDS[one.field]), said(one.field, one.kept, names), said(one.field, one.sent, names))
        for one in differences
    ]


def said(field: str, value: Any, units: Mapping[UUID, str]) -> str:
    """One field's value in words; ``units``: names by id."""
    if field == "unit_id":
        return units.get(value, "?") if value else str(_("The whole organisation"))
    if not value:
        return str(_("nothing"))
    if isinstance(value, tuple):
        return "; ".join(_detail(field, one) for one in value)
    return str(_WORDS.get(field, {}).get(value, value))


def _detail(field: str, one: Any) -> str:
    if not isinstance(one, DetailDraft):
        return str(one)
    value = spoken_phone(one.value) if field == "phones" else one.value.replace("\n", ", ")
    parts = [value, one.postcode, f"({USES[one.use]})"]  # type: ignore[index]
    if one.valid_from:
        parts.append(_("since %(day)s", day=longdate(one.valid_from)))
    if one.valid_until:
        parts.append(_("until %(day)s", day=longdate(one.valid_until)))
    return " ".join(part for part in parts if part)
