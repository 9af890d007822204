"""What is approved: every message as it will be sent, reduced to one hash."""

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from .merge import Field, MergeText, parse
from .models import Mailing
from .schedule import Schedule

BLANK_LINE = re.compile(r"\n[ \t]*\n")
LINK = re.compile(r"https?://[^\s<>&\"']+(?:&amp;[^\s<>&\"']+)*")


@dataclass(frozen=True)
class Entry:
    """One chosen representative as the letter meets them. ``fields`` are merge values; ``left_out`` says why
    not.
    """

    choice_id: UUID
    holding_id: UUID
    person_id: UUID
    name: str
    address: str | None
    checked_by: str | None
    reason: str
    fields: Mapping[str, str | None]
    left_out: str | None
    party: str | None = None
    party_colour: str | None = None

    @property
    def salutation(self) -> str:
        return self.fields.get(Field.SALUTATION) or ""

    @property
    def constituency(self) -> str | None:
        return self.fields.get(Field.CONSTITUENCY)


@dataclass(frozen=True)
class Letter:
    """One message as it will be read."""

    to: str
    subject: str
    text: str
    html: str

    @property
    def paragraphs(self) -> list[list[str]]:
        """The lines of each paragraph, for a page."""
        return [part.strip("\n").split("\n") for part in BLANK_LINE.split(self.text.strip()) if part.strip()]


@dataclass(frozen=True)
class Texts:
    """A mailing's parsed texts and the values that are the same in every letter."""

    subject: MergeText
    body: MergeText
    common: Mapping[str, Any]

    @classmethod
    def of(cls, mailing: Mailing, common: Mapping[str, Any] | None = None) -> "Texts":
        """Parse a mailing's texts; raises ``Unparsable``."""
        return cls(parse(mailing.subject), parse(mailing.body), mailing.common if common is None else common)

    def letter(self, entry: Entry) -> Letter:
        """The letter to one of the chosen; raises ``KeyError`` naming a field without value and fallback."""
        values = {**self.common, **entry.fields}
        text = self.body.render(values)
        return Letter(entry.address or "", in_one_line(self.subject.render(values)), text, as_html(text))

    def missing(self, entry: Entry) -> frozenset[Field]:
        """Fields used that have neither value nor fallback for this one."""
        values = {**self.common, **entry.fields}
        return self.subject.missing(values) | self.body.missing(values)


def in_one_line(text: str) -> str:
    """The text with any run of white space or control characters as one space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def as_html(text: str) -> str:
    """The HTML part: the plain text escaped, in paragraphs, with its links as links. It holds
    nothing else.
    """
    paragraphs = [part.strip("\n") for part in BLANK_LINE.split(text.replace("\r\n", "\n").strip())]
    marked = "\n".join(f"<p>{_linked(part)}</p>" for part in paragraphs if part)
    head = '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8"></head><body>'
    return f"{head}\n{marked}\n</body></html>\n"


def _linked(paragraph: str) -> str:
    escaped = html.escape(paragraph, quote=True).replace("\n", "<br>\n")

    def link(found: re.Match[str]) -> str:
        address = found.group().rstrip(".,;:!?)")
        return f'<a href="{address}">{address}</a>{found.group()[len(address) :]}'

    return LINK.sub(link, escaped)


def hash_content(mailing: Mailing, entries: Iterable[Entry]) -> str:
    """SHA-256 over canonical JSON of all that approval binds, in hexadecimal.

    Subject, body, sender, reply address, the values that are the same for all, the schedule, and of each
    recipient the holding, address, salutation and other merge values, sorted by holding, with their number.
    """
    audience = sorted(
        [str(entry.holding_id), entry.address, sorted(entry.fields.items())]
        for entry in entries
        if not entry.left_out
    )
    bound = {
        "mailing": str(mailing.id),
        "subject": mailing.subject,
        "body": mailing.body,
        "sender": mailing.sender,
        "reply_to": mailing.reply_to,
        "common": mailing.common,
        "schedule": Schedule.of(mailing).bound(),
        "count": len(audience),
        "audience": audience,
    }
    canonical = json.dumps(bound, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
