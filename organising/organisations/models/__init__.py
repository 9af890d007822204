"""Tables of organisations: themselves and the campaign, their people, their units."""

from .organisations import (
    Ask,
    Campaign,
    CampaignMember,
    CoalitionStatus,
    LookupRoot,
    Organisation,
    OrganisationKey,
    OrganisationKind,
    PartnerLogo,
)
from .people import Invitation, Membership, SecondFactorDemand, StoppedMail
from .unit_imports import UnitImport
from .units import OfficerRole, Unit, UnitArea, UnitChange, UnitChangeKind, UnitKind, UnitOfficer

__all__ = [
    "Ask",
    "Campaign",
    "CampaignMember",
    "CoalitionStatus",
    "Invitation",
    "LookupRoot",
    "Membership",
    "OfficerRole",
    "Organisation",
    "OrganisationKey",
    "OrganisationKind",
    "PartnerLogo",
    "SecondFactorDemand",
    "StoppedMail",
    "Unit",
    "UnitArea",
    "UnitChange",
    "UnitChangeKind",
    "UnitImport",
    "UnitKind",
    "UnitOfficer",
]
