"""Messages to people of the organisation's own, whichever of its rows they are in: signers, contacts.

A person's address is opened for the moment in which their message is made, and written nowhere. Whoever must not get
one any more is found out at the claim, in the database.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.message import OutgoingMail, address_of, compose, named_address
from organising.representatives.names import bare_name

from .binding import current_hash
from .content import Letter, Texts, as_html, in_one_line
from .merge import Field
from .models import Mailing
from .queries import get_own
from .services import outbox, sending
from .services.outbox import Claim
from .services.stops import stopped_among
from .stop_links import Links


@dataclass(frozen=True)
class Ready:
    """One person, read within the transaction that claimed their message. ``about`` is what their links are made of."""

    name: str | None
    address: str
    about: Any = None


class People(ABC):
    """The people whom one mailing goes to. Plain values only, so that what was verified is what is built."""

    START: ClassVar[Any]
    # Why a message did not go, as it is kept. Who asked everybody to stop is told by the same words as who asked this one.
    ASKED_NO_MORE: ClassVar[str]

    def __init__(self, mailing: Mailing) -> None:
        self._organisation_id, self._mailing_id = mailing.organisation_id, mailing.id
        self._sender, self._reply_to = mailing.sender or "", mailing.reply_to
        self.sender_address = address_of(self._sender)
        self._texts = Texts.of(mailing)
        self._reason = sending.why_not_as_signed_off(mailing, current_hash(mailing))
        self._ready: dict[UUID, Ready] = {}
        self._spared: dict[UUID, str] = {}

    @abstractmethod
    def write_out(self, mailing: Mailing, *, host: str, after: Any, most: int) -> Any | None:
        """Write out at most so many of the next people, after this key; answers the key to go on from, or ``None``."""

    @abstractmethod
    def look_up(self, claims: Sequence[Claim]) -> tuple[dict[UUID, Ready], dict[UUID, str]]:
        """Those of the claims who may be written to now, and why the others may not, asked of the database."""

    @abstractmethod
    def letter_to(self, claim: Claim, ready: Ready) -> tuple[Letter, Links]:
        """One person's letter, and the links in it."""

    def why_unapproved(self) -> str | None:
        """Why nothing may leave as it stands."""
        return self._reason

    def expand(self) -> None:
        """Write out who gets it, never more than were signed off. A pause ends it; the next run goes on."""
        actor, after = Actor.system(self._organisation_id), self.START
        while True:
            # One at a time, so that no two runners count the same room.
            mailing = get_own(actor, self._mailing_id, lock=True)
            if not mailing.is_sending or mailing.expanded_at is not None:
                break
            room = (mailing.audience_count or 0) - outbox.count_written(mailing.organisation_id, mailing.id)
            host = self.sender_address.partition("@")[2]
            upto = self.write_out(mailing, host=host, after=after, most=max(0, room))
            if upto is None or room <= 0:
                mailing.expanded_at = now()
                break
            after = upto
            db.session.commit()
        db.session.commit()

    def fetch(self, claims: Sequence[Claim]) -> list[Claim]:
        """Open where these go, and find those who must not be written to any more."""
        self._ready, self._spared = self.look_up(claims)
        stopped = stopped_among({one.address for one in self._ready.values()})
        for key in [key for key, one in self._ready.items() if one.address in stopped]:
            self._spared[key] = self.ASKED_NO_MORE
            del self._ready[key]
        return [
            replace(one, address=self._ready[one.id].address) if one.id in self._ready else one
            for one in claims
        ]

    def unmailable(self, claims: Sequence[Claim]) -> dict[UUID, str]:
        """Those who took it back, asked for no more, or can't be reached, since they were written out."""
        return {one.id: self._spared[one.id] for one in claims if one.id in self._spared}

    def person_of(self, claim: Claim) -> UUID | None:
        """Nobody in office; the limits of an address and its domain hold all the same."""
        return None

    def build(self, claim: Claim) -> bytes:
        """The message to one of them; raises ``Invalid``."""
        ready = self._ready.get(claim.id)
        if ready is None or ready.address != claim.address:
            raise Invalid("This person is not among those who may be written to.")
        letter, links = self.letter_to(claim, ready)
        mail = OutgoingMail(
            to=named_address(ready.name or "", ready.address),
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            reply_to=self._reply_to,
            message_id=claim.message_id,
            headers=links.headers,
        )
        return compose(mail, self._sender)


def person_letter(texts: Texts, name: str | None, address: str, footer: str) -> Letter:
    """The letter to one person; raises ``KeyError`` naming a field without value and fallback."""
    values = {**texts.common, Field.FIRST_NAME: first_name(name)}
    text = texts.body.render(values).rstrip() + footer
    return Letter(address, in_one_line(texts.subject.render(values)), text, as_html(text))


def first_name(name: str | None) -> str | None:
    """What somebody may be called by, or ``None`` where only an initial or a title is known."""
    words = bare_name(in_one_line(name or "")).split()
    first = words[0] if words else ""
    return first if len(first.strip(".")) > 1 else None
