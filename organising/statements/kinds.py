"""What kinds of statements are called, in public too."""

from flask_babel import lazy_gettext as _l

from organising.statements.states import Kind

KINDS = {
    Kind.SIGN_ON_LETTER: _l("Open letter"),
    Kind.PRESS_RELEASE: _l("Press release"),
    Kind.BRIEFING: _l("Briefing"),
    Kind.LINES_TO_TAKE: _l("Lines to take"),
}


def kind_words(kind: str) -> str:
    """What a kind is called."""
    return str(KINDS[Kind(kind)])
