"""Tables by subject: sign-ups with the mail they are sent, and the meetings of a lobby day."""

from .meetings import LobbyBriefing, MeetingSlot
from .sign_ups import STANDING, AttendanceMail, Attended, MailKind, SignUp, SignUpPage, SignUpState

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
