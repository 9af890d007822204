"""What kinds of action are called, by staff and, in their languages, by the public."""

from flask_babel import lazy_gettext as _l

from .states import Kind

KINDS = {
    Kind.STALL: _l("Street stall"),
    Kind.WORKPLACE_SIGNING: _l("Signing at work"),
    Kind.LEAFLETING: _l("Leafleting"),
    Kind.LETTER_WRITING: _l("Letter writing"),
    Kind.PHONEBANK: _l("Phone bank"),
    Kind.TRAINING: _l("Training"),
    Kind.PUBLIC_MEETING: _l("Public meeting"),
    Kind.ASSEMBLY: _l("School or college assembly"),
    Kind.SURGERY_VISIT: _l("Visit to a surgery"),
    Kind.LOBBY_DAY: _l("Lobby day"),
    Kind.MOTION: _l("Motion"),
}
