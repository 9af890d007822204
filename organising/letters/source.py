"""What a constituents' mailing is made of: each letter as its writer confirmed it, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from organising.mailings import sources
from organising.mailings.models import Mailing
from organising.mailings.services.outbox import Claim
from organising.mailings.states import MailingMode
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.message import OutgoingMail, address_of, compose, named_address
from organising.representatives.models import OfficeHolding, Person

from .content import Writer, hash_action, letter_text
from .models import Letter, LetterState
from .queries import find_action_of

CHANGED = "The page is not what was approved when it was opened."
GONE = "The writer took this letter back, or its text has been deleted."


@dataclass(frozen=True)
class _Ready:
    """One letter, read within the transaction that claimed it."""

    writer: Writer
    subject: str
    text: str
    address: str
    person_id: UUID
    member: str


class ConfirmedLetters:
    """The letters of one action. Plain values only, so that what was verified is what is built."""

    def __init__(self, mailing: Mailing) -> None:
        self._sender = mailing.sender or ""
        self.sender_address = address_of(self._sender)
        self._via = mailing.sender_name
        action = find_action_of(mailing.id)
        approved = action is not None and mailing.approved_hash == action.approved_hash == hash_action(action)
        self._reason = None if approved else CHANGED
        self._ready: dict[UUID | None, _Ready] = {}
        self._people: dict[UUID, UUID] = {}

    def why_unapproved(self) -> str | None:
        """Why nothing may leave as it stands."""
        return self._reason

    def expand(self) -> None:
        """Letters are written out as they come."""

    def unmailable(self, claims: Sequence[Claim]) -> dict[UUID, str]:
        """Whoever took a letter back has cancelled its message, so there is nobody more to spare."""
        return {}

    def fetch(self, claims: Sequence[Claim]) -> list[Claim]:
        """Open the letters of these claims; those taken back are left out."""
        holdings = {one.holding_id for one in claims}
        rows = db.session.execute(
            select(OfficeHolding.id, OfficeHolding.person_id, Person.name)
            .join(Person, Person.id == OfficeHolding.person_id)
            .where(OfficeHolding.id.in_(holdings))
        )
        members = {row.id: (row.person_id, row.name) for row in rows}
        self._people = {holding_id: person_id for holding_id, (person_id, _) in members.items()}
        letters = db.session.scalars(
            select(Letter)
            .where(Letter.id.in_([one.letter_id for one in claims]), Letter.state == LetterState.CONFIRMED)
            .execution_options(populate_existing=True)
        )
        self._ready = {one.id: self._read(one, *members[one.holding_id]) for one in letters if _is_whole(one)}
        return list(claims)

    def _read(self, letter: Letter, person_id: UUID, member: str) -> _Ready:
        writer = Writer(letter.name or "", letter.email or "", letter.street or "", letter.postcode or "")
        text = letter_text(letter.greeting, letter.body or "", writer, self._via)
        return _Ready(writer, letter.subject or "", text, letter.address, person_id, member)

    def person_of(self, claim: Claim) -> UUID | None:
        """Who is written to."""
        return self._people.get(claim.holding_id) if claim.holding_id else None

    def build(self, claim: Claim) -> bytes:
        """The letter: From the platform in the writer's name, answers to the writer. Raises ``Invalid``."""
        ready = self._ready.get(claim.letter_id)
        if ready is None or ready.address != claim.address:
            raise Invalid(GONE)
        mail = OutgoingMail(
            to=named_address(ready.member, address_of(claim.address)),
            subject=ready.subject,
            text=ready.text,
            reply_to=ready.writer.email,
            message_id=claim.message_id,
        )
        return compose(mail, named_address(f"{ready.writer.name} via {self._via}", self.sender_address))


def _is_whole(letter: Letter) -> bool:
    return letter.text_removed_at is None and letter.body_cipher is not None


sources.register(MailingMode.CONSTITUENT, ConfirmedLetters)
