"""A real SMTP sink: what it accepted is what was sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Sink:
    """``messages`` in the order accepted; ``refuse`` may answer instead (a full SMTP reply line) per recipient.

    ``at_the_dot`` holds answers to the next final dots: each of those messages came whole and is not taken.
    """

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    at_the_dot: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.at_the_dot:
            return self.at_the_dot.pop(0)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.envelopes.extend((envelope.mail_from, recipient) for recipient in envelope.rcpt_tos)
        return f"250 OK queued as {len(self.messages):06}"

    def to(self, address: str) -> list[EmailMessage]:
        """The messages accepted for one address."""
        return [m for m in self.messages if address in str(m["To"])]


class _FreePort(Controller):
    """The controller on a port that the system picks."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running_sink() -> Iterator[Sink]:
    """A sink on a free loopback port."""
    sink = Sink()
    controller = _FreePort(sink, hostname="127.0.0.1", port=0)
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()
