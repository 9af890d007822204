"""The words of the contact log as pages say them: kinds, positions, bases, and how old evidence is."""

from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from organising.lobbying.models import Attendance, Basis, Confidence, EngagementKind, Outcome, Position

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
# What a position taken in a contact rests on, where nothing else is said.
BASIS_OF_KIND = {
    EngagementKind.EMAIL: Basis.LETTER,
    EngagementKind.LETTER: Basis.LETTER,
    EngagementKind.SOCIAL: Basis.PUBLIC_STATEMENT,
}
FIELDS = {
    "happened_on": _l("Date"),
    "kind": _l("Kind"),
    "attended_by": _l("Who was there"),
    "outcome": _l("How it went"),
    "headline": _l("Headline"),
    "note": _l("Private note"),
    "ask_ids": _l("Asks raised"),
    "out_of_office_reason": _l("Why it belongs here"),
}


def basis_of(kind: str) -> Basis:
    """What a position rests on that was heard in a contact of this kind."""
    return BASIS_OF_KIND.get(kind, Basis.MEETING)  # type: ignore[call-overload]


def age_in_words(days: int) -> str:
    """How old evidence is: "today", "12 days old", "5 months old", "2 years old"."""
    if days <= 0:
        return str(_("today"))
    if days < 60:
        return str(ngettext("%(num)d day old", "%(num)d days old", days))
    if days < 730:
        return str(ngettext("%(num)d month old", "%(num)d months old", round(days / 30.4)))
    return str(ngettext("%(num)d year old", "%(num)d years old", days // 365))


def register_words(blueprint: Blueprint) -> None:
    """Give templates the words as filters: ``engagement_kind``, ``position_word``, ``position_tone`` …"""
    filters: dict[str, Any] = {
        "engagement_kind": KINDS,
        "attendance_word": ATTENDANCE,
        "outcome_word": OUTCOMES,
        "position_word": POSITIONS,
        "position_tone": POSITION_TONES,
        "confidence_word": CONFIDENCE,
        "basis_word": BASES,
        "engagement_field": FIELDS,
    }
    for name, words in filters.items():
        blueprint.add_app_template_filter(words.get, name)
    blueprint.add_app_template_filter(age_in_words, "age_in_words")
