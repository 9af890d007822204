"""A real SMTP sink: what it accepted is what was sent."""

import asyncio
import threading
from collections import Counter
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


@dataclass
class GatedSink(Sink):
    """A sink that stops at a chosen moment until told to go on, so that a worker can be killed right there.

    ``stop_at`` is ``MAIL``, ``RCPT`` or ``DOT`` (the dot has come, the answer has not gone) with the number of
    that event to stop at, counted from 1. ``drop_dot`` closes the connection instead of answering that dot.
    """

    stop_at: tuple[str, int] | None = None
    drop_dot: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    seen: Counter[str] = field(default_factory=Counter)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        await self._event("MAIL")
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        await self._event("RCPT")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await self._event("DOT")
        answer = await super().handle_DATA(server, session, envelope)
        if self.seen["DOT"] == self.drop_dot:
            server.transport.close()
        return answer

    async def _event(self, name: str) -> None:
        self.seen[name] += 1
        if self.stop_at and self.stop_at[0] == name and self.seen[name] >= self.stop_at[1]:
            self.reached.set()
            while not self.go_on.is_set():
                await asyncio.sleep(0.005)

    def recipients(self) -> Counter[str]:
        """How many messages were accepted for each address."""
        return Counter(recipient for _, recipient in self.envelopes)

    def accepted_ids(self) -> list[str]:
        """The relay's log: the Message-ID of each accepted message."""
        return [f"accepted {message['Message-ID']}" for message in self.messages]


class _FreePort(Controller):
    """The controller on a port that the system picks."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running_sink() -> Iterator[GatedSink]:
    """A sink on a free loopback port, its gate open."""
    sink = GatedSink()
    controller = _FreePort(sink, hostname="127.0.0.1", port=0)
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        sink.go_on.set()
        controller.stop()
