"""Tables by subject: sign-ups with the mail they are sent, and the meetings of a lobby day."""

from ..states import STANDING, SignUpState
from .meetings import LobbyBriefing, MeetingSlot
from .sign_ups import AttendanceMail, Attended, MailKind, SignUp, SignUpPage

__all__ = [
    "STANDING",
    "AttendanceMail",
    "Attended",
    "LobbyBriefing",
    "MailKind",
    "MeetingSlot",
    "SignUp",
    "SignUpPage",
    "SignUpState",
]
