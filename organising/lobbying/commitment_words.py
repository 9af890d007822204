"""What a list of promises holds, in one sentence: "4 overdue promises by Labour members in Wales"."""

from flask_babel import gettext as _
from flask_babel import ngettext

from organising.lobbying.commitment_states import CommitmentState


def count_in_words(number: int, state: str) -> str:
    """How many promises of a state, or of the groups ``open``, ``overdue`` and ``all``."""
    words = {
        "open": ngettext("%(num)d open promise", "%(num)d open promises", number),
        "overdue": ngettext("%(num)d overdue promise", "%(num)d overdue promises", number),
        CommitmentState.ASKED: ngettext(
            "%(num)d request without an answer", "%(num)d requests without an answer", number
        ),
        CommitmentState.CONSIDERING: ngettext(
            "%(num)d request that they consider", "%(num)d requests that they consider", number
        ),
        CommitmentState.PROMISED: ngettext(
            "%(num)d promise still to be kept", "%(num)d promises still to be kept", number
        ),
        CommitmentState.DELIVERED: ngettext(
            "%(num)d delivered promise", "%(num)d delivered promises", number
        ),
        CommitmentState.DECLINED: ngettext("%(num)d declined request", "%(num)d declined requests", number),
        CommitmentState.BROKEN: ngettext("%(num)d broken promise", "%(num)d broken promises", number),
        CommitmentState.LAPSED: ngettext("%(num)d lapsed promise", "%(num)d lapsed promises", number),
        CommitmentState.WITHDRAWN: ngettext(
            "%(num)d withdrawn request", "%(num)d withdrawn requests", number
        ),
    }
    return str(words.get(state) or ngettext("%(num)d promise", "%(num)d promises", number))


def list_in_words(
    number: int,
    state: str,
    *,
    party: str = "",
    place: str = "",
    partner: str = "",
    kind: str = "",
    ask: str = "",
    text: str = "",
    mine: bool = False,
) -> str:
    """The count with every filter that is set; each is given as people read it."""
    parts = [
        count_in_words(number, state),
        party and _("by %(party)s members", party=party),
        place and _("in %(place)s", place=place),
        partner and _("to %(partner)s", partner=partner),
        kind and _("to “%(kind)s”", kind=kind[:1].lower() + kind[1:]),
        ask and _("on %(ask)s", ask=ask),
        text and _("with “%(text)s”", text=text),
        mine and _("that you chase"),
    ]
    return " ".join(str(part) for part in parts if part)
