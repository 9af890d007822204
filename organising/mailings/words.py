"""What the states are called on a page, in which tone, and what a person can do about them."""

from flask_babel import lazy_gettext as _l

from .states import Answer, LeftOut
from .states import DeliveryState as D
from .states import MailingState as M

MAILING = {
    M.DRAFT: (_l("Draft"), "neutral"),
    M.IN_REVIEW: (_l("Waiting for sign-off"), "warn"),
    M.APPROVED: (_l("Signed off, not sent"), "info"),
    M.SCHEDULED: (_l("Scheduled"), "info"),
    M.SENDING: (_l("Being sent"), "accent"),
    M.PAUSED: (_l("Paused"), "warn"),
    M.SENT: (_l("Sent, some to settle"), "warn"),
    M.CLOSED: (_l("Sent"), "good"),
    M.CANCELLED: (_l("Cancelled"), "neutral"),
}

# What it is called, its tone, and what there is to do.
DELIVERY = {
    D.ACCEPTED: (_l("Delivered to the relay"), "good", _l("Nothing. The relay took it and carries it on.")),
    D.QUEUED: (_l("Waiting"), "unknown", _l("Nothing. They leave in turn.")),
    D.LEASED: (_l("Being prepared"), "info", _l("Nothing. None of these has left yet.")),
    D.COMMITTED: (_l("In flight"), "accent", _l("Nothing. The relay’s answer is due.")),
    D.DEFERRED: (_l("To be tried again"), "undecided", _l("Nothing. The relay asked us to come back later.")),
    D.FAILED: (_l("Refused"), "bad", _l("Find another address, or write by hand.")),
    D.SUPPRESSED: (
        _l("Not written to"),
        "leaning_oppose",
        _l("Read why: each was looked at once more when its turn came."),
    ),
    D.CANCELLED: (_l("Cancelled"), "unknown", _l("Nothing. These never left.")),
    D.UNCERTAIN: (
        _l("Uncertain"),
        "warn",
        _l("Settle them: the answer was lost, so they may or may not have arrived."),
    ),
    D.HELD: (
        _l("Uncertain, looked at"),
        "warn",
        _l("Someone looked and left them. Settle them when you know more."),
    ),
    D.BOUNCED: (_l("Came back"), "bad", _l("Find another address, or write by hand.")),
    D.REPLIED: (_l("Answered"), "supporter", _l("Nothing. Their answer is among the replies.")),
}

# The same of people who agreed to be written to.
TO_SIGNERS = DELIVERY | {
    D.FAILED: (_l("Refused"), "bad", _l("Nothing. An address that does not exist is not written to again.")),
    D.SUPPRESSED: (
        _l("Not written to"),
        "leaning_oppose",
        _l("Nothing. They changed their mind, or their address came back, before it left."),
    ),
    D.BOUNCED: (
        _l("Came back"),
        "bad",
        _l("Nothing. An address that does not exist is not written to again."),
    ),
}

LEFT_OUT = {
    LeftOut.NO_EMAIL: _l("No email address is known. Write by post, or add one."),
    LeftOut.NOT_IN_OFFICE: _l("No longer in office."),
    LeftOut.BOUNCED: _l("The address bounced earlier. Find another."),
    LeftOut.NO_SALUTATION: _l("There is no salutation. Write one."),
    LeftOut.DISSOLVED: _l("Parliament is dissolved, so there are no members."),
    LeftOut.ASKS_OTHERWISE: _l("The office asks not to be sent this by email."),
    LeftOut.OVER_BUDGET: _l("Partners together have written as often as the campaign allows."),
    LeftOut.WRITTEN_TO: _l("Somebody in the coalition wrote to them lately."),
}
PROMISE = {
    "promised": _l("Promised, not delivered yet"),
    "overdue": _l("Promised, and the day has passed"),
    "broken": _l("Broken"),
    "delivered": _l("Delivered"),
}
CONTACTED = {
    "never": _l("Never"),
    "before": _l("Before the day, and not since"),
    "since": _l("On the day or since"),
}
DECISION = {
    "approve": (_l("Signed off"), "good"),
    "decline": (_l("Asked for changes"), "bad"),
    "release": (_l("Pressed Send"), "accent"),
}

DECISION |= {
    "endorse": (_l("Put their name under it"), "good"),
    "drop_out": (_l("Left their name out"), "warn"),
    "comment": (_l("Commented"), "neutral"),
}
ANSWER = {
    Answer.NONE: (_l("No answer yet"), "unknown"),
    Answer.ENDORSED: (_l("Named"), "good"),
    Answer.DROPPED_OUT: (_l("Not named"), "warn"),
}
ANSWERED = {
    "approve": _l("You signed it off."),
    "decline": _l("Your answer is on record: you ask for changes."),
    "endorse": _l("Your organisation’s name stands under it."),
    "drop_out": _l("Your organisation’s name is left out. The others are not held up."),
}

LIMIT = {
    "relay": _l("All mail together"),
    "domain": _l("One mail system, such as Parliament’s"),
    "organisation": _l("One partner"),
    "address": _l("One address"),
    "representative": _l("One representative"),
}
# Seconds of a limit's window, in words after its number.
PER = {60: _l("a minute"), 3600: _l("an hour"), 86_400: _l("a day")}
