"""The link in the mail that asks how an action went: it answers for that action, as the person asked, and opens nothing else."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from organising.platform.errors import NotFound
from organising.platform.links import address_of_page


def chase_token(organisation_id: UUID, chase_id: UUID) -> str:
    """The signed token of one question."""
    return _serializer().dumps([organisation_id.hex, chase_id.hex])


def read_chase_token(token: str) -> tuple[UUID, UUID]:
    """Organisation and question; raises :class:`NotFound` for a token that this installation did not make."""
    try:
        organisation, chase = _serializer().loads(token)
        return UUID(hex=organisation), UUID(hex=chase)
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None


def chase_url(organisation_id: UUID, chase_id: UUID) -> str:
    """The whole address of the page with the one question."""
    return address_of_page("actions.after", token=chase_token(organisation_id, chase_id))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="actions.chase")
