"""The states of a mailing and of a delivery, and which may follow which."""

from enum import StrEnum


class MailingMode(StrEnum):
    """Who writes to whom. A constituents' mailing holds the letters of one action; they are written one by one.

    Those to signers and to contacts go to people who agreed to it: nobody but their own organisation ever sees who
    they are.
    """

    ORGANISATION = "organisation_to_representative"
    CONSTITUENT = "constituent_to_representative"
    SIGNERS = "organisation_to_signers"
    CONTACTS = "organisation_to_contacts"

    @property
    def is_to_people(self) -> bool:
        """Whether it goes to people of the organisation's own, whom no reader of a lent mailing sees."""
        return self in (MailingMode.SIGNERS, MailingMode.CONTACTS)


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
    BOUNCED = "bounced"
    REPLIED = "replied"


class Decision(StrEnum):
    """What an organisation put on record about one exact content."""

    APPROVE = "approve"
    DECLINE = "decline"
    RELEASE = "release"
    # On the own organisation's name under the letter, apart from the letter itself.
    ENDORSE = "endorse"
    DROP_OUT = "drop_out"
    COMMENT = "comment"


class Answer(StrEnum):
    """What an organisation that was asked for its name has answered."""

    NONE = "none"
    ENDORSED = "endorsed"
    DROPPED_OUT = "dropped_out"


ON_TEXT = (Decision.APPROVE, Decision.DECLINE)
ON_NAME = {Decision.ENDORSE: Answer.ENDORSED, Decision.DROP_OUT: Answer.DROPPED_OUT}


class LeftOut(StrEnum):
    """Why a chosen representative gets no message."""

    NO_EMAIL = "no_email"
    NOT_IN_OFFICE = "not_in_office"
    BOUNCED = "bounced"
    NO_SALUTATION = "no_salutation"
    DISSOLVED = "dissolved"
    ASKS_OTHERWISE = "asks_otherwise"
    OVER_BUDGET = "over_budget"
    WRITTEN_TO = "written_to"


class Withheld(StrEnum):
    """Why a message that was signed off was not sent when its turn came, as the delivery keeps it."""

    NOT_IN_OFFICE = "no longer in office"
    DISSOLVED = "Parliament is dissolved"
    ASKS_OTHERWISE = "the office asks to be written to another way"
    BOUNCED = "the address has bounced"
    OVER_BUDGET = "partners have written as often as the campaign allows"
    WRITTEN_TO = "somebody in the coalition wrote to them meanwhile"


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
# Left, as far as anybody knows: from these a message may come back, or be answered.
ARRIVED = (DeliveryState.ACCEPTED, *UNSETTLED)
