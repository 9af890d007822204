"""What a message that came back can be."""

from enum import StrEnum


class Verdict(StrEnum):
    """What a message is, as far as a machine may say. ``TRIAGE`` is left to a person altogether."""

    BOUNCE = "bounce"
    AUTOMATIC = "automatic"
    ADDRESS_REQUEST = "address_request"
    UNSUBSCRIBE = "unsubscribe"
    HUMAN = "human"
    TRIAGE = "triage"


class Severity(StrEnum):
    """Why it bounced: the address is no good, it is for now, or the mail was not wanted as it is."""

    HARD = "hard"
    SOFT = "soft"
    BLOCKED = "blocked"


class ReplyClass(StrEnum):
    """What an answer says. A machine proposes; what counts is what a person decided."""

    ACKNOWLEDGEMENT = "acknowledgement"
    OUT_OF_OFFICE = "out_of_office"
    ADDRESS_REQUEST = "address_request"
    SUBSTANTIVE_SUPPORT = "substantive_support"
    SUBSTANTIVE_OPPOSE = "substantive_oppose"
    NONCOMMITTAL = "noncommittal"
    MEETING_OFFER = "meeting_offer"
    CASEWORK = "casework"
    UNSUBSCRIBE = "unsubscribe"
    ABUSE = "abuse"
    BOUNCE = "bounce"
    UNRELATED = "unrelated"


class Why(StrEnum):
    """Why a message is left to a person, or changed nothing."""

    UNCLEAR = "unclear"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    BOUNCE_OF_BOUNCE = "bounce_of_bounce"
    OTHER_MESSAGE = "other_message"
    OTHER_RECIPIENT = "other_recipient"
    OWN_MESSAGE = "own_message"
    NOT_SENT = "not_sent"
    UNPROVEN = "unproven"


# A person wrote them, to say something: only these answer a letter.
ANSWERS = frozenset(
    {
        ReplyClass.SUBSTANTIVE_SUPPORT,
        ReplyClass.SUBSTANTIVE_OPPOSE,
        ReplyClass.NONCOMMITTAL,
        ReplyClass.MEETING_OFFER,
        ReplyClass.CASEWORK,
        ReplyClass.ABUSE,
    }
)
