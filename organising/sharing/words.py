"""Stakeholders and their log in words."""

from flask_babel import lazy_gettext as _l

from .models import EntryKind, IntroductionState, SaidHow, StakeholderKind

KINDS = {
    StakeholderKind.MP_STAFF: _l("Works for a representative"),
    StakeholderKind.JOURNALIST: _l("Journalist"),
    StakeholderKind.OFFICIAL: _l("Official of a public body"),
    StakeholderKind.CAMPAIGN: _l("Works for another campaign"),
    StakeholderKind.OTHER: _l("Another public role"),
}
ENTRY_KINDS = {
    EntryKind.MEETING: _l("Meeting"),
    EntryKind.CALL: _l("Call"),
    EntryKind.EMAIL: _l("Email"),
    EntryKind.EVENT: _l("Event"),
    EntryKind.OTHER: _l("Other"),
}
FIELDS = {
    "name": _l("Name"),
    "role": _l("Role"),
    "employer": _l("Where"),
    "email": _l("Email of the role"),
    "phone": _l("Phone of the role"),
    "source": _l("Where the role is public"),
    "headline": _l("Headline"),
}
SAID_HOW = {
    SaidHow.IN_PERSON: _l("In person"),
    SaidHow.PHONE: _l("On the phone"),
    SaidHow.MESSAGE: _l("In a message"),
    SaidHow.PAPER: _l("On paper"),
    SaidHow.FORM: _l("Through a form"),
}
STATES = {
    IntroductionState.OPEN: (_l("Waiting"), "info"),
    IntroductionState.ACCEPTED: (_l("Accepted"), "good"),
    IntroductionState.DECLINED: (_l("Declined"), "neutral"),
    IntroductionState.EXPIRED: (_l("Expired"), "neutral"),
    IntroductionState.TAKEN_BACK: (_l("Taken back"), "neutral"),
}
PASSED = {
    "emails": _l("Email"),
    "phones": _l("Phone"),
    "postcode": _l("Postcode"),
    "sector": _l("Sector"),
    "job": _l("Role"),
    "workplace": _l("Workplace"),
}
