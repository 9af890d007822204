"""Kinds and standings in plain words, for pages."""

from flask_babel import lazy_gettext as _l

from .models import CoalitionStatus, OfficerRole, OrganisationKind, UnitChangeKind, UnitKind

KIND_NAMES = {
    OrganisationKind.NGO: _l("Campaigning organisation"),
    OrganisationKind.UNION: _l("Trade union"),
    OrganisationKind.CHARITY: _l("Charity"),
    OrganisationKind.COMMUNITY: _l("Community group"),
    OrganisationKind.PROFESSIONAL: _l("Professional body"),
    OrganisationKind.COUNCIL: _l("Council"),
}

UNIT_KIND_NAMES = {
    UnitKind.NATIONAL: _l("National"),
    UnitKind.REGION: _l("Region"),
    UnitKind.DISTRICT: _l("District"),
    UnitKind.BRANCH: _l("Branch"),
    UnitKind.WORKPLACE_GROUP: _l("Workplace group"),
    UnitKind.LOCAL_GROUP: _l("Local group"),
}

OFFICER_ROLE_NAMES = {
    OfficerRole.SECRETARY: _l("Secretary"),
    OfficerRole.PRESIDENT: _l("President"),
    OfficerRole.VICE_PRESIDENT: _l("Vice-president"),
    OfficerRole.CHAIR: _l("Chair"),
    OfficerRole.TREASURER: _l("Treasurer"),
    OfficerRole.MEMBERSHIP_OFFICER: _l("Membership officer"),
    OfficerRole.EQUALITIES_OFFICER: _l("Equalities officer"),
    OfficerRole.CAMPAIGNS_OFFICER: _l("Campaigns officer"),
    OfficerRole.REPRESENTATIVE: _l("Workplace representative"),
    OfficerRole.OTHER: _l("Officer"),
}

CHANGE_NAMES = {
    UnitChangeKind.ADDED: _l("Added"),
    UnitChangeKind.RENAMED: _l("Renamed"),
    UnitChangeKind.MOVED: _l("Moved"),
    UnitChangeKind.AREAS_CHANGED: _l("Areas changed"),
    UnitChangeKind.CLOSED: _l("Closed"),
    UnitChangeKind.REOPENED: _l("Opened again"),
    UnitChangeKind.OFFICER_ADDED: _l("Officer entered"),
    UnitChangeKind.OFFICER_EDITED: _l("Officer’s entry changed"),
    UnitChangeKind.OFFICER_ENDED: _l("Officer’s term ended"),
    UnitChangeKind.HANDED_OVER: _l("Handed over"),
    UnitChangeKind.ACTED_FOR: _l("Done on the unit’s behalf"),
}

STATUS_NAMES = {
    CoalitionStatus.PROSPECT: _l("Prospect"),
    CoalitionStatus.CONTRIBUTOR: _l("Contributor"),
    CoalitionStatus.INVITED: _l("Invited to join"),
    CoalitionStatus.MEMBER: _l("Member"),
    CoalitionStatus.LEAD: _l("Lead"),
    CoalitionStatus.LEFT: _l("Left"),
}

STATUS_TONES = {
    CoalitionStatus.LEAD: "accent",
    CoalitionStatus.MEMBER: "good",
    CoalitionStatus.CONTRIBUTOR: "info",
    CoalitionStatus.INVITED: "warn",
    CoalitionStatus.PROSPECT: "neutral",
    CoalitionStatus.LEFT: "neutral",
}
