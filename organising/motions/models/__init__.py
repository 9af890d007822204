"""Motions and the model texts that they are made of.

The headline is the coalition's once it was submitted, and the text once it is carried; all else stays at home.
"""

from .motions import LONGEST_NAME, OWN_MOTION, CarriedText, Motion, MotionArea, NotNow
from .private import (
    MOST_VOTES,
    How,
    MotionDetail,
    MotionEvent,
    MotionForwarding,
    MotionMover,
    MotionNotice,
    Mover,
    SentBy,
)
from .texts import ModelText, ModelVersion

__all__ = [
    "LONGEST_NAME",
    "MOST_VOTES",
    "OWN_MOTION",
    "CarriedText",
    "How",
    "ModelText",
    "ModelVersion",
    "Motion",
    "MotionArea",
    "MotionDetail",
    "MotionEvent",
    "MotionForwarding",
    "MotionMover",
    "MotionNotice",
    "Mover",
    "NotNow",
    "SentBy",
]
