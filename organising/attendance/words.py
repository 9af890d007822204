"""The words of taking part as staff's pages say them."""

from flask_babel import lazy_gettext as _l

from .models import Attended, MailKind, SignUpState

STATES = {
    SignUpState.UNCONFIRMED: _l("Not confirmed"),
    SignUpState.GOING: _l("Has a place"),
    SignUpState.WAITING: _l("Waiting list"),
    SignUpState.WITHDRAWN: _l("Gave it up"),
    SignUpState.ERASED: _l("Erased"),
}
ATTENDED = {
    Attended.CAME: _l("Came"),
    Attended.STAYED_AWAY: _l("Did not come"),
}
MAILS = {
    MailKind.PLACE: _l("A place came free"),
    MailKind.REMINDER: _l("Reminder"),
    MailKind.CHANGED: _l("Change of plan"),
    MailKind.CANCELLED: _l("Cancelled"),
    MailKind.RESTORED: _l("Takes place after all"),
    MailKind.THANKS: _l("Thanks"),
    MailKind.BRIEFING: _l("Briefing"),
}
