"""Who gets a mailing of a later domain's mode, told without naming anybody. The domain registers what answers.

What approval binds of such an audience is the question it was found by and how many there were, never a list: whoever
reads a lent mailing sees texts and counts.
"""

from typing import Any, Protocol

from .content import AudienceHash, Letter
from .models import Mailing
from .states import MailingMode


class Audience(Protocol):
    """What mailings ask about the recipients of one mode."""

    def hash(self, mailing: Mailing) -> AudienceHash:
        """What approval binds of them, from the rows as they are now."""

    def size(self, mailing: Mailing) -> int:
        """How many would get it: of a draft as things stand, afterwards as it was frozen."""

    def common(self, mailing: Mailing) -> dict[str, Any]:
        """Merge values of a draft that are the same for all of them."""

    def example(self, mailing: Mailing) -> Letter:
        """The letter as somebody invented would read it; raises ``Unparsable``, ``KeyError``."""


_audiences: dict[MailingMode, Audience] = {}


def register(mode: MailingMode, audience: Audience) -> None:
    """Let mailings of this mode go to this audience."""
    _audiences[mode] = audience


def find_audience_of(mailing: Mailing) -> Audience | None:
    """Who gets it, for a mode that a later domain brought; ``None`` where representatives are chosen."""
    return _audiences.get(MailingMode(mailing.mode or MailingMode.ORGANISATION))
