"""Words of actions as the public reads them, in its languages."""

from flask_babel import lazy_gettext as _l

from organising.actions.kind_words import KINDS
from organising.actions.states import Kind

# What actions/words.py says of times.
TIMES = (_l("%(start)s to %(end)s"), _l("%(start)s to"))


def public_kind(kind: str) -> str:
    """A kind in the reader's language."""
    return str(KINDS[Kind(kind)])
