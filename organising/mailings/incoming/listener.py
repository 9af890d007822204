"""The door for mail that comes back: LMTP or SMTP, behind the mail server of the return domain.

A message is acknowledged once it is committed, and no sooner: a connection that breaks before has its message brought
again, and what comes twice is kept once. Trouble of ours is answered with "later", never with "no".
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, AnyStr, TypeVar

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from flask import Flask

from organising.mailings.services import incoming
from organising.platform.logging import get_logger

from .reading import LARGEST

log = get_logger(__name__)
Answer = TypeVar("Answer")

MOST_RECIPIENTS = 100
THREADS = 4
IDLE_SECONDS = 300
# Longer lines than RFC 5321 allows do come; refused, an answer would go back to the person who wrote it.
LONGEST_LINE = 64 * 1024
TAKEN = "250 2.0.0 Kept"
LATER = "451 4.3.0 Not now, come back later"
NOBODY = "550 5.1.1 There is no such address here"
TOO_MANY = "452 4.5.3 Too many recipients"


class Door:
    """What aiosmtpd asks. The database is asked in threads, so one slow commit holds up no other connection."""

    def __init__(self, app: Flask, *, per_recipient: bool) -> None:
        self._app, self._per_recipient = app, per_recipient
        self._threads = ThreadPoolExecutor(THREADS, "inbound")

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Take the recipients that are genuine return paths, and no others."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        try:
            known = await self._run(lambda: incoming.whose(address))
        except Exception as error:
            return self._later(error)
        if known is None:
            return NOBODY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep the message once for each recipient; LMTP has an answer for each (RFC 2033), SMTP one for all."""
        sender = "" if envelope.mail_from in ("", "<>", None) else str(envelope.mail_from)
        content = bytes(envelope.content)
        answers = [await self._keep(content, recipient, sender) for recipient in envelope.rcpt_tos]
        if self._per_recipient:
            return "\r\n".join(answers)
        # Brought again for those that failed, it finds the others kept.
        return next((answer for answer in answers if answer != TAKEN), TAKEN)

    async def handle_exception(self, error: Exception) -> str:
        """Nothing of ours is the sender's fault."""
        return self._later(error)

    def close(self) -> None:
        """Let what is being kept be kept."""
        self._threads.shutdown(wait=True)

    async def _keep(self, content: bytes, recipient: str, sender: str) -> str:
        try:
            kept = await self._run(lambda: incoming.receive(content, recipient, sender))
        except Exception as error:
            return self._later(error)
        # The organisation may have left since the address was looked up.
        return TAKEN if kept is not None else NOBODY

    async def _run(self, work: Callable[[], Answer]) -> Answer:
        def within() -> Answer:
            with self._app.app_context():
                return work()

        return await asyncio.get_running_loop().run_in_executor(self._threads, within)

    @staticmethod
    def _later(error: Exception) -> str:
        log.warning("mail_not_kept", reason=type(error).__name__)
        return LATER


class _Smtp(SMTP):
    line_length_limit = LONGEST_LINE


class _Lmtp(LMTP):
    """As the library's, with an answer for each recipient also where it refuses the message itself."""

    line_length_limit = LONGEST_LINE
    _with_content = False

    async def smtp_DATA(self, arg: str) -> None:
        self._with_content = bool(self.envelope and self.envelope.rcpt_tos)
        await super().smtp_DATA(arg)
        self._with_content = False

    async def push(self, status: AnyStr) -> None:
        number = len(self.envelope.rcpt_tos) if self.envelope else 0
        if self._with_content and number > 1 and isinstance(status, str) and _is_one_for_all(status):
            await super().push("\r\n".join([status] * number))
        else:
            await super().push(status)


def _is_one_for_all(status: str) -> bool:
    return "\r\n" not in status and not status.startswith("354")


async def open_door(
    app: Flask, *, host: str, port: int, lmtp: bool, largest: int = LARGEST
) -> tuple[asyncio.Server, Door]:
    """Begin to listen."""
    # The library notes every address at the level below.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    loop = asyncio.get_running_loop()
    door = Door(app, per_recipient=lmtp)
    protocol = _Lmtp if lmtp else _Smtp

    def connect() -> SMTP:
        return protocol(
            door,
            data_size_limit=largest,
            enable_SMTPUTF8=True,
            hostname=app.config["SETTINGS"].mail_return_domain,
            ident="Organising",
            timeout=IDLE_SECONDS,
            loop=loop,
        )

    return await loop.create_server(connect, host, port, backlog=100), door


async def serve(
    app: Flask, *, host: str, port: int, lmtp: bool, largest: int, ready: Callable[[int], None]
) -> None:
    """Listen until SIGTERM or SIGINT; ``ready`` is told the port."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    server, door = await open_door(app, host=host, port=port, lmtp=lmtp, largest=largest)
    ready(server.sockets[0].getsockname()[1])
    try:
        await asked.wait()
    finally:
        server.close()
        await asyncio.to_thread(door.close)
