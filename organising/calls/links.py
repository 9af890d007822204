"""The link that an officer gets: it answers one call for one unit, and opens nothing else.

It names the officer it was mailed to: once they are no officer of that unit any more, it answers nothing.
"""

from dataclasses import dataclass
from uuid import UUID

from organising.platform.links import SignedIds, address_of_page

ANSWER = SignedIds("calls.answer", 3)


@dataclass(frozen=True)
class Asked:
    """Whose link it is: the unit of a call, and the officer it was mailed to."""

    organisation_id: UUID
    call_unit_id: UUID
    officer_id: UUID


def answer_token(asked: Asked) -> str:
    """The signed token of one officer's one question."""
    return ANSWER.token(asked.organisation_id, asked.call_unit_id, asked.officer_id)


def read_answer_token(token: str) -> Asked:
    """What it opens; raises :class:`NotFound` for a token that this installation did not make."""
    return Asked(*ANSWER.read(token))


def answer_url(asked: Asked) -> str:
    """The whole address of the page with the one question."""
    return address_of_page("calls.answer", token=answer_token(asked))
