"""By what a mover's name is found again: a keyed hash of the organisation's own."""

from uuid import UUID

from organising.platform.sealing import blind_index
from organising.representatives.names import fold


def person_key(organisation_id: UUID, name: str) -> bytes:
    """The same for a name however it is cased, accented or spaced."""
    return blind_index(organisation_id, "motion_mover", fold(name))
