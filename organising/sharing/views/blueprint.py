"""The blueprint of what partners share of people, and the words that its templates need."""

from flask import Blueprint

from ..words import ENTRY_KINDS, FIELDS, KINDS

blueprint = Blueprint("sharing", __name__)


@blueprint.app_template_filter("stakeholder_kind")
def stakeholder_kind(value: str) -> str:
    """What somebody is, in words."""
    return str(KINDS.get(value, value))  # type: ignore[call-overload]


@blueprint.app_template_filter("entry_kind")
def entry_kind(value: str) -> str:
    """How somebody was spoken with, in words."""
    return str(ENTRY_KINDS.get(value, value))  # type: ignore[call-overload]


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """What the fields of a stakeholder are called."""
    return {"stakeholder_fields": FIELDS}
