"""Kinds and standings in plain words, for pages."""

from flask_babel import lazy_gettext as _l

from .models import CoalitionStatus, OrganisationKind, UnitKind

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
