"""The link that a writer holds: a signed token over the signing id, which nothing else reveals."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from organising.platform.errors import NotFound
from organising.platform.links import address_of_page


def letter_token(signing_id: UUID) -> str:
    """The token in the confirmation mail: it opens the page of this letter, and of no other."""
    return _serializer().dumps(signing_id.hex)


def read_letter_token(token: str) -> UUID:
    """The signing id within; raises :class:`NotFound` for a token this installation did not make."""
    try:
        return UUID(hex=_serializer().loads(token))
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None


def letter_url(signing_id: UUID, language: str | None = None) -> str:
    """The whole address of a letter's page, in a language where one was chosen."""
    return address_of_page("letters.letter", token=letter_token(signing_id), lang=language)


def writing_url(organisation_slug: str, slug: str) -> str:
    """The whole address of the page on which people write."""
    return address_of_page("letters.write", organisation=organisation_slug, slug=slug)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="letters.letter")
