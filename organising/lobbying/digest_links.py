"""The link at the foot of a digest: it stops that person's digest, and nothing else."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from organising.platform.errors import NotFound


def digest_token(organisation_id: UUID, user_id: UUID) -> str:
    """The signed token of one person's digest in one organisation."""
    return _serializer().dumps([organisation_id.hex, user_id.hex])


def read_digest_token(token: str) -> tuple[UUID, UUID]:
    """Organisation and person; raises :class:`NotFound` for a token that this installation did not make."""
    try:
        organisation, user = _serializer().loads(token)
        return UUID(hex=organisation), UUID(hex=user)
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="lobbying.digest")
