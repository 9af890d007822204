"""Who may do what: one table, the permission matrix of the domain. Rows of others stay out of reach in any role."""

from enum import StrEnum


class Role(StrEnum):
    COORDINATOR = "coordinator"
    DEPUTY = "deputy"
    ADMIN = "admin"
    ORGANISER = "organiser"
    OFFICER = "officer"
    ANALYST = "analyst"


class Permission(StrEnum):
    CAMPAIGN_VIEW = "campaign:view"
    CAMPAIGN_EDIT = "campaign:edit"
    ORGANISATIONS_MANAGE = "organisations:manage"
    MEMBERS_MANAGE = "members:manage"
    UNITS_MANAGE = "units:manage"
    OFFICERS_VIEW = "officers:view"
    AUDIT_VIEW = "audit:view"
    AGREEMENT_ACCEPT = "agreement:accept"
    EXPORTS_VIEW = "exports:view"
    ASSURANCE_MANAGE = "assurance:manage"
    DISCLOSURES_DECIDE = "disclosures:decide"
    RIGHTS_DESK = "rights:desk"
    REPRESENTATIVES_VIEW = "representatives:view"
    REPRESENTATIVES_IMPORT = "representatives:import"
    ENGAGEMENTS_VIEW = "engagements:view"
    ENGAGEMENTS_LOG = "engagements:log"
    POSITIONS_CLAIM = "positions:claim"
    TARGETS_VIEW = "targets:view"
    TARGETS_EDIT = "targets:edit"
    TARGETS_EDIT_LED = "targets:edit_led"
    APPROACHES_VIEW = "approaches:view"
    APPROACHES_RESERVE = "approaches:reserve"
    APPROACHES_HAND_OVER = "approaches:hand_over"
    COMMITMENTS_EDIT = "commitments:edit"
    DISPUTES_RESOLVE = "disputes:resolve"
    STAKEHOLDERS_VIEW = "stakeholders:view"
    STAKEHOLDERS_EDIT = "stakeholders:edit"
    CONTACTS_COUNT = "contacts:count"
    CONTACTS_KEEP = "contacts:keep"
    CONTACTS_EXPORT = "contacts:export"
    CONTACTS_INTRODUCE = "contacts:introduce"
    CONTACTS_IMPORT = "contacts:import"
    CONTACTS_MERGE = "contacts:merge"
    CONTACTS_SETTINGS = "contacts:settings"
    FILES_VIEW = "files:view"
    FILES_MANAGE = "files:manage"
    NOTES_VIEW = "notes:view"
    NOTES_VIEW_OWN_UNIT = "notes:view_own_unit"
    ACTIONS_VIEW = "actions:view"
    ACTIONS_CREATE = "actions:create"
    ACTIONS_APPROVE = "actions:approve"
    CALLS_VIEW = "calls:view"
    CALLS_COUNT = "calls:count"
    CALLS_MANAGE = "calls:manage"
    CALLS_RELAY = "calls:relay"
    CALLS_LAUNCH = "calls:launch"
    ATTENDEES_VIEW = "attendees:view"
    ATTENDEES_EXPORT = "attendees:export"
    PLEDGES_TOTALS = "pledges:totals"
    SIGNERS_VIEW = "signers:view"
    EMBEDS_MANAGE = "embeds:manage"
    SIGNERS_INVALIDATE = "signers:invalidate"
    SIGN_ONS_PREPARE = "sign_ons:prepare"
    SIGN_ONS_APPROVE = "sign_ons:approve"
    PAPER_KEY = "paper:key"
    PAPER_CHECK = "paper:check"
    MAILINGS_VIEW_COUNTS = "mailings:view_counts"
    MAILINGS_VIEW = "mailings:view"
    MAILINGS_DRAFT = "mailings:draft"
    MAILINGS_SIGN_OFF = "mailings:sign_off"
    MAILINGS_SEND = "mailings:send"
    REPLIES_TRIAGE = "replies:triage"
    TASKS_KEEP = "tasks:keep"
    STATEMENTS_VIEW = "statements:view"
    STATEMENTS_DRAFT = "statements:draft"
    STATEMENTS_SIGN = "statements:sign"
    STATEMENTS_PUBLISH = "statements:publish"
    MOTIONS_VIEW = "motions:view"
    MOTION_TEXTS_DRAFT = "motions:draft_texts"
    MOTIONS_DRAFT = "motions:draft"
    MOTIONS_CONFIRM = "motions:confirm"
    MOTIONS_PUBLISH = "motions:publish"


P = Permission

_EVERYONE = frozenset(
    {
        P.CAMPAIGN_VIEW,
        P.REPRESENTATIVES_VIEW,
        P.TARGETS_VIEW,
        P.ENGAGEMENTS_VIEW,
        P.ACTIONS_VIEW,
        P.CALLS_VIEW,
        P.PLEDGES_TOTALS,
        P.STAKEHOLDERS_VIEW,
        P.CONTACTS_COUNT,
        P.STATEMENTS_VIEW,
        P.MOTIONS_VIEW,
    }
)
_ORGANISER = _EVERYONE | {
    P.OFFICERS_VIEW,
    P.ENGAGEMENTS_LOG,
    P.POSITIONS_CLAIM,
    P.TARGETS_EDIT_LED,
    P.APPROACHES_VIEW,
    P.APPROACHES_RESERVE,
    P.COMMITMENTS_EDIT,
    P.STAKEHOLDERS_EDIT,
    P.CONTACTS_KEEP,
    P.CONTACTS_EXPORT,
    P.CONTACTS_INTRODUCE,
    P.CONTACTS_IMPORT,
    P.CONTACTS_MERGE,
    P.FILES_VIEW,
    P.NOTES_VIEW,
    P.ACTIONS_CREATE,
    P.CALLS_COUNT,
    P.CALLS_MANAGE,
    P.ATTENDEES_VIEW,
    P.ATTENDEES_EXPORT,
    P.SIGNERS_VIEW,
    P.SIGN_ONS_PREPARE,
    P.PAPER_KEY,
    P.MAILINGS_VIEW_COUNTS,
    P.MAILINGS_VIEW,
    P.MAILINGS_DRAFT,
    P.REPLIES_TRIAGE,
    P.STATEMENTS_DRAFT,
    P.MOTIONS_DRAFT,
    P.MOTION_TEXTS_DRAFT,
    P.TASKS_KEEP,
}
_ADMIN = _ORGANISER | {
    P.MEMBERS_MANAGE,
    P.UNITS_MANAGE,
    P.AUDIT_VIEW,
    P.AGREEMENT_ACCEPT,
    P.EXPORTS_VIEW,
    P.ASSURANCE_MANAGE,
    P.DISCLOSURES_DECIDE,
    P.RIGHTS_DESK,
    P.FILES_MANAGE,
    P.EMBEDS_MANAGE,
    P.CONTACTS_SETTINGS,
    P.SIGNERS_INVALIDATE,
    P.SIGN_ONS_APPROVE,
    P.ACTIONS_APPROVE,
    P.CALLS_RELAY,
    P.PAPER_CHECK,
    P.MAILINGS_SIGN_OFF,
    P.MAILINGS_SEND,
    P.STATEMENTS_SIGN,
    P.MOTIONS_CONFIRM,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: _ADMIN
    | {
        P.CAMPAIGN_EDIT,
        P.ORGANISATIONS_MANAGE,
        P.REPRESENTATIVES_IMPORT,
        P.CALLS_LAUNCH,
        P.TARGETS_EDIT,
        P.APPROACHES_HAND_OVER,
        P.DISPUTES_RESOLVE,
        P.STATEMENTS_PUBLISH,
        P.MOTIONS_PUBLISH,
    },
    # A deputy signs off in the coordinator's absence; sending stays with one person.
    Role.DEPUTY: _ORGANISER
    | {
        P.MAILINGS_SIGN_OFF,
        P.ACTIONS_APPROVE,
        P.SIGN_ONS_APPROVE,
        P.DISCLOSURES_DECIDE,
        P.STATEMENTS_SIGN,
        P.MOTIONS_CONFIRM,
    },
    Role.ADMIN: _ADMIN,
    Role.ORGANISER: _ORGANISER,
    # An officer keeps the contacts of the own unit, and sees its officers: the database shows them no other.
    Role.OFFICER: _EVERYONE
    | {
        P.OFFICERS_VIEW,
        P.ENGAGEMENTS_LOG,
        P.POSITIONS_CLAIM,
        P.CONTACTS_KEEP,
        P.NOTES_VIEW_OWN_UNIT,
        P.ACTIONS_CREATE,
        P.MOTIONS_DRAFT,
        P.ATTENDEES_VIEW,
        P.PAPER_KEY,
        P.TASKS_KEEP,
    },
    Role.ANALYST: _EVERYONE | {P.APPROACHES_VIEW, P.MAILINGS_VIEW_COUNTS, P.CALLS_COUNT},
}


def may(role: Role, permission: Permission) -> bool:
    """Whether a role holds a permission."""
    return permission in GRANTS[role]


# Whoever holds one of these is shown people's details, or decides who is.
_OF_PEOPLE = frozenset(
    {
        P.CONTACTS_KEEP,
        P.SIGNERS_VIEW,
        P.NOTES_VIEW,
        P.NOTES_VIEW_OWN_UNIT,
        P.PAPER_KEY,
        P.ATTENDEES_VIEW,
        P.MEMBERS_MANAGE,
    }
)
SEES_PEOPLE = frozenset(role for role in Role if GRANTS[role] & _OF_PEOPLE)
