"""The link that somebody who signed up holds: a signed token over the signing id, which nothing else reveals."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from organising.platform.errors import NotFound
from organising.platform.links import address_of_page


def place_token(signing_id: UUID) -> str:
    """The token in every mail to them: it opens the page of this sign-up, and of no other."""
    return _serializer().dumps(signing_id.hex)


def read_place_token(token: str) -> UUID:
    """The signing id within; raises :class:`NotFound` for a token this installation did not make."""
    try:
        return UUID(hex=_serializer().loads(token))
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None


def place_url(signing_id: UUID, language: str | None = None) -> str:
    """The whole address of a sign-up's page, in a language where one was chosen."""
    return address_of_page("attendance.my_place", token=place_token(signing_id), lang=language)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="attendance.place")
