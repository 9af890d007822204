"""The words of the contact log as pages say them: kinds, positions, bases, and how old evidence is."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from organising.lobbying.commitment_states import STEPS, CommitmentState
from organising.lobbying.models import (
    Attendance,
    Basis,
    CommitmentKind,
    Confidence,
    Deed,
    EngagementAttendee,
    EngagementKind,
    EvidenceKind,
    Outcome,
    Position,
    Priority,
    StaffRole,
    Stance,
    Tactic,
)
from organising.lobbying.queries.roll_over import Fate
from organising.lobbying.queries.subjects import subject_place
from organising.representatives.models import (
    Chamber,
    ContactKind,
    InstitutionKind,
    ItemKind,
    OfficeHolding,
    OfficeKind,
    Part,
)

KINDS = {
    EngagementKind.MEETING: _l("Meeting"),
    EngagementKind.SURGERY: _l("Surgery"),
    EngagementKind.CALL: _l("Call"),
    EngagementKind.EMAIL: _l("Email"),
    EngagementKind.LETTER: _l("Letter"),
    EngagementKind.EVENT: _l("Event"),
    EngagementKind.VISIT: _l("Visit"),
    EngagementKind.SOCIAL: _l("Social media"),
}
ATTENDANCE = {
    Attendance.MEMBER: _l("The member"),
    Attendance.STAFF: _l("Only their staff"),
    Attendance.NONE: _l("Nobody"),
}
OUTCOMES = {
    Outcome.NOT_SAID: _l("Not said"),
    Outcome.HELPFUL: _l("Helpful"),
    Outcome.NONCOMMITTAL: _l("Noncommittal"),
    Outcome.UNHELPFUL: _l("Unhelpful"),
    Outcome.NO_ANSWER: _l("No answer"),
}
POSITIONS = {
    Position.CHAMPION: _l("Champion"),
    Position.SUPPORTER: _l("Supporter"),
    Position.LEANING_SUPPORT: _l("Leaning for"),
    Position.UNDECIDED: _l("Undecided"),
    Position.LEANING_OPPOSE: _l("Leaning against"),
    Position.OPPOSED: _l("Opposed"),
    Position.UNKNOWN: _l("Unknown"),
}
POSITION_TONES = {
    Position.CHAMPION: "good",
    Position.SUPPORTER: "good",
    Position.LEANING_SUPPORT: "good",
    Position.UNDECIDED: "warn",
    Position.LEANING_OPPOSE: "bad",
    Position.OPPOSED: "bad",
    Position.UNKNOWN: "neutral",
}
# A current position as counts and maps show it: a position, or that partners dispute it.
DISPUTED = "disputed"
STATES = {**{str(position): word for position, word in POSITIONS.items()}, DISPUTED: _l("Disputed")}
STATE_TONES = {**{str(position): tone for position, tone in POSITION_TONES.items()}, DISPUTED: "accent"}
CONFIDENCE = {
    Confidence.LOW: _l("Not very sure"),
    Confidence.MEDIUM: _l("Fairly sure"),
    Confidence.HIGH: _l("Certain"),
}
BASES = {
    Basis.MEETING: _l("Said to us"),
    Basis.LETTER: _l("A letter or an email"),
    Basis.PUBLIC_STATEMENT: _l("A public statement"),
    Basis.VOTE: _l("A vote"),
    Basis.EDM: _l("A signed early day motion"),
    Basis.THIRD_PARTY: _l("Someone else told us"),
}
PRIORITIES = {Priority.A: _l("A, first"), Priority.B: _l("B, next"), Priority.C: _l("C, later")}
TACTICS = {
    Tactic.CHAMPION: _l("Make a champion"),
    Tactic.PERSUADE: _l("Persuade"),
    Tactic.MAINTAIN: _l("Keep warm"),
    Tactic.NOT_NOW: _l("Not now"),
}
COMMITMENT_KINDS = {
    CommitmentKind.SIGN_PLEDGE: _l("Sign the pledge"),
    CommitmentKind.SIGN_EDM: _l("Sign an early day motion"),
    CommitmentKind.TABLE_EDM: _l("Table an early day motion"),
    CommitmentKind.WRITTEN_QUESTION: _l("Ask a written question"),
    CommitmentKind.ORAL_QUESTION: _l("Ask a question in the chamber"),
    CommitmentKind.SPEAK: _l("Speak in a debate"),
    CommitmentKind.VOTE: _l("Vote"),
    CommitmentKind.TABLE_AMENDMENT: _l("Table an amendment"),
    CommitmentKind.WRITE_TO_MINISTER: _l("Write to a minister"),
    CommitmentKind.MEET_MINISTER: _l("Meet a minister"),
    CommitmentKind.HOST_EVENT: _l("Host an event"),
    CommitmentKind.PUBLIC_STATEMENT: _l("Say so in public"),
    CommitmentKind.VISIT_SERVICE: _l("Visit a service"),
    CommitmentKind.JOIN_APPG: _l("Join an all-party group"),
}
COMMITMENT_STATES = {
    CommitmentState.ASKED: _l("Asked"),
    CommitmentState.CONSIDERING: _l("Considering"),
    CommitmentState.PROMISED: _l("Promised"),
    CommitmentState.DELIVERED: _l("Delivered"),
    CommitmentState.DECLINED: _l("Declined"),
    CommitmentState.BROKEN: _l("Broken"),
    CommitmentState.LAPSED: _l("Lapsed"),
    CommitmentState.WITHDRAWN: _l("Withdrawn"),
}
COMMITMENT_TONES = {
    CommitmentState.ASKED: "neutral",
    CommitmentState.CONSIDERING: "warn",
    CommitmentState.PROMISED: "info",
    CommitmentState.DELIVERED: "good",
    CommitmentState.DECLINED: "bad",
    CommitmentState.BROKEN: "bad",
    CommitmentState.LAPSED: "neutral",
    CommitmentState.WITHDRAWN: "neutral",
}
EVIDENCE_KINDS = {
    EvidenceKind.PARLIAMENT_RECORD: _l("Parliament’s record"),
    EvidenceKind.PUBLIC_STATEMENT: _l("A public statement of theirs"),
    EvidenceKind.LETTER: _l("A letter or an email"),
    EvidenceKind.SEEN: _l("We were there"),
    EvidenceKind.PRESS: _l("A news report"),
    EvidenceKind.OTHER: _l("Something else"),
}
# Whom the allocation grid can show, in the order of its filter.
TARGET_KINDS = {
    OfficeKind.MP: _l("MPs"),
    OfficeKind.PEER: _l("Peers"),
    OfficeKind.MINISTER: _l("Ministers"),
    OfficeKind.SHADOW: _l("Shadow ministers"),
    OfficeKind.MSP: _l("MSPs"),
    OfficeKind.MS: _l("Members of the Senedd"),
    OfficeKind.MLA: _l("MLAs"),
    OfficeKind.PCC: _l("Police and crime commissioners"),
    OfficeKind.MAYOR: _l("Mayors"),
    OfficeKind.COUNCILLOR: _l("Councillors"),
    OfficeKind.CHIEF_CONSTABLE: _l("Chief constables"),
    OfficeKind.TRUST_CEO: _l("Chief executives of trusts"),
    OfficeKind.CANDIDATE: _l("Candidates"),
    InstitutionKind.DEPARTMENT: _l("Government departments"),
    InstitutionKind.POLICE_FORCE: _l("Police forces"),
    InstitutionKind.POLICE_COMMISSIONER: _l("Offices of police commissioners"),
    InstitutionKind.HEALTH_BOARD: _l("Health boards"),
    InstitutionKind.TRUST: _l("NHS trusts"),
    InstitutionKind.LOCAL_AUTHORITY: _l("Local authorities"),
    InstitutionKind.SCHOOL: _l("Schools"),
    InstitutionKind.OTHER: _l("Other institutions"),
}
OFFICES = {
    OfficeKind.MP: _l("MP"),
    OfficeKind.PEER: _l("House of Lords"),
    OfficeKind.MINISTER: _l("Minister"),
    OfficeKind.SHADOW: _l("Shadow minister"),
    OfficeKind.MSP: _l("MSP"),
    OfficeKind.MS: _l("Member of the Senedd"),
    OfficeKind.MLA: _l("MLA"),
    OfficeKind.PCC: _l("Police and crime commissioner"),
    OfficeKind.MAYOR: _l("Mayor"),
    OfficeKind.COUNCILLOR: _l("Councillor"),
    OfficeKind.CHIEF_CONSTABLE: _l("Chief constable"),
    OfficeKind.TRUST_CEO: _l("Chief executive"),
    OfficeKind.CANDIDATE: _l("Candidate"),
}
CONTACT_POINTS = {
    ContactKind.PARLIAMENTARY_OFFICE: _l("Parliament"),
    ContactKind.CONSTITUENCY_OFFICE: _l("Constituency office"),
    ContactKind.DIARY: _l("Diary"),
    ContactKind.CASEWORKER: _l("Caseworker"),
    ContactKind.DEPARTMENT: _l("Department"),
    ContactKind.WEBSITE: _l("Website"),
    ContactKind.SOCIAL: _l("Social media"),
}
# Areas that seats lie in, as the allocation grid offers them.
AREA_KINDS = {
    "local_authority": _l("Council"),
    "police_force": _l("Police force"),
    "icb": _l("Integrated care board"),
    "combined_authority": _l("Combined authority"),
    "fire_authority": _l("Fire authority"),
    "region": _l("Region"),
    "nhs_region": _l("NHS region"),
    "country": _l("Country"),
}
# What a position taken in a contact rests on, where nothing else is said.
BASIS_OF_KIND = {
    EngagementKind.EMAIL: Basis.LETTER,
    EngagementKind.LETTER: Basis.LETTER,
    EngagementKind.SOCIAL: Basis.PUBLIC_STATEMENT,
}
# The words of a field's values, where they are from a list.
VALUES: dict[str, dict[Any, Any]] = {"kind": KINDS, "attended_by": ATTENDANCE, "outcome": OUTCOMES}
FIELDS = {
    "name": _l("Name"),
    "happened_on": _l("Date"),
    "kind": _l("Kind"),
    "attended_by": _l("Who was there"),
    "outcome": _l("How it went"),
    "headline": _l("Headline"),
    "title": _l("Subject line"),
    "words": _l("Words"),
    "note": _l("Private note"),
    "ask_ids": _l("Asks raised"),
    "out_of_office_reason": _l("Why it belongs here"),
    "purpose": _l("What it is for"),
    "pressure_reason": _l("Why it is worth it"),
    "attendees": _l("Who took part"),
    "what": _l("Follow-up"),
    "label": _l("Who took part"),
    "state": _l("How far they went"),
    "ask_id": _l("Ask"),
    "said_on": _l("Said on"),
    "due_on": _l("By"),
    "owner_label": _l("Who chases"),
}


STAFF_ROLES = {
    StaffRole.RESEARCHER: _l("a researcher"),
    StaffRole.ASSISTANT: _l("an assistant"),
    StaffRole.CASEWORKER: _l("a caseworker"),
    StaffRole.CHIEF_OF_STAFF: _l("the chief of staff"),
    StaffRole.OFFICE_MANAGER: _l("the office manager"),
    StaffRole.DIARY: _l("the diary"),
    StaffRole.PRESS: _l("the press officer"),
    StaffRole.OFFICIAL: _l("an official"),
    StaffRole.OTHER: _l("someone else of the office"),
}
DEEDS = {
    Deed.EDITED: _l("changed it"),
    Deed.ADDED: _l("added to it"),
    Deed.PROMOTED: _l("made words of the note the headline"),
    Deed.WITHDRAWN: _l("took it out of the log"),
    Deed.RESTORED: _l("put it back into the log"),
}
ITEM_KINDS = {
    ItemKind.EDM: _l("Early day motion"),
    ItemKind.DIVISION: _l("Division"),
    ItemKind.WRITTEN_QUESTION: _l("Written question"),
}
PARTS = {
    Part.SPONSOR: _l("Tabled it"),
    Part.SIGNATURE: _l("Signed it"),
    Part.AYE: _l("Voted aye"),
    Part.NO: _l("Voted no"),
    Part.TELLER_AYE: _l("Teller for the ayes"),
    Part.TELLER_NO: _l("Teller for the noes"),
    Part.ASKED: _l("Asked it"),
}
STANCES = {Stance.FOR: _l("for the ask"), Stance.AGAINST: _l("against the ask")}
FATES = {
    Fate.SAME_SEAT: _l("Returned for the same seat"),
    Fate.OTHER_SEAT: _l("Returned for another seat"),
    Fate.NOT_RETURNED: _l("Not returned"),
}
FOLLOWS = {"person": _l("the person"), "seat": _l("the seat"), "nobody": _l("nobody: it ends")}
CHAMBERS = {
    Chamber.COMMONS: _l("House of Commons"),
    Chamber.SCOTTISH: _l("Scottish Parliament"),
    Chamber.SENEDD: _l("Senedd"),
    Chamber.NI_ASSEMBLY: _l("Northern Ireland Assembly"),
}


# Where recesses are kept: the Lords too, which no dissolution empties.
SITTING_CHAMBERS: dict[Chamber, Any] = {
    Chamber.COMMONS: CHAMBERS[Chamber.COMMONS],
    Chamber.LORDS: _l("House of Lords"),
} | CHAMBERS


def basis_of(kind: str) -> Basis:
    """What a position rests on that was heard in a contact of this kind."""
    return BASIS_OF_KIND.get(kind, Basis.MEETING)  # type: ignore[call-overload]


def field_words(name: str) -> Any:
    """What a field is called beside a reason or caution, in whichever part of the form it stands."""
    return FIELDS.get(name.rpartition("-")[2]) or _("Follow-up")


def history_word(value: str) -> str:
    """A value of a list as a contact's history keeps it: a code, a name, or a role of their office."""
    return str(STAFF_ROLES.get(value.removeprefix("staff:"), value))  # type: ignore[call-overload]


def attendee_words(attendee: EngagementAttendee) -> str:
    """Someone who took part: "NEU (Rosie)", "a researcher"."""
    if attendee.staff_role:
        return str(STAFF_ROLES[StaffRole(attendee.staff_role)])
    name = attendee.attending.short_name if attendee.attending else ""
    return f"{name} ({attendee.label})" if attendee.label else name


def subject_url(row: Any, **more: Any) -> str:
    """Where one reads about the person or institution that a row is about; ``more`` goes into the address."""
    endpoint, values = subject_place(row)
    return url_for(endpoint, **values, **more)


def age_in_words(days: int) -> str:
    """How old evidence is: "seen today", "seen 12 days ago", "seen 14 months ago", "seen 2 years ago"."""
    if days <= 0:
        return str(_("seen today"))
    if days < 60:
        return str(ngettext("seen %(num)d day ago", "seen %(num)d days ago", days))
    if days < 730:
        return str(ngettext("seen %(num)d month ago", "seen %(num)d months ago", round(days / 30.4)))
    return str(ngettext("seen %(num)d year ago", "seen %(num)d years ago", days // 365))


def office_words(holding: OfficeHolding) -> str:
    """An office with its seat and party: "MP, Fablewick, Orchard Party"."""
    office = str(OFFICES[OfficeKind(holding.kind)])
    parts = (office, holding.area and holding.area.name, holding.party and holding.party.name)
    return ", ".join(part for part in parts if part)


def register_words(blueprint: Blueprint) -> None:
    """Give templates the words as filters: ``engagement_kind``, ``position_word``, ``position_tone`` …"""
    filters: dict[str, Any] = {
        "engagement_kind": KINDS,
        "attendance_word": ATTENDANCE,
        "outcome_word": OUTCOMES,
        "position_word": POSITIONS,
        "position_tone": POSITION_TONES,
        "state_word": STATES,
        "state_tone": STATE_TONES,
        "confidence_word": CONFIDENCE,
        "contact_kind": CONTACT_POINTS,
        "basis_word": BASES,
        "commitment_kind": COMMITMENT_KINDS,
        "commitment_steps": STEPS,
        "commitment_state": COMMITMENT_STATES,
        "commitment_tone": COMMITMENT_TONES,
        "evidence_kind": EVIDENCE_KINDS,
        "priority_word": PRIORITIES,
        "tactic_word": TACTICS,
        "target_kind": TARGET_KINDS,
        "chamber_word": CHAMBERS,
        "sitting_chamber": SITTING_CHAMBERS,
        "item_kind": ITEM_KINDS,
        "part_word": PARTS,
        "stance_word": STANCES,
        "staff_role": STAFF_ROLES,
        "deed_word": DEEDS,
    }
    for name, words in filters.items():
        blueprint.add_app_template_filter(words.get, name)
    blueprint.add_app_template_filter(age_in_words, "age_in_words")
    blueprint.add_app_template_filter(office_words, "office_words")
    blueprint.add_app_template_filter(field_words, "engagement_field")
    blueprint.add_app_template_filter(attendee_words, "attendee_words")
    blueprint.add_app_template_filter(history_word, "history_word")
    blueprint.add_app_template_global(subject_url, "subject_url")
