"""The link that proves an address: it stands for one row of one organisation, and for nothing else."""

from uuid import UUID

from organising.platform.links import SignedIds, address_of_page

PROOF = SignedIds("mailings.sender_proof", 2)


def proof_token(organisation_id: UUID, proof_id: UUID) -> str:
    """The signed token of one link."""
    return PROOF.token(organisation_id, proof_id)


def read_proof_token(token: str) -> tuple[UUID, UUID]:
    """Organisation and row; raises :class:`NotFound` for a token that this installation did not make."""
    organisation_id, proof_id = PROOF.read(token)
    return organisation_id, proof_id


def address_of_proof(organisation_id: UUID, proof_id: UUID) -> str:
    """The whole address of the page that proves."""
    return address_of_page("mailings.prove_sender", token=proof_token(organisation_id, proof_id))
