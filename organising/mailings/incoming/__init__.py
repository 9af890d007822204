"""Mail that comes back: read from bytes whatever they are, and told apart. Pure: no database, no settings."""

from .classifying import classify
from .kinds import ANSWERS, ReplyClass, Severity, Verdict, Why
from .reading import Incoming, read_message
from .verdicts import Bounce, Judgement

__all__ = [
    "ANSWERS",
    "Bounce",
    "Incoming",
    "Judgement",
    "ReplyClass",
    "Severity",
    "Verdict",
    "Why",
    "classify",
    "read_message",
]
