"""What a mailing sends to those chosen for it: the source that the runner takes where no other is named."""

from collections.abc import Sequence
from uuid import UUID

from organising.platform.errors import Invalid
from organising.platform.message import AttachedFile, address_of

from .audience import find_withheld
from .binding import FrozenAudience
from .content import Entry, Texts
from .models import Mailing
from .queries.attachments import read_files
from .services import sending
from .services.outbox import Claim
from .services.review import build


class Chosen:
    """The messages of one mailing to those chosen for it, built from exactly what was verified."""

    def __init__(self, mailing: Mailing, audience: FrozenAudience) -> None:
        self.mailing, self._audience = mailing, audience
        self.sender = mailing.sender or ""
        self.sender_address = address_of(self.sender)
        self._texts = Texts.of(mailing)
        self._files, self._wrong_file = _files_of(mailing)
        self._entries: dict[UUID | None, Entry] = {one.choice_id: one for one in audience.entries}

    def why_unapproved(self) -> str | None:
        """Why nothing may leave as it stands."""
        return self._wrong_file or sending.why_unapproved(self.mailing, self._audience.hash)

    def expand(self) -> None:
        """The runner writes out those chosen."""

    def fetch(self, claims: Sequence[Claim]) -> list[Claim]:
        """Everything is in hand already."""
        return list(claims)

    def unmailable(self, claims: Sequence[Claim]) -> dict[UUID, str]:
        """Whom the mailing's own rules spare by now: they were judged when sign-off was asked, maybe days ago."""
        people = {one.id: person for one in claims if (person := self.person_of(one))}
        withheld = find_withheld(self.mailing, set(people.values()))
        return {one: withheld[person] for one, person in people.items() if person in withheld}

    def person_of(self, claim: Claim) -> UUID | None:
        """Who is written to."""
        entry = self._entries.get(claim.choice_id)
        return entry.person_id if entry else None

    def build(self, claim: Claim) -> bytes:
        """The message to one of the chosen; raises ``Invalid``."""
        entry = self._entries.get(claim.choice_id)
        if entry is None or entry.address != claim.address:
            raise Invalid("This recipient is not among those signed off.")
        return build(self.mailing, self._texts, entry, claim.message_id, self.sender, self._files)


def _files_of(mailing: Mailing) -> tuple[Sequence[AttachedFile], str | None]:
    """The files that were signed off; or why nothing may leave, since one of them is not as it was."""
    try:
        return read_files(mailing), None
    except Invalid as error:
        return (), error.message
