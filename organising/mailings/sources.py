"""What a mailing's messages are made from. A domain that stands later brings its own source for a mode.

The runner asks each source the same things, so that whatever leaves does so under the same lease, fence, limits,
approval and settlement.
"""

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from .models import Mailing
from .services.outbox import Claim
from .states import MailingMode


class Source(Protocol):
    """The messages of one mailing, built from exactly what was verified."""

    @property
    def sender_address(self) -> str:
        """The envelope's sender."""

    def why_unapproved(self) -> str | None:
        """Why nothing may leave as it stands, or ``None``: asked at each claim."""

    def expand(self) -> None:
        """Write out who gets it, a batch at a time, committing each; nothing where messages come one by one."""

    def fetch(self, claims: Sequence[Claim]) -> list[Claim]:
        """Read what these claims need, within the transaction that claimed them; answers them with their addresses."""

    def unmailable(self, claims: Sequence[Claim]) -> dict[UUID, str]:
        """Those that must not be written to any more, and why, asked of the database in the same transaction."""

    def person_of(self, claim: Claim) -> UUID | None:
        """Who is written to."""

    def build(self, claim: Claim) -> bytes:
        """The message as it goes over the wire; raises ``Invalid`` where it may not or can't be sent."""


_makers: dict[MailingMode, Callable[[Mailing], Source]] = {}


def register(mode: MailingMode, make: Callable[[Mailing], Source]) -> None:
    """Let mailings of this mode be made by ``make``."""
    _makers[mode] = make


def find_source(mailing: Mailing) -> Source | None:
    """The source that a later domain brought; ``None`` for a mailing to chosen representatives."""
    make = _makers.get(MailingMode(mailing.mode))
    if make is None and mailing.mode != MailingMode.ORGANISATION:
        raise RuntimeError(f"nothing makes the messages of a mailing of mode {mailing.mode}")
    return make(mailing) if make else None
