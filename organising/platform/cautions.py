"""Things to ask about before they are kept: a warning is never a wall, and never passes unseen."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from .errors import Invalid

EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w/.-])(?:\+\d|0)(?:[\s().-]*\d){8,13}(?!\d)")
POSTCODE = re.compile(r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
STATUS = re.compile(
    r"\b(?:undocumented|overstay(?:er|ed|ing)?s?|illegals?|illegal (?:im)?migrants?|"
    r"immigration status|asylum[- ]seekers?|(?:refused|failed) asylum|refugee status|"
    r"(?:no|without) papers|(?:expired|no|lost (?:her|his|their)) visas?|"
    r"visa (?:has )?(?:expired|ran out)|leave to remain|settled status|no recourse|nrpf|deport(?:ed|ation)?|"
    r"removal directions|trafficked|sans papiers)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Caution:
    """A question to answer first. ``key`` is its answer, for this text only: a changed text asks again.

    ``needs_reason``: a box to tick is not enough, a reason has to be written. ``instead``: a better day, which one tap takes.
    """

    code: str
    field: str
    message: str
    key: str
    needs_reason: bool = False
    instead: date | None = None


class NeedsConfirmation(Invalid):
    """Kept once every caution's key is among the confirmed ones, or its reason given."""

    code = "needs_confirmation"

    def __init__(self, cautions: list[Caution]) -> None:
        super().__init__(_("Please check this first."))
        self.cautions = cautions


def ask_first(cautions: Iterator[Caution], confirmed: Collection[str]) -> None:
    """Raise :class:`NeedsConfirmation` with the cautions that nobody has answered yet."""
    open_ones = [one for one in cautions if one.needs_reason or one.key not in confirmed]
    if open_ones:
        raise NeedsConfirmation(open_ones)


def looks_like_details(text: str) -> bool:
    """Whether an email address, a phone number or a postcode seems to stand in it."""
    return any(pattern.search(text) for pattern in (EMAIL, PHONE, POSTCODE))


def speaks_of_status(text: str) -> bool:
    """Whether it seems to speak of somebody's immigration status."""
    return STATUS.search(text) is not None


def text_cautions(field: str, text: str, *, shared: bool) -> Iterator[Caution]:
    """Ask about what looks like a person's details, or speaks of immigration status."""
    if looks_like_details(text):
        message = (
            _("This looks like a person’s details, and every partner can read it.")
            if shared
            else _("This looks like a person’s details. Keep only what you need.")
        )
        yield Caution("details", field, message, caution_key(f"details.{field}", text))
    if speaks_of_status(text):
        message = (
            _(
                "This speaks of immigration status, and every partner can read it. "
                "Make sure that it is about nobody in particular."
            )
            if shared
            else _(
                "This speaks of immigration status. Never record anyone’s: "
                "make sure that it is about nobody in particular."
            )
        )
        yield Caution("status", field, message, caution_key(f"status.{field}", text))


def caution_key(code: str, text: str) -> str:
    """The answer to a caution of this code about this text."""
    return f"{code}.{hashlib.sha256(text.encode()).hexdigest()[:16]}"
