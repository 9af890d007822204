"""The blueprint that the pages of contacts share, and the words that their templates need."""

from typing import Any

from flask import Blueprint

from ..phones import spoken_phone
from ..words import (
    CHANNELS,
    CONSENT_SOURCES,
    DECISIONS,
    DEEDS,
    FIELDS,
    IMPORT_STATES,
    KINDS,
    LANGUAGES,
    MATCH_FIELDS,
    PURPOSES,
    SECTORS,
    SOURCES,
    USES,
)

blueprint = Blueprint("contacts", __name__, url_prefix="/contacts")

_WORDS: dict[str, dict[Any, Any]] = {
    "kind": KINDS,
    "sector": SECTORS,
    "source": SOURCES,
    "use": USES,
    "language": LANGUAGES,
    "deed": DEEDS,
    "field": FIELDS,
    "purpose": PURPOSES,
    "channel": CHANNELS,
    "decision": DECISIONS,
    "import_state": IMPORT_STATES,
    "match_field": MATCH_FIELDS,
    "consent_source": CONSENT_SOURCES,
}


def word(value: str | None, kind: str) -> str:
    """A value of this kind in words; nothing for none."""
    return str(_WORDS[kind].get(value, value)) if value else ""


blueprint.add_app_template_filter(word, "contact_word")
blueprint.add_app_template_filter(spoken_phone, "spoken_phone")
