"""What an event's facts say to people: without what only machines compare, and without what is not so."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from ..platform.audit_words import BY_THE_PERSON

# Hashes, and ids of rows: the file that is taken out has them.
MACHINES = re.compile(r"[0-9a-f]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CONSENT = re.compile(r"([a-z_]+)\.(email|phone|text|post|record)")
LABELS = {
    "given": "said yes to",
    "withdrawn": "took back",
    "alone": "by the last editor alone",
    "by": "by",
    "narrowed": "narrowed by",
}


def facts_in_words(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and words of each fact that tells people something."""
    return [(LABELS.get(key, key.replace("_", " ")), words) for key, words in _told(facts)]


def by_whom(action: str, user_id: UUID | None, names: dict[UUID, str]) -> str:
    """Who did it: a colleague, the person themselves by a link that was mailed to them, or nobody."""
    if user_id is not None:
        return names.get(user_id, "A former colleague")
    return "The person" if action in BY_THE_PERSON else "Organising itself"


def _told(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in sorted(facts.items()):
        words = _words(value)
        if words:
            yield key, words


def _words(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_words, value)))
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {words}" for key, words in _told(value))
    said = str(value)
    if MACHINES.fullmatch(said):
        return ""
    consent = CONSENT.fullmatch(said)
    if consent:
        channel = "on record" if consent[2] == "record" else f"by {consent[2]}"
        said = f"{consent[1]} {channel}"
    return said.replace("_", " ")
