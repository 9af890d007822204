"""Single mails that come back: an address to come back to, and who is told.

A domain whose rows send single mails registers how a row learns that its mail came back; the domain that takes incoming
mail registers what addresses it takes. Neither knows the other.
"""

from collections.abc import Callable
from uuid import UUID

Learn = Callable[[UUID, bool], bool]
MakeAddress = Callable[[UUID, UUID], str | None]
_learners: list[Learn] = []
_makers: list[MakeAddress] = []


def register_returned(learn: Learn) -> None:
    """``learn(row_id, for_good)`` notes that a row's mail came back; it answers whether the row is one of its kind."""
    _learners.append(learn)


def offer_return_paths(make: MakeAddress) -> None:
    """``make`` answers the address at which a row's mail comes back (organisation, row), or ``None`` where none is taken."""
    _makers.append(make)


def return_path(organisation_id: UUID, row_id: UUID) -> str | None:
    """The envelope's sender for one row's mail, or ``None`` for the installation's own."""
    return next((made for make in _makers if (made := make(organisation_id, row_id))), None)


def tell_returned(row_id: UUID, *, for_good: bool) -> bool:
    """Tell whose row it is, in the session's organisation; answers whether anybody knows it."""
    return any(learn(row_id, for_good) for learn in _learners)
