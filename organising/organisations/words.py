"""Kinds and standings in plain words, for pages."""

from datetime import date
from uuid import UUID

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from .models import CoalitionStatus, OfficerRole, OrganisationKind, UnitChange, UnitChangeKind, UnitKind

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

# What an organiser did for a unit; the packages that record it name it here.
DEEDS = {
    "action_planned": _l("planned an action"),
    "action_changed": _l("changed an action"),
    "action_reported": _l("reported an action"),
    "call_answered": _l("answered a call to all units"),
    "motion_changed": _l("changed a motion"),
}

# What one row of a list does, and what a number of them did.
IMPORT_DEEDS = {
    "unit_added": (_l("adds a unit"), lambda n: ngettext("unit added", "units added", n)),
    "unit_renamed": (
        _l("changes the unit’s name, kind or code"),
        lambda n: ngettext("unit changed", "units changed", n),
    ),
    "unit_moved": (_l("moves the unit"), lambda n: ngettext("unit moved", "units moved", n)),
    "areas_changed": (
        _l("changes its areas"),
        lambda n: ngettext("unit with other areas", "units with other areas", n),
    ),
    "officer_added": (_l("enters the officer"), lambda n: ngettext("officer entered", "officers entered", n)),
    "officer_invited": (
        _l("invites the officer"),
        lambda n: ngettext("officer invited", "officers invited", n),
    ),
    "officer_changed": (
        _l("changes the officer’s entry"),
        lambda n: ngettext("officer’s entry changed", "officers’ entries changed", n),
    ),
    "unchanged": (
        _l("changes nothing"),
        lambda n: ngettext("row that changed nothing", "rows that changed nothing", n),
    ),
    "wrong": (_l("is left out"), lambda n: ngettext("row left out", "rows left out", n)),
}


def deed_words(deed: str, number: int | None = None) -> str:
    """What one row of a list of units does, or what that many of them did."""
    one, several = IMPORT_DEEDS[deed]
    return str(one) if number is None else str(several(number))


def change_words(change: UnitChange, officer_names: dict[UUID, str]) -> str:
    """What one line of a unit's history says beside its kind: names and days, as far as they are known."""
    before, after = change.before, change.after
    if change.kind == UnitChangeKind.RENAMED:
        return f"{before['name']} → {after['name']}" if before["name"] != after["name"] else ""
    if change.kind == UnitChangeKind.MOVED:
        top = _("the top")
        return f"{before['parent'] or top} → {after['parent'] or top}"
    if change.kind == UnitChangeKind.AREAS_CHANGED:
        return ", ".join(name for _kind, name in after["areas"].values()) or _("none")
    if change.kind == UnitChangeKind.CLOSED and len(after["units"]) > 1:
        return _("with all below it")
    who = officer_names.get(change.officer_id, "") if change.officer_id else ""
    if change.kind == UnitChangeKind.ACTED_FOR:
        deed = str(DEEDS.get(after["deed"], after["deed"].replace("_", " ")))
        return f"{deed} ({_('for %(name)s', name=who)})" if who else deed
    if "role" not in after:
        return ""
    office = str(OFFICER_ROLE_NAMES[OfficerRole(after["role"])])
    days = " – ".join(_day(after[key]) for key in ("starts_on", "ends_on") if after[key])
    return ", ".join(part for part in (who, office, days) if part)


def _day(written: str) -> str:
    return str(format_date(date.fromisoformat(written), "d MMMM y"))
