"""The links that a signer holds: a signed token over the signing id, which nothing else reveals."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from ..platform.errors import NotFound
from ..platform.links import address_of_page


def signing_token(signing_id: UUID) -> str:
    """The token in the confirmation mail: it opens the page of this signing, and of no other."""
    return _serializer().dumps(signing_id.hex)


def read_signing_token(token: str) -> UUID:
    """The signing id within; raises :class:`NotFound` for a token this installation did not make."""
    try:
        return UUID(hex=_serializer().loads(token))
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None


def signing_url(signing_id: UUID) -> str:
    """The whole address of a signing's page."""
    return address_of_page("pledges.signature", token=signing_token(signing_id))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="pledges.signing")
