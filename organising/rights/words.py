"""The rights desk in words."""

from flask_babel import lazy_gettext as _l

from .models import CameBy, IdentityBy, PauseReason, RequestKind, RequestState

KINDS = {
    RequestKind.ACCESS: _l("See what is kept"),
    RequestKind.CORRECTION: _l("Correct it"),
    RequestKind.ERASURE: _l("Erase it"),
    RequestKind.OBJECTION: _l("Object to its use"),
    RequestKind.RESTRICTION: _l("Restrict its use"),
    RequestKind.COMPLAINT: _l("Complain"),
}
STATES = {
    RequestState.UNCONFIRMED: _l("Not confirmed"),
    RequestState.OPEN: _l("Open"),
    RequestState.DONE: _l("Done"),
    RequestState.REFUSED: _l("Refused"),
    RequestState.DROPPED: _l("Taken back"),
}
CAME_BY = {
    CameBy.PAGE: _l("The public page"),
    CameBy.EMAIL: _l("Email"),
    CameBy.PHONE: _l("Phone"),
    CameBy.POST: _l("Post"),
    CameBy.IN_PERSON: _l("In person"),
}
IDENTITY = {
    IdentityBy.MAIL: _l("They confirmed by mail from an address that we hold"),
    IdentityBy.KNOWN: _l("A colleague knows them personally"),
    IdentityBy.CALLED_BACK: _l("We called back a number that we hold"),
    IdentityBy.DOCUMENT: _l("We looked at a document"),
}
PAUSES = {
    PauseReason.IDENTITY: _l("Proof of who they are"),
    PauseReason.CLARIFICATION: _l("What exactly they mean"),
}
