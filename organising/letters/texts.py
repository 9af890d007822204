"""Words that are kept with a letter or shown with it: consent in its exact wording, states, limits."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from organising.mailings.states import DeliveryState

from .models import ActionState

# An unconfirmed letter goes after so many days; a confirmed one's text and address, and then the rest, as long after.
UNCONFIRMED_DAYS = 7
TEXT_DAYS = 30
DETAILS_DAYS = 90
# Above these a writer is told, kindly, that much of the letter stands elsewhere: places of a sketch, part of the text.
ALIKE_PLACES = 16
TAKEN_SHARE = 0.5
# Whoever types another's address fills no mailbox: so many mails a person, action and day.
MOST_MAILS_A_DAY = 3
LONGEST_BODY = 10_000
SHORTEST_BODY = 40

ACTION = {
    ActionState.DRAFT: (_l("Draft"), "neutral"),
    ActionState.OPEN: (_l("Open"), "good"),
    ActionState.CLOSED: (_l("Closed"), "neutral"),
}

# What the writer is told of their own letter.
LEAVING = {
    DeliveryState.QUEUED: _l("It waits for its turn. So that no office is flooded, only so many leave in an hour."),
    DeliveryState.LEASED: _l("It is about to leave."),
    DeliveryState.COMMITTED: _l("It is leaving now."),
    DeliveryState.ACCEPTED: _l("It has left."),
    DeliveryState.REPLIED: _l("It has left."),
    DeliveryState.BOUNCED: _l("It came back from the office. Please write to your MP yourself, as shown below."),
    DeliveryState.DEFERRED: _l("The office’s mail system asked us to come back later. We will."),
    DeliveryState.FAILED: _l("The office’s mail system refused it. Please write to your MP yourself, as shown below."),
    DeliveryState.SUPPRESSED: _l("It did not leave: your MP can no longer be reached at this address."),
    DeliveryState.CANCELLED: _l("It did not leave."),
    DeliveryState.UNCERTAIN: _l("It left, but the answer was lost. A person is looking into it."),
    DeliveryState.BOUNCED: _l("The office’s mail system sent it back. Please write to your MP yourself, as shown below."),
    DeliveryState.REPLIED: _l("It has left, and the office has answered."),
    DeliveryState.HELD: _l("It left, but the answer was lost. A person is looking into it."),
}  # fmt: skip


# It has left, or did not and never will.
LEFT = (DeliveryState.ACCEPTED, DeliveryState.REPLIED)
NOT_ARRIVED = (
    DeliveryState.FAILED,
    DeliveryState.SUPPRESSED,
    DeliveryState.CANCELLED,
    DeliveryState.BOUNCED,
)


def letter_consent(organisation: str, member: str) -> str:
    """The explicit consent that sending gives (special-category data: what one believes politically)."""
    return _(
        "I agree that %(organisation)s keeps my letter, name, address, postcode and email address to send it to %(member)s "
        "and nobody else, and to tell me once what they answer to all. I know that it says something about my political beliefs. Until it leaves I can take it back.",
        organisation=organisation,
        member=member,
    )
