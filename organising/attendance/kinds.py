"""What kinds of action ask of whoever takes part."""

from organising.actions.states import Kind

# One meets one's own MP there, so a full postcode says who that is.
WITH_MEMBERS = frozenset({Kind.LOBBY_DAY, Kind.SURGERY_VISIT})


def meets_members(kind: str) -> bool:
    """Whether people meet representatives at an action of this kind, each their own."""
    return kind in WITH_MEMBERS
