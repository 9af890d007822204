"""What was found out about a message."""

from dataclasses import dataclass

from .kinds import ReplyClass, Severity, Verdict, Why


@dataclass(frozen=True)
class Bounce:
    """What a bounce says. ``recipients`` are the addresses it names; ``original_id`` the Message-ID returned."""

    severity: Severity
    status: str | None = None
    recipients: tuple[str, ...] = ()
    original_id: str | None = None
    diagnostic: str = ""


@dataclass(frozen=True)
class Judgement:
    """The verdict, with what supports it.

    ``proposed`` is a proposal to a person. ``arrived`` says that the message shows ours to have arrived; at
    ``recipients``, where a report names them.
    """

    verdict: Verdict
    proposed: ReplyClass | None = None
    bounce: Bounce | None = None
    why: Why | None = None
    arrived: bool = False
    recipients: tuple[str, ...] = ()
