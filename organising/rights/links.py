"""Links of the desk: to confirm a request, and to take one's bundle. Each is a signed token; the second ends after a while."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from organising.platform.errors import NotFound
from organising.platform.links import address_of_page

BUNDLE_DAYS = 14


def confirm_token(organisation_id: UUID, request_id: UUID) -> str:
    """The token in the mail that asks whether it was them."""
    return _confirming().dumps(f"{organisation_id.hex}{request_id.hex}")


def read_confirm_token(token: str) -> tuple[UUID, UUID]:
    """Organisation and request; raises :class:`NotFound` for a token that this installation did not make."""
    try:
        said = str(_confirming().loads(token))
        return UUID(said[:32]), UUID(said[32:])
    except (BadSignature, ValueError):
        raise NotFound from None


def confirm_url(organisation_id: UUID, request_id: UUID, language: str | None) -> str:
    """The whole address of the page that confirms a request."""
    token = confirm_token(organisation_id, request_id)
    return address_of_page("rights.confirm", token=token, lang=language)


def bundle_token(organisation_id: UUID, request_id: UUID, version: int) -> str:
    """The token of a bundle: it opens this one until it ends, or until another was sent."""
    return _bundling().dumps([organisation_id.hex, request_id.hex, version])


def read_bundle_token(token: str) -> tuple[UUID, UUID, int]:
    """Organisation, request and version; raises :class:`NotFound` for a false token or one whose time is over."""
    try:
        organisation, request, version = _bundling().loads(token, max_age=BUNDLE_DAYS * 86_400)
        return UUID(organisation), UUID(request), int(version)
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None


def bundle_url(organisation_id: UUID, request_id: UUID, version: int, language: str | None) -> str:
    """The whole address of the page from which a bundle is taken."""
    token = bundle_token(organisation_id, request_id, version)
    return address_of_page("rights.take", token=token, lang=language)


def asking_url(slug: str) -> str:
    """The whole address of an organisation's public page."""
    return address_of_page("rights.ask", organisation=slug)


def _confirming() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="rights.confirm")


def _bundling() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="rights.bundle")
