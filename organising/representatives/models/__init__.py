"""People in public office, the areas and bodies they answer for. Person, seat and term stay apart, and history stays."""

from organising.representatives.models.acts import ItemKind, ParliamentaryAct, ParliamentaryItem, Part
from organising.representatives.models.affiliations import (
    Affiliation,
    AffiliationKind,
    Body,
    BodyKind,
)
from organising.representatives.models.areas import (
    Area,
    AreaIdentifier,
    AreaKind,
    AreaLayout,
    AreaLayoutCell,
    AreaOverlap,
)
from organising.representatives.models.contests import (
    Contest,
    ContestKind,
)
from organising.representatives.models.imports import (
    ImportBatch,
    ImportQuestion,
    QuestionState,
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
    ContactPreference,
    Party,
    Person,
    PersonIdentifier,
    PersonName,
    PersonToken,
)
from organising.representatives.models.postcodes import (
    Postcode,
    PostcodeLoad,
    PostcodePlace,
)
from organising.representatives.models.registers import (
    RegisterStatement,
    Responsibility,
)
from organising.representatives.models.spans import (
    FOLDED,
    Span,
)
from organising.representatives.models.uploads import GivenFile, ImportUpload, UploadState

__all__ = [
    "FOLDED",
    "Affiliation",
    "AffiliationKind",
    "Area",
    "AreaIdentifier",
    "AreaKind",
    "AreaLayout",
    "AreaLayoutCell",
    "AreaOverlap",
    "Body",
    "BodyKind",
    "Chamber",
    "ContactKind",
    "ContactPoint",
    "ContactPreference",
    "Contest",
    "ContestKind",
    "GivenFile",
    "ImportBatch",
    "ImportQuestion",
    "ImportUpload",
    "Institution",
    "InstitutionIdentifier",
    "InstitutionKind",
    "ItemKind",
    "OfficeHolding",
    "OfficeKind",
    "Parliament",
    "ParliamentaryAct",
    "ParliamentaryItem",
    "Part",
    "Party",
    "Person",
    "PersonIdentifier",
    "PersonName",
    "PersonToken",
    "Postcode",
    "PostcodeLoad",
    "PostcodePlace",
    "QuestionState",
    "Recess",
    "RegisterStatement",
    "Responsibility",
    "SeatStatement",
    "Span",
    "UploadState",
]
