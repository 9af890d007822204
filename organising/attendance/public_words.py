"""Words of actions as the public reads them, in its languages."""

from flask_babel import lazy_gettext as _l

from organising.actions.states import Kind

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
# What actions/words.py says of times.
TIMES = (_l("%(start)s to %(end)s"), _l("%(start)s to"))


def public_kind(kind: str) -> str:
    """A kind in the reader's language."""
    return str(KINDS[Kind(kind)])
