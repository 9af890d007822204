"""The link in the mail that asks how an action went: it answers for that action, as the person asked, and opens nothing else."""

from uuid import UUID

from organising.platform.links import SignedIds, address_of_page

CHASE = SignedIds("actions.chase", 2)


def chase_token(organisation_id: UUID, chase_id: UUID) -> str:
    """The signed token of one question."""
    return CHASE.token(organisation_id, chase_id)


def read_chase_token(token: str) -> tuple[UUID, UUID]:
    """Organisation and question; raises :class:`NotFound` for a token that this installation did not make."""
    organisation_id, chase_id = CHASE.read(token)
    return organisation_id, chase_id


def chase_url(organisation_id: UUID, chase_id: UUID) -> str:
    """The whole address of the page with the one question."""
    return address_of_page("actions.after", token=chase_token(organisation_id, chase_id))
