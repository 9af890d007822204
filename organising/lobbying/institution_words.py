"""What pages call the statuses of asks, the states of requests, and kinds of institution."""

from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from organising.lobbying.models import RequestDeed, Status
from organising.lobbying.request_states import RequestState
from organising.representatives.models import InstitutionKind

STATUSES = {
    Status.MET: _l("Met"),
    Status.PARTLY_MET: _l("Partly met"),
    Status.REFUSED: _l("Refused"),
    Status.SUPERSEDED: _l("Superseded"),
    Status.OPEN: _l("Open"),
}
STATUS_TONES = {
    Status.MET: "good",
    Status.PARTLY_MET: "warn",
    Status.REFUSED: "bad",
    Status.SUPERSEDED: "neutral",
    Status.OPEN: "neutral",
}
REQUEST_STATES = {
    RequestState.SENT: _l("Sent"),
    RequestState.ANSWERED: _l("Answered"),
    RequestState.PARTLY_ANSWERED: _l("Answered in part"),
    RequestState.REFUSED: _l("Refused"),
    RequestState.REVIEW: _l("Internal review"),
    RequestState.COMMISSIONER: _l("With the commissioner"),
    RequestState.CLOSED: _l("Closed"),
    RequestState.WITHDRAWN: _l("Withdrawn"),
}
REQUEST_TONES = {
    RequestState.SENT: "accent",
    RequestState.ANSWERED: "good",
    RequestState.PARTLY_ANSWERED: "warn",
    RequestState.REFUSED: "bad",
    RequestState.REVIEW: "accent",
    RequestState.COMMISSIONER: "accent",
}
REQUEST_DEEDS = {
    RequestDeed.SENT: _l("Sent"),
    RequestDeed.MOVED: _l("Moved on"),
    RequestDeed.CHASED: _l("Chased"),
    RequestDeed.UNDONE: _l("Put back"),
}
INSTITUTION_KINDS = {
    InstitutionKind.DEPARTMENT: _l("Government department"),
    InstitutionKind.POLICE_FORCE: _l("Police force"),
    InstitutionKind.POLICE_COMMISSIONER: _l("Office of a police commissioner"),
    InstitutionKind.HEALTH_BOARD: _l("Health board"),
    InstitutionKind.TRUST: _l("NHS trust"),
    InstitutionKind.LOCAL_AUTHORITY: _l("Local authority"),
    InstitutionKind.SCHOOL: _l("School"),
    InstitutionKind.OTHER: _l("Other institution"),
}


def register_institution_words(blueprint: Blueprint) -> None:
    """Give templates the words as filters."""
    filters: dict[str, Any] = {
        "ask_status_word": STATUSES,
        "ask_status_tone": STATUS_TONES,
        "request_state": REQUEST_STATES,
        "request_deed": REQUEST_DEEDS,
        "institution_kind": INSTITUTION_KINDS,
    }
    for name, words in filters.items():
        blueprint.add_app_template_filter(words.get, name)
    blueprint.add_app_template_filter(lambda state: REQUEST_TONES.get(state, "neutral"), "request_tone")
