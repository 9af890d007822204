"""The link that proves an address: it stands for one row of one organisation, and for nothing else."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from organising.platform.errors import NotFound
from organising.platform.links import address_of_page


def proof_token(organisation_id: UUID, proof_id: UUID) -> str:
    """The signed token of one link."""
    return str(_serializer().dumps([organisation_id.hex, proof_id.hex]))


def read_proof_token(token: str) -> tuple[UUID, UUID]:
    """Organisation and row; raises :class:`NotFound` for a token that this installation did not make."""
    try:
        organisation, proof = _serializer().loads(token)
        return UUID(hex=organisation), UUID(hex=proof)
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound from None


def address_of_proof(organisation_id: UUID, proof_id: UUID) -> str:
    """The whole address of the page that proves."""
    return address_of_page("mailings.prove_sender", token=proof_token(organisation_id, proof_id))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="mailings.sender_proof")
