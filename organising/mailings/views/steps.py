"""How far a mailing to people came: each step in words with its number and tone, and what fell out before the next."""

from collections.abc import Mapping

from flask_babel import gettext as _

from organising.mailings.models import Mailing
from organising.mailings.queries import count_deliveries
from organising.mailings.states import UNFINISHED, UNSETTLED, DeliveryState

Step = tuple[str, int, str, list[tuple[str, int]]]


def steps_of(mailing: Mailing, reasons: Mapping[str, int], spared: Mapping[str, object]) -> list[Step]:
    """``reasons``: why messages were not sent after all, as kept, with how many; ``spared`` puts them in words."""
    counts = count_deliveries(mailing)
    signed_off = sum(counts.values())
    written_to = signed_off - counts[DeliveryState.SUPPRESSED] - counts[DeliveryState.CANCELLED]
    taken = counts[DeliveryState.ACCEPTED] + counts[DeliveryState.BOUNCED] + counts[DeliveryState.REPLIED]
    unwritten = counts[DeliveryState.SUPPRESSED] - sum(reasons.values())
    fell = [(str(spared.get(reason, reason)), n) for reason, n in sorted(reasons.items())]
    return [
        (
            _("Signed off for"),
            signed_off,
            "info",
            [
                *fell,
                (_("Changed their mind before it began"), unwritten),
                (_("Cancelled"), counts[DeliveryState.CANCELLED]),
            ],
        ),
        (
            _("To be written to"),
            written_to,
            "info",
            [
                (_("Waiting"), sum(counts[one] for one in UNFINISHED)),
                (_("Refused"), counts[DeliveryState.FAILED]),
                (_("Uncertain"), sum(counts[one] for one in UNSETTLED)),
            ],
        ),
        (_("Taken by their mail server"), taken, "good", [(_("Came back"), counts[DeliveryState.BOUNCED])]),
        (_("Not come back"), taken - counts[DeliveryState.BOUNCED], "supporter", []),
    ]
