"""Branch actions. The headline is the coalition's once it has left draft; everything else stays at home."""

from .detail import ActionContact, ActionDetail, ActionEvent
from .headline import MOST_COUNTED, OWN_ACTION, ActionArea, ActionAsk, BranchAction, NotNow
from .photos import ReportPhoto
from .preparing import (
    ActionCheck,
    ActionMaterial,
    ActionMaterialVersion,
    ActionRisk,
    ActionRole,
    ActionSeries,
    ApprovalDelegate,
    Every,
    Part,
)
from .report import ActionReport, ChaseAnswer, MotionOutcome, ReportChase, ReportMeeting, ReportVersion
from .together import ActionJoining, ActionJoiningNotice, ActionTemplate

__all__ = [
    "MOST_COUNTED",
    "OWN_ACTION",
    "ActionArea",
    "ActionAsk",
    "ActionCheck",
    "ActionContact",
    "ActionDetail",
    "ActionEvent",
    "ActionJoining",
    "ActionJoiningNotice",
    "ActionMaterial",
    "ActionMaterialVersion",
    "ActionReport",
    "ActionRisk",
    "ActionRole",
    "ActionSeries",
    "ActionTemplate",
    "ApprovalDelegate",
    "BranchAction",
    "ChaseAnswer",
    "Every",
    "MotionOutcome",
    "NotNow",
    "Part",
    "ReportChase",
    "ReportMeeting",
    "ReportPhoto",
    "ReportVersion",
]
