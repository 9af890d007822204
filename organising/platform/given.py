"""What forms and addresses bring as text: an id, a version, paragraphs. Anything else counts as nothing."""

from datetime import datetime
from uuid import UUID


def as_id(text: object) -> UUID | None:
    """The id in a text, or None for anything else."""
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def as_version(text: object) -> int:
    """The version in a hidden field, or 0, which no row has."""
    found = str(text or "")
    return int(found) if found.isdecimal() and found.isascii() and len(found) < 9 else 0


def as_instant(text: object) -> datetime | None:
    """The point in time in a text (ISO 8601 with its offset), or None for anything else."""
    try:
        found = datetime.fromisoformat(str(text or ""))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def paragraphs(text: str | None) -> str:
    """Text as it is kept: one kind of line end, nothing around it."""
    return "\n".join(line.rstrip() for line in (text or "").replace("\r\n", "\n").split("\n")).strip()
