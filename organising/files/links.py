"""Signed addresses of contents: each of one version, for a while, and of use without any cookie."""

import time
from dataclasses import dataclass
from uuid import UUID

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from ..platform.errors import NotFound

# A page that lies open for so long still shows its pictures. Ends stand on quarters of an hour, so that browsers know
# an address again.
LASTS, STEP = 3600, 900


@dataclass(frozen=True)
class Content:
    """What one address opens. ``small``: the picture as a list shows it."""

    organisation_id: UUID
    version_id: UUID
    small: bool = False


def address_of_content(
    organisation_id: UUID, version_id: UUID, *, small: bool = False, lasts: int = LASTS
) -> str:
    """The address; whoever gives it out has asked before whether the reader may."""
    ends = (int(time.time()) + lasts) // STEP * STEP + STEP
    token = _serializer().dumps([organisation_id.hex, version_id.hex, int(small), ends])
    return url_for("files.content", token=token)


def read_content_token(token: str) -> Content:
    """What a token opens. Raises :class:`NotFound` for one that is over or not this installation's."""
    try:
        organisation, version, small, ends = _serializer().loads(token)
        if ends < time.time():
            raise NotFound
        return Content(UUID(hex=organisation), UUID(hex=version), bool(small))
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="files.content")
