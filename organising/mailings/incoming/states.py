"""What an incoming message can be at, and by what address it came."""

from enum import StrEnum


class IncomingState(StrEnum):
    """``RECEIVED`` until it is read; then left to a person, settled by itself, or decided by a person."""

    RECEIVED = "received"
    TRIAGE = "triage"
    SETTLED = "settled"
    DECIDED = "decided"


class CameBy(StrEnum):
    """How it is known whose a message is: a genuine return path of one kind, or the letter it says it answers."""

    BOUNCE = "bounce"
    REPLY = "reply"
    REFERENCE = "reference"
