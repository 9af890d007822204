"""People in public office, the areas and bodies they answer for. Person, seat and term stay apart, and history stays."""

from organising.representatives.models.areas import (
    Area,
    AreaIdentifier,
    AreaKind,
)
from organising.representatives.models.institutions import (
    Institution,
    InstitutionIdentifier,
    InstitutionKind,
)
from organising.representatives.models.offices import (
    ContactKind,
    ContactPoint,
    OfficeHolding,
    OfficeKind,
    SeatStatement,
)
from organising.representatives.models.parliaments import (
    Chamber,
    Parliament,
    Recess,
)
from organising.representatives.models.people import (
    Party,
    Person,
    PersonIdentifier,
    PersonName,
    PersonToken,
)
from organising.representatives.models.spans import (
    FOLDED,
    Span,
)

__all__ = [
    "FOLDED",
    "Area",
    "AreaIdentifier",
    "AreaKind",
    "Chamber",
    "ContactKind",
    "ContactPoint",
    "Institution",
    "InstitutionIdentifier",
    "InstitutionKind",
    "OfficeHolding",
    "OfficeKind",
    "Parliament",
    "Party",
    "Person",
    "PersonIdentifier",
    "PersonName",
    "PersonToken",
    "Recess",
    "SeatStatement",
    "Span",
]
