"""What became of one message, and what there is to do, in words for whoever wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from .incoming import ReplyClass
from .models import Delivery
from .states import DeliveryState, Withheld
from .status_codes import Refusal, judge
from .words import DELIVERY

REFUSED = {
    Refusal.NO_SUCH_ADDRESS: (
        _l("Their mail system says that there is no such mailbox."),
        _l("Find another address, or write by post. This one is not written to any more."),
    ),
    Refusal.POLICY: (
        _l("Their mail system turned our mail away, whoever it is to."),
        _l("Ask whoever looks after the sender’s domain and the mail server. The address may be right."),
    ),
    Refusal.OTHER: (
        _l("Their mail system refused it for good."),
        _l("Read what it said. Find another address, or write by post."),
    ),
    Refusal.TEMPORARY: (
        _l("It was tried for two days and never taken."),
        _l("Write by post, or ring the office."),
    ),
}
NOT_BUILT = (
    _l("It could not be made as it was signed off, and never left."),
    _l("Read why, and write to them by hand."),
)


LATER = _l("Choose them for a later mailing, when they have had some rest.")
WITHHELD = {
    Withheld.NOT_IN_OFFICE: (
        _l("It was not sent: they have left office since sign-off."),
        _l("Choose who holds the office now."),
    ),
    Withheld.DISSOLVED: (
        _l("It was not sent: Parliament is dissolved, so there are no members."),
        _l("Write to whoever is elected."),
    ),
    Withheld.ASKS_OTHERWISE: (
        _l("It was not sent: the office asks to be written to another way."),
        _l("Write as their page says."),
    ),
    Withheld.BOUNCED: (
        _l("It was not sent: the address has bounced since sign-off."),
        _l("Find another address, or write by hand."),
    ),
    Withheld.OVER_BUDGET: (
        _l(
            "It was not sent: since sign-off, partners together have written as often as the campaign allows."
        ),
        LATER,
    ),
    Withheld.WRITTEN_TO: (
        _l("It was not sent: since sign-off, somebody in the coalition wrote to them."),
        LATER,
    ),
}


@dataclass(frozen=True)
class Outcome:
    """``state`` in a word, ``happened`` in a sentence, and what there is ``to_do``."""

    state: Any
    happened: Any
    to_do: Any


def outcome_of(delivery: Delivery) -> Outcome:
    """What became of a message."""
    state, _tone, to_do = DELIVERY[DeliveryState(delivery.state)]
    if delivery.state == DeliveryState.FAILED:
        happened, to_do = (
            REFUSED[judge(delivery.last_code, delivery.last_reply or "")] if delivery.last_code else NOT_BUILT
        )
        return Outcome(state, happened, to_do)
    if delivery.state == DeliveryState.SUPPRESSED and delivery.last_reply in list(Withheld):
        return Outcome(state, *WITHHELD[Withheld(delivery.last_reply)])
    return Outcome(
        state, HAPPENED[DeliveryState(delivery.state)], TO_DO.get(DeliveryState(delivery.state), to_do)
    )


HAPPENED = {
    DeliveryState.QUEUED: _l("It has not left yet."),
    DeliveryState.LEASED: _l("It is being made ready."),
    DeliveryState.COMMITTED: _l("It is leaving at this moment."),
    DeliveryState.ACCEPTED: _l("The mail server took it, and nothing has come back."),
    DeliveryState.DEFERRED: _l("The mail server asked us to come back later."),
    DeliveryState.SUPPRESSED: _l("It was not sent: they left office, or the address has bounced since."),
    DeliveryState.CANCELLED: _l("It was cancelled before it left."),
    DeliveryState.UNCERTAIN: _l("It was handed over, and the answer was lost."),
    DeliveryState.HELD: _l("It was handed over, and nobody knows whether it arrived."),
    DeliveryState.BOUNCED: _l("It was taken at first, and came back."),
    DeliveryState.REPLIED: _l("It arrived, and somebody has answered."),
}
# Where the words for all messages of a state are too many beside each.
TO_DO = {
    **dict.fromkeys(
        (
            DeliveryState.QUEUED,
            DeliveryState.LEASED,
            DeliveryState.COMMITTED,
            DeliveryState.ACCEPTED,
            DeliveryState.DEFERRED,
        ),
        _l("Nothing to do."),
    ),
    DeliveryState.SUPPRESSED: _l("Choose who holds the office now, or find another address."),
    DeliveryState.CANCELLED: _l("Choose them for another mailing if they should be written to."),
    DeliveryState.REPLIED: _l("Read the answer among the replies."),
}

ANSWERS = {
    ReplyClass.SUBSTANTIVE_SUPPORT: _l("In support"),
    ReplyClass.MEETING_OFFER: _l("Offers to meet"),
    ReplyClass.NONCOMMITTAL: _l("Commits to nothing"),
    ReplyClass.SUBSTANTIVE_OPPOSE: _l("Opposed"),
    ReplyClass.ADDRESS_REQUEST: _l("Asks for a postal address"),
    ReplyClass.CASEWORK: _l("About somebody’s own case"),
    ReplyClass.UNSUBSCRIBE: _l("Asks not to be written to"),
    ReplyClass.ABUSE: _l("Abuse"),
    ReplyClass.ACKNOWLEDGEMENT: _l("Automatic acknowledgement, no answer"),
    ReplyClass.OUT_OF_OFFICE: _l("Out of office, no answer"),
}


def reasons_withheld(counts: Mapping[Withheld, int]) -> list[tuple[Any, int]]:
    """Why messages were not sent when their turn came, in words, and how many."""
    return [(WITHHELD[reason][0], number) for reason, number in counts.items()]


def answer_kinds(counts: Mapping[str, int]) -> list[tuple[Any, int]]:
    """What came back by kind, in words, answers before what is none; bounces and strays are told elsewhere."""
    return [(words, counts[kind]) for kind, words in ANSWERS.items() if counts.get(kind)]
