"""The words of reports: what became of a motion, who was there, and how two wordings of a report differ."""

from flask_babel import lazy_gettext as _l

from .models import MotionOutcome

MOTION_OUTCOMES = {
    MotionOutcome.CARRIED: _l("Carried"),
    MotionOutcome.CARRIED_AS_AMENDED: _l("Carried as amended"),
    MotionOutcome.LOST: _l("Lost"),
    MotionOutcome.REMITTED: _l("Remitted"),
    MotionOutcome.WITHDRAWN: _l("Withdrawn"),
    MotionOutcome.NOT_REACHED: _l("Not reached"),
}
MET_WITH = {"member": _l("In person"), "staff": _l("Staff only")}
FIELDS = {
    "paper_pledges": _l("Pledges signed on paper"),
    "attendance": _l("People who took part"),
    "outcome": _l("How it went"),
    "leaflets": _l("Leaflets given out"),
    "motion_outcome": _l("What became of the motion"),
    "met": _l("Representatives met"),
    "follow_ups": _l("What next"),
    "incidents": _l("What went wrong"),
}


def motion_words(outcome: str | None) -> str | None:
    """What became of a motion, in words."""
    return str(MOTION_OUTCOMES[MotionOutcome(outcome)]) if outcome else None


def met_with_words(attended_by: str) -> str:
    """Whether they or their staff were there, in words."""
    return str(MET_WITH.get(attended_by, attended_by))
