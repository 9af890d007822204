"""Links in mail: a row's id, signed, so that nobody walks through ids or uses one kind of link as another."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from ..platform.links import address_of_page

INVITATION = "accounts.invitation"
OFFICER_LINK = "accounts.officer_link"
PASSWORD_RESET = "accounts.password_reset"  # noqa: S105 - the purpose of a link, not a secret


def make_link(endpoint: str, row_id: UUID) -> str:
    """The public address of ``endpoint`` (which is the purpose too) with the row's signed id as ``token``."""
    return address_of_page(endpoint, token=str(_serializer(endpoint).dumps(str(row_id))))


def find_row_id(endpoint: str, token: str) -> UUID | None:
    """The id that a link of this purpose carries, or ``None`` where it's not one of ours."""
    try:
        return UUID(str(_serializer(endpoint).loads(token)))
    except (BadSignature, ValueError):
        return None


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=purpose)
