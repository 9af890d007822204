"""The blueprint that the desk's pages share, and the words that their templates need."""

from typing import Any

from flask import Blueprint

from organising.rights.words import CAME_BY, IDENTITY, KINDS, PAUSES, STATES

blueprint = Blueprint("rights", __name__)

_WORDS: dict[str, dict[Any, Any]] = {
    "kind": KINDS,
    "state": STATES,
    "came_by": CAME_BY,
    "identity": IDENTITY,
    "pause": PAUSES,
}


def word(value: str | None, kind: str) -> str:
    """A value of this kind in words; nothing for none."""
    return str(_WORDS[kind].get(value, value)) if value else ""


blueprint.add_app_template_filter(word, "rights_word")
