"""The link at the foot of a digest: it stops that person's digest, and nothing else."""

from uuid import UUID

from organising.platform.links import SignedIds

DIGEST = SignedIds("lobbying.digest", 2)


def digest_token(organisation_id: UUID, user_id: UUID) -> str:
    """The signed token of one person's digest in one organisation."""
    return DIGEST.token(organisation_id, user_id)


def read_digest_token(token: str) -> tuple[UUID, UUID]:
    """Organisation and person; raises :class:`NotFound` for a token that this installation did not make."""
    organisation_id, user_id = DIGEST.read(token)
    return organisation_id, user_id
