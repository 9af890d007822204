"""Calls, the units that were asked, the mail to their officers, and calls to every partner."""

from .calls import ActionCall, Becoming, CallEvent, CallUnit, NotNow, Via
from .joint import Decision, JointCall, JointPart, JointState
from .mails import CallMail, MailKind

__all__ = [
    "ActionCall",
    "Becoming",
    "CallEvent",
    "CallMail",
    "CallUnit",
    "Decision",
    "JointCall",
    "JointPart",
    "JointState",
    "MailKind",
    "NotNow",
    "Via",
]
