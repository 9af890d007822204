"""What came back, in the words of a page."""

from typing import Any

from flask_babel import lazy_gettext as _l

from .kinds import ReplyClass as C
from .kinds import Severity, Why

# What it is called, its tone, and the headline that is offered for the timeline.
CLASS: dict[str, tuple[Any, str, Any]] = {
    C.SUBSTANTIVE_SUPPORT: (_l("Supports it"), "good", _l("Replied: supports it")),
    C.SUBSTANTIVE_OPPOSE: (_l("Is against it"), "bad", _l("Replied: is against it")),
    C.NONCOMMITTAL: (_l("Noncommittal"), "neutral", _l("Replied: noncommittal")),
    C.MEETING_OFFER: (_l("Offers a meeting"), "accent", _l("Replied: offers a meeting")),
    C.CASEWORK: (_l("Casework"), "warn", ""),
    C.ABUSE: (_l("Abuse"), "bad", _l("Replied: with abuse")),
    C.ADDRESS_REQUEST: (_l("Asks for an address"), "info", ""),
    C.ACKNOWLEDGEMENT: (_l("Acknowledgement"), "neutral", ""),
    C.OUT_OF_OFFICE: (_l("Out of office"), "neutral", ""),
    C.UNSUBSCRIBE: (_l("Wants no more mail"), "warn", ""),
    C.BOUNCE: (_l("Came back"), "bad", ""),
    C.UNRELATED: (_l("Unrelated"), "neutral", ""),
}
# Why the machine left it to a person.
WHY = {
    Why.UNCLEAR: _l("It could be read in more than one way."),
    Why.UNREADABLE: _l("It is broken, and could be read in parts only."),
    Why.EMPTY: _l("It holds no words of its own, perhaps an attachment."),
    Why.BOUNCE_OF_BOUNCE: _l("It returns a message that was itself a return."),
    Why.OTHER_MESSAGE: _l("It returns another message than the one that it came for. Nothing was changed."),
    Why.OTHER_RECIPIENT: _l(
        "It names another address than the one that was written to. Nothing was changed."
    ),
    Why.OWN_MESSAGE: _l("It is our own letter, which came round."),
    Why.NOT_SENT: _l(
        "It says that a message came back which has not left, as far as is known. Nothing was changed."
    ),
    Why.UNPROVEN: _l("It says that a message came back, and can’t be proven. Nothing was changed."),
}
SEVERITY = {
    Severity.HARD: _l("The address is gone. It is crossed off for all partners."),
    Severity.SOFT: _l("Not this time. The address stays."),
    Severity.BLOCKED: _l("The mail was not wanted as it is. The address stays."),
}
