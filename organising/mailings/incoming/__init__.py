"""Mail that comes back: read from bytes whatever they are, and told apart.

What this package answers is pure: no database, no settings. The ways in (``listener``, ``mailbox``), the addresses that say
whose a message is (``return_paths``) and the jobs are asked for by module.
"""

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
