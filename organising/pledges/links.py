"""The links that a signer holds: a signed token over the signing id, which nothing else reveals."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from ..platform.errors import NotFound
from ..platform.links import SignedIds, address_of_page

ADDRESS = SignedIds("pledges.address", 2)


def signing_token(signing_id: UUID, version: int = 0) -> str:
    """The token in the confirmation mail: it opens the page of this signing, and of no other.

    ``version`` counts the changes of its address: links that went to an earlier one open nothing any more.
    """
    return _serializer().dumps([signing_id.hex, version] if version else signing_id.hex)


def read_signing_token(token: str) -> tuple[UUID, int]:
    """The signing id and version within; raises :class:`NotFound` for a token this installation did not make."""
    held = _loaded(token)
    signing, version = held if isinstance(held, list) and len(held) == 2 else (held, 0)
    return _uuid(signing), version if isinstance(version, int) else -1


def address_token(signing_id: UUID, change_id: UUID) -> str:
    """The token in the mail to a new address: it is good for taking that address, and for nothing else."""
    return ADDRESS.token(signing_id, change_id)


def read_address_token(token: str) -> tuple[UUID, UUID]:
    """The signing and the change within; raises :class:`NotFound`."""
    signing_id, change_id = ADDRESS.read(token)
    return signing_id, change_id


def signing_url(signing_id: UUID, version: int = 0, *, language: str | None = None) -> str:
    """The whole address of a signing's page, in a language where one was chosen."""
    return address_of_page("pledges.signature", token=signing_token(signing_id, version), lang=language)


def address_url(signing_id: UUID, change_id: UUID, *, language: str | None = None) -> str:
    """The whole address of the page that takes a new address."""
    return address_of_page("pledges.new_address", token=address_token(signing_id, change_id), lang=language)


def _loaded(token: str) -> object:
    try:
        return _serializer().loads(token)
    except BadSignature:
        raise NotFound from None


def _uuid(text: object) -> UUID:
    try:
        return UUID(hex=text if isinstance(text, str) else "")
    except ValueError:
        raise NotFound from None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="pledges.signing")
