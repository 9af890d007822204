"""The actor: who acts, for which organisation, in which role. Every service takes one first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .errors import Forbidden
from .permissions import GRANTS, Permission, Role


@dataclass(frozen=True)
class Actor:
    """A person in their current organisation, or the system working for one organisation (``role`` is None)."""

    user_id: UUID | None
    display_name: str
    organisation_id: UUID
    organisation_name: str
    role: Role | None
    unit_id: UUID | None
    campaign_id: UUID | None
    memberships: tuple["MembershipSummary", ...] = ()
    # An organiser's work may be limited to this unit and what is below it; ask ``organisations.queries.in_reach``.
    subtree_id: UUID | None = None

    @classmethod
    def system(
        cls, organisation_id: UUID, organisation_name: str = "", campaign_id: UUID | None = None
    ) -> "Actor":
        """The runner's own actor: holds no permission of a person."""
        return cls(None, "Organising", organisation_id, organisation_name, None, None, campaign_id)

    @property
    def author_label(self) -> str:
        """The name that stands on shared rows: no join to users, whom partners may not read."""
        return self.display_name

    def can(self, permission: Permission) -> bool:
        """Whether this actor's role in the current organisation holds the permission."""
        return self.role is not None and permission in GRANTS[self.role]

    def check(self, permission: Permission) -> None:
        """Raise :class:`Forbidden` unless the actor holds the permission."""
        if not self.can(permission):
            raise Forbidden("Your role in this organisation does not allow this.")


@dataclass(frozen=True)
class MembershipSummary:
    """One of a person's memberships, as the switcher shows it."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    role: Role
    unit_id: UUID | None
    unit_name: str | None
    campaign_id: UUID | None
    is_current: bool = False
    # From when on the organisation demands a second factor of this role.
    second_factor_due: datetime | None = None
    # The unit to which, with what is below it, an organiser's work is limited.
    subtree_id: UUID | None = None
