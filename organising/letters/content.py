"""A letter as the MP's office reads it, and what approval of an action binds. Pure."""

import hashlib
import json
import re
from dataclasses import dataclass
from uuid import UUID

from .models import LetterAction

_OPENING = re.compile(
    r"\A\s*(?:dear|hello|hi|good (?:morning|afternoon|evening))\b[^\n,]{0,60}(?:,|\n|\Z)", re.IGNORECASE
)
# The last lines, where the first of them is a way to end a letter.
_CLOSING = re.compile(
    r"\n[ \t]*(?:yours(?: sincerely| faithfully| truly)?|(?:kind(?:est)?|best|warm) (?:regards|wishes)|regards"
    r"|with (?:thanks|best wishes|kind regards)|many thanks|thank you|thanks)[ \t]*[,.!]?[ \t]*(?:\n[^\n]{0,80}){0,8}\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Writer:
    """Who writes, as their letter says it: MPs answer only people whose address shows that they are constituents."""

    name: str
    email: str
    street: str
    postcode: str


def plain_text(text: str) -> str:
    """Text as it was typed, with one kind of line end, no control characters and nothing but the text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ["".join(c for c in line.replace("\t", " ") if c.isprintable()).rstrip() for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def own_words(body: str) -> str:
    """The letter without its greeting and sign-off, which all letters share."""
    rest = _OPENING.sub("", body, count=1) if _OPENING.match(body) else body
    return _CLOSING.sub("", rest.rstrip()).strip()


def letter_text(greeting: str, body: str, writer: Writer, via: str) -> str:
    """The whole letter. A greeting and a sign-off that the writer has put stay; else they are added."""
    body = plain_text(body)
    top = "" if _OPENING.match(body) else f"Dear {greeting},\n\n"
    end = "" if _CLOSING.search(body) else "\n\nYours sincerely,"
    who = f"{writer.name}\n{writer.street}\n{writer.postcode}"
    note = (
        f"{writer.name} wrote this as your constituent and confirmed it by email. It was sent through {via}. "
        "Your answer goes to them alone."
    )
    return f"{top}{body}{end}\n\n{who}\n\n-- \n{note}\n"


def hash_answer(relay_id: UUID, holding_id: UUID, answer: str) -> str:
    """SHA-256 of what approving a relay binds: whose answer, and its words."""
    return hashlib.sha256("\0".join((str(relay_id), str(holding_id), answer)).encode()).hexdigest()


def hash_action(action: LetterAction) -> str:
    """SHA-256 of all that the public page says in the action's name: what opening it approves."""
    bound = {
        "action": str(action.id),
        "ask": str(action.ask_id) if action.ask_id else None,
        "slug": action.slug,
        "title": action.title,
        "standfirst": action.standfirst,
        "prompts": action.prompts,
        "subject": action.subject,
    }
    canonical = json.dumps(bound, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
