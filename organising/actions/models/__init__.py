"""Branch actions. The headline is the coalition's once it has left draft; everything else stays at home."""

from .detail import ActionContact, ActionDetail, ActionEvent
from .headline import MOST_COUNTED, OWN_ACTION, ActionArea, ActionAsk, BranchAction, NotNow
from .report import ActionReport, ChaseAnswer, MotionOutcome, ReportChase, ReportMeeting, ReportVersion

__all__ = [
    "MOST_COUNTED",
    "OWN_ACTION",
    "ActionArea",
    "ActionAsk",
    "ActionContact",
    "ActionDetail",
    "ActionEvent",
    "ActionReport",
    "BranchAction",
    "ChaseAnswer",
    "MotionOutcome",
    "NotNow",
    "ReportChase",
    "ReportMeeting",
    "ReportVersion",
]
