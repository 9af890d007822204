"""What is approved: every message as it will be sent, reduced to one hash."""

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from .merge import OF_CONTACTS, OF_REPRESENTATIVES, OF_SIGNERS, Block, Field, MergeText, parse
from .models import Mailing
from .schedule import Schedule
from .states import MailingMode

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
    names: Sequence[str] = ()

    @classmethod
    def of(
        cls,
        mailing: Mailing,
        common: Mapping[str, Any] | None = None,
        names: Sequence[Sequence[str]] | None = None,
    ) -> "Texts":
        """Parse a mailing's texts; raises ``Unparsable``. ``names``: who stands under it, as ``[id, name]``; the
        names that it leaves with where none are given.
        """
        return cls(
            parse(mailing.subject, fields_of(mailing.mode)),
            parse(mailing.body, fields_of(mailing.mode)),
            mailing.common if common is None else common,
            [name for _id, name in (mailing.named or [] if names is None else names)],
        )

    def letter(self, entry: Entry) -> Letter:
        """The letter to one of the chosen; raises ``KeyError`` naming a field without value and fallback."""
        values = {**self.common, **entry.fields}
        text = self.body.render(values) + self.footer
        return Letter(entry.address or "", in_one_line(self.subject.render(values)), text, as_html(text))

    @property
    def footer(self) -> str:
        """In whose names the letter speaks, where others than its author's do; the author's first."""
        if not self.names:
            return ""
        names = [str(self.common.get(Field.ORGANISATION) or ""), *self.names]
        return "\n\nIn the name of:\n" + "\n".join(in_one_line(name) for name in names if name) + "\n"

    def applied(self, entry: Entry) -> list[tuple[Block, bool]]:
        """Every block of the letter, and whether its words are for this one."""
        values = {**self.common, **entry.fields}
        return [(block, block.holds(values)) for text in (self.subject, self.body) for block in text.blocks]

    def missing(self, entry: Entry) -> frozenset[Field]:
        """Fields used that have neither value nor fallback for this one."""
        values = {**self.common, **entry.fields}
        return self.subject.missing(values) | self.body.missing(values)


def fields_of(mode: str | None) -> tuple[Field, ...]:
    """What a mailing of this mode may say of who gets it."""
    fields = {MailingMode.SIGNERS: OF_SIGNERS, MailingMode.CONTACTS: OF_CONTACTS}
    return fields.get(MailingMode(mode or MailingMode.ORGANISATION), OF_REPRESENTATIVES)


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


@dataclass(frozen=True)
class AudienceHash:
    """What approval binds of the recipients: how many, and one hash over each one's holding, address and values."""

    count: int
    digest: str

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "AudienceHash":
        """Of those who get a message, sorted by holding; salutations are among the values."""
        audience = sorted(
            [str(entry.holding_id), entry.address, sorted(entry.fields.items())]
            for entry in entries
            if not entry.left_out
        )
        return cls(len(audience), _hash_of(audience))


def hash_content(mailing: Mailing, audience: AudienceHash) -> str:
    """SHA-256 over canonical JSON of all that approval binds, in hexadecimal.

    Subject, body, sender, reply address, the values that are the same for all, the schedule, the organisations
    asked for their name, and the recipients.
    """
    bound: dict[str, Any] = {
        "mailing": str(mailing.id),
        "subject": mailing.subject,
        "body": mailing.body,
        "sender": mailing.sender,
        "reply_to": mailing.reply_to,
        "common": mailing.common,
        "schedule": Schedule.of(mailing).bound(),
        "count": audience.count,
        "audience": audience.digest,
    }
    if mailing.asked_names:
        bound["asked_names"] = sorted(mailing.asked_names)
    return _hash_of(bound)


def bind_names(content_hash: str, named: Sequence[Sequence[str]]) -> str:
    """What is approved and checked at each claim: the content, and the names that stand under it."""
    return _hash_of({"content": content_hash, "named": sorted(named)}) if named else content_hash


def _hash_of(bound: Any) -> str:
    canonical = json.dumps(bound, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
