"""The link that an officer gets: it answers one call for one unit, and opens nothing else.

It names the officer it was mailed to: once they are no officer of that unit any more, it answers nothing.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from organising.platform.errors import NotFound
from organising.platform.links import address_of_page


@dataclass(frozen=True)
class Asked:
    """Whose link it is: the unit of a call, and the officer it was mailed to."""

    organisation_id: UUID
    call_unit_id: UUID
    officer_id: UUID


def answer_token(asked: Asked) -> str:
    """The signed token of one officer's one question."""
    return _serializer().dumps([asked.organisation_id.hex, asked.call_unit_id.hex, asked.officer_id.hex])


def read_answer_token(token: str) -> Asked:
    """What it opens; raises :class:`NotFound` for a token that this installation did not make."""
    try:
        return Asked(*(UUID(hex=one) for one in _serializer().loads(token)))
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None


def answer_url(asked: Asked) -> str:
    """The whole address of the page with the one question."""
    return address_of_page("calls.answer", token=answer_token(asked))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="calls.answer")
