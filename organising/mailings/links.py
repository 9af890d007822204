"""The link in a message that asks for sign-off: one person answers about one exact content, and nothing else."""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from organising.platform.errors import NotFound

# Longer than any time to answer. What was asked about earlier is over anyway: the content is bound too.
VALID_SECONDS = 15 * 86_400


@dataclass(frozen=True)
class AskedOf:
    """Who was asked by mail, about which content of which mailing."""

    organisation_id: UUID
    user_id: UUID
    mailing_id: UUID
    content_hash: str


def sign_off_token(asked: AskedOf) -> str:
    """The signed token of one person's link."""
    parts = [asked.organisation_id.hex, asked.user_id.hex, asked.mailing_id.hex, asked.content_hash]
    return str(_serializer().dumps(parts))


def read_sign_off_token(token: str) -> AskedOf:
    """What a token stands for; raises :class:`NotFound` for one that is too old or not this installation's."""
    try:
        organisation, user, mailing, content_hash = _serializer().loads(token, max_age=VALID_SECONDS)
        return AskedOf(UUID(hex=organisation), UUID(hex=user), UUID(hex=mailing), str(content_hash))
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="mailings.sign_off")
