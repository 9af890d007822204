"""An opening that says who writes, what is asked, and why here. A heuristic: it asks, and never stops."""

import re
from collections.abc import Collection, Iterator

from flask_babel import lazy_gettext as _l

from .findings import Finding, Group

# The paragraphs after the greeting in which a reader decides.
PARAGRAPHS, WORDS = 3, 130
GREETING = re.compile(r"^\s*(?:dear|hello|hi|good\s+(?:morning|afternoon)|annwyl)\b[^\n]*\n?", re.IGNORECASE)
BLANK_LINE = re.compile(r"\n[ \t]*\n")
ASKS = re.compile(
    r"\{\{\s*ask\b|\b(?:we|i|and)\s+(?:\w+\s+)?(?:ask|urge|request|invite|call)\b|\b(?:asking|urging|calling\s+on|inviting)\b"
    r"|\bask\s+(?:you|that|for)\b|\b(?:will|would|could|can)\s+you\b|\bplease\b|\bour\s+(?:ask|request)\b|\?",
    re.IGNORECASE,
)
WHO = re.compile(
    r"\{\{\s*organisation\b|\b(?:i|we)\s+(?:am|are|write|work|represent|speak)\b[^.\n]{0,60}\b(?:from|for|of|on behalf|at)\b"
    r"|\bon\s+behalf\s+of\b|\bmy\s+name\s+is\b",
    re.IGNORECASE,
)
HERE = re.compile(
    r"\{\{\s*(?:constituency|pledges_in_constituency)\b|\byour\s+(?:constituen\w+|area|community|city|town|region|district)\b"
    r"|\bin\s+your\s+(?:seat|patch)\b|\blocal(?:ly)?\b|\bwhere\s+you\s+(?:live|represent)\b",
    re.IGNORECASE,
)


def check_opening(body: str, organisation_names: Collection[str]) -> Iterator[Finding]:
    """Whether the first paragraphs say who writes, what is asked and why here."""
    start = opening_of(body)
    named = any(re.search(rf"\b{re.escape(name)}\b", start) for name in organisation_names if name)
    if not named and not WHO.search(start):
        yield Finding(
            "opening_who",
            Group.OPENING,
            _l("The opening does not say who writes."),
            _l("Name your organisation in the first paragraph, for example with {{ organisation }}."),
        )
    if not ASKS.search(start):
        yield Finding(
            "opening_ask",
            Group.OPENING,
            _l("The opening does not say what you ask."),
            _l("Ask one thing within the first paragraphs: “We ask you to …”."),
        )
    if not HERE.search(start):
        yield Finding(
            "opening_here",
            Group.OPENING,
            _l("The opening does not say why you write to this member."),
            _l("Say what it has to do with their place, for example with {{ constituency }}."),
        )


def opening_of(body: str) -> str:
    """The first paragraphs after the greeting."""
    rest = GREETING.sub("", body.replace("\r\n", "\n").lstrip("\n"), count=1)
    paragraphs = [part for part in BLANK_LINE.split(rest) if part.strip()]
    return " ".join("\n\n".join(paragraphs[:PARAGRAPHS]).split(" ")[:WORDS])
