"""The states of a mailing and of a delivery, and which may follow which."""

from enum import StrEnum


class MailingState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    QUEUED = "queued"
    LEASED = "leased"
    COMMITTED = "committed"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"
    HELD = "held"


class Decision(StrEnum):
    """What an organisation put on record about one exact content."""

    APPROVE = "approve"
    DECLINE = "decline"
    RELEASE = "release"


class LeftOut(StrEnum):
    """Why a chosen representative gets no message."""

    NO_EMAIL = "no_email"
    NOT_IN_OFFICE = "not_in_office"
    BOUNCED = "bounced"
    NO_SALUTATION = "no_salutation"


FOLLOWS: dict[MailingState, frozenset[MailingState]] = {
    MailingState.DRAFT: frozenset({MailingState.IN_REVIEW, MailingState.CANCELLED}),
    MailingState.IN_REVIEW: frozenset({MailingState.DRAFT, MailingState.APPROVED, MailingState.CANCELLED}),
    MailingState.APPROVED: frozenset(
        {MailingState.DRAFT, MailingState.SCHEDULED, MailingState.SENDING, MailingState.CANCELLED}
    ),
    MailingState.SCHEDULED: frozenset({MailingState.DRAFT, MailingState.SENDING, MailingState.CANCELLED}),
    MailingState.SENDING: frozenset({MailingState.PAUSED, MailingState.SENT, MailingState.CANCELLED}),
    MailingState.PAUSED: frozenset({MailingState.SENDING, MailingState.SENT, MailingState.CANCELLED}),
    # A person may have an uncertain one sent again.
    MailingState.SENT: frozenset({MailingState.SENDING, MailingState.CLOSED}),
    MailingState.CLOSED: frozenset(),
    MailingState.CANCELLED: frozenset(),
}

BEFORE_SENDING = (MailingState.IN_REVIEW, MailingState.APPROVED, MailingState.SCHEDULED)
# Not yet left, and not yet decided upon.
WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
UNFINISHED = (DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.COMMITTED, DeliveryState.DEFERRED)
UNSETTLED = (DeliveryState.UNCERTAIN, DeliveryState.HELD)
