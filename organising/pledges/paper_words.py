"""Words for batches of paper signatures: their states, why a line is rejected, what a checker found."""

from flask_babel import gettext as _
from flask_babel import ngettext

from .models import PaperRow, Rejection, Verdict
from .paper_states import BatchState
from .queries.paper import Lookalike

TONES = {
    BatchState.SUBMITTED: "warn",
    BatchState.SAMPLED: "warn",
    BatchState.ACCEPTED: "good",
    BatchState.RETURNED: "bad",
}


def state_words() -> dict[str, str]:
    """A batch's states in the page's words."""
    return {
        BatchState.CAPTURED: _("To be typed in"),
        BatchState.KEYED: _("Being typed in"),
        BatchState.SUBMITTED: _("Sent in"),
        BatchState.SAMPLED: _("Being checked"),
        BatchState.ACCEPTED: _("Accepted"),
        BatchState.RETURNED: _("Returned"),
    }


def rejection_words() -> dict[str, str]:
    """Reasons for which a line of the sheet is no signature, in the order of the form."""
    return {
        Rejection.UNREADABLE: _("Can’t be read"),
        Rejection.INCOMPLETE: _("Name or postcode missing"),
        Rejection.TWICE: _("Twice on the sheet"),
        Rejection.TOO_YOUNG: _("Too young"),
        Rejection.NOT_A_PERSON: _("Not a person’s name"),
        Rejection.CROSSED_OUT: _("Crossed out"),
    }


def verdict_words() -> dict[str, str]:
    """What a checker may find."""
    return {
        Verdict.RIGHT: _("Right"),
        Verdict.WRONG: _("Wrong"),
        Verdict.UNREADABLE: _("Can’t be read on the sheet"),
    }


def lookalike_words(found: Lookalike | None) -> str:
    """Where the same name and postcode stand already; empty where nowhere."""
    if found is None:
        return ""
    said = []
    if found.rows:
        rows = ", ".join(map(str, found.rows))
        said.append(
            ngettext("the same as row %(rows)s", "the same as rows %(rows)s", len(found.rows), rows=rows)
        )
    if found.elsewhere:
        said.append(_("in another batch of yours too"))
    if found.signed:
        said.append(_("has signed with you already"))
    return _("Looks alike: %(where)s.", where="; ".join(said))


def row_words(row: PaperRow) -> str:
    """A row in one line, without its details once it is accepted."""
    if row.rejection:
        return _("Rejected: %(why)s", why=rejection_words()[row.rejection])
    return f"{row.name}, {row.postcode}" if row.name else str(_("Accepted as a signature"))
