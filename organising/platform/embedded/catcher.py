"""The mail catcher: an SMTP server on loopback that delivers nothing and keeps each message as a file.

    python -m organising.platform.embedded.catcher --port 2525 --directory var/mail

A file's name is the time it was caught in nanoseconds, always greater than the one before, so names sort by
age. Above the message stand the envelope's addresses, as a delivering server notes them (`Return-Path`,
`Delivered-To`). Oldest files go when there are more than 2,000.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import re
import signal
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default as modern
from pathlib import Path

from organising.platform.supervision import Child

from .datadir import DataDirectory

NAME = "mail-catcher"
LOOPBACK = "127.0.0.1"
LARGEST_BYTES = 10 * 1024 * 1024
MOST_KEPT = 2000
_FILE_NAME = re.compile(r"\d{19}\.eml\Z")


@dataclass(frozen=True)
class CaughtMail:
    """A line of the list: what was caught when (aware UTC), from whom, for whom."""

    name: str
    caught_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    size: int


@dataclass(frozen=True)
class CaughtMessage:
    """A whole message: decoded headers in order, its texts (HTML as source only), the raw bytes."""

    mail: CaughtMail
    headers: tuple[tuple[str, str], ...]
    text: str | None
    html: str | None
    attachments: tuple[str, ...]
    raw: bytes


class MailCatcher:
    """The catcher as a child of the supervisor; `port` is chosen among the free ones unless given."""

    def __init__(self, data_directory: DataDirectory, port: int | None = None) -> None:
        self.directory = data_directory.mail_directory
        self.port = port or _free_port()

    def command(self) -> list[str]:
        """The server's argument list."""
        module = "organising.platform.embedded.catcher"
        return [sys.executable, "-m", module, "--port", str(self.port), "--directory", str(self.directory)]

    def child(self, order: int = 0) -> Child:
        """The server as the supervisor keeps it."""
        environment = {
            name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ
        }
        return Child(NAME, self.command(), environment, ready=self.is_ready, order=order, stop_seconds=3.0)

    def url(self) -> str:
        """The SMTP_URL to send to."""
        return f"smtp://{LOOPBACK}:{self.port}"

    def is_ready(self) -> bool:
        """Whether the server greets."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=2.0) as connection:
                return connection.recv(4) == b"220 "
        except OSError:
            return False


def list_caught(directory: Path, limit: int = 50, before: str | None = None) -> list[CaughtMail]:
    """The newest messages first, at most `limit`, only those older than the file name `before`."""
    names = sorted((name for name in _names(directory) if before is None or name < before), reverse=True)
    found = []
    for name in names[:limit]:
        # The catcher may just have thrown the oldest away.
        with contextlib.suppress(FileNotFoundError), (directory / name).open("rb") as file:
            head = BytesHeaderParser(policy=modern).parse(file)
            found.append(_summary(name, head, os.fstat(file.fileno()).st_size))
    return found


def read_caught(directory: Path, name: str) -> CaughtMessage:
    """One message by its file name. Raises FileNotFoundError for a name that is not there or not ours."""
    if not _FILE_NAME.match(name):
        raise FileNotFoundError(name)
    raw = (directory / name).read_bytes()
    message = message_from_bytes(raw, policy=modern)
    assert isinstance(message, EmailMessage)
    return CaughtMessage(
        mail=_summary(name, message, len(raw)),
        headers=tuple((header, _header(message, index)) for header, index in _numbered(message)),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        attachments=tuple(
            part.get_filename() or part.get_content_type() for part in message.iter_attachments()
        ),
        raw=raw,
    )


class Keeper:
    """The handler that aiosmtpd calls: writes a message whole before it is acknowledged."""

    def __init__(self, directory: Path, most: int = MOST_KEPT) -> None:
        self._directory = directory
        self._most = most
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in directory.glob(".*.part"):
            leftover.unlink(missing_ok=True)
        self._kept = deque(sorted(_names(directory)))
        self._last = int(self._kept[-1].removesuffix(".eml")) if self._kept else 0

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        """Keep the message and answer with its name, as a relay answers with its queue id."""
        return f"250 2.0.0 Kept as {self.keep(*_envelope_of(envelope))}"

    def keep(self, sender: str, recipients: list[str], content: bytes) -> str:
        """Write one message; the file appears under its name only when it is complete."""
        self._last = max(time.time_ns(), self._last + 1)
        name = f"{self._last:019d}.eml"
        note = [f"Return-Path: <{sender}>", *(f"Delivered-To: {recipient}" for recipient in recipients), ""]
        part = self._directory / f".{name}.part"
        part.write_bytes("\r\n".join(note).encode() + content)
        part.rename(self._directory / name)
        self._kept.append(name)
        while len(self._kept) > self._most:
            (self._directory / self._kept.popleft()).unlink(missing_ok=True)
        return name


async def serve(port: int, directory: Path, most: int = MOST_KEPT) -> None:
    """Listen on loopback until SIGTERM or SIGINT."""
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    keeper = Keeper(directory, most)

    def connect() -> SMTP:
        return SMTP(
            keeper,
            data_size_limit=LARGEST_BYTES,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Organising mail catcher",
            timeout=300,
            loop=loop,
        )

    server = await loop.create_server(connect, LOOPBACK, port, reuse_address=True, backlog=200)
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()
    server.close()


def main() -> None:
    """Run the catcher from the command line."""
    parser = argparse.ArgumentParser(prog="organising.platform.embedded.catcher")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--most", type=int, default=MOST_KEPT, help="messages to keep")
    options = parser.parse_args()
    # aiosmtpd notes every address it sees at the level below.
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(serve(options.port, options.directory, options.most))


def _envelope_of(envelope: object) -> tuple[str, list[str], bytes]:
    sender = getattr(envelope, "mail_from", None) or ""
    return sender, list(getattr(envelope, "rcpt_tos", [])), bytes(getattr(envelope, "content", b""))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _names(directory: Path) -> list[str]:
    with contextlib.suppress(FileNotFoundError):
        return [name for name in os.listdir(directory) if _FILE_NAME.match(name)]
    return []


def _summary(name: str, message: EmailMessage, size: int) -> CaughtMail:
    headers = [(header.lower(), _header(message, index)) for header, index in _numbered(message)]
    found = dict(reversed(headers))
    return CaughtMail(
        name=name,
        caught_at=datetime.fromtimestamp(int(name.removesuffix(".eml")) / 1e9, UTC),
        sender=found.get("from", ""),
        recipients=tuple(value for header, value in headers if header == "delivered-to"),
        subject=found.get("subject", ""),
        size=size,
    )


def _numbered(message: EmailMessage) -> list[tuple[str, int]]:
    return [(header, index) for index, header in enumerate(message.keys())]


def _header(message: EmailMessage, index: int) -> str:
    """The decoded value of the header at `index`; a malformed one is shown as it came."""
    raw_header, raw_value = list(message.raw_items())[index]
    try:
        return str(message.policy.header_fetch_parse(raw_header, raw_value))
    except Exception:  # the standard library's parser has failed on hostile headers in many ways
        return str(raw_value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _part(message: EmailMessage, subtype: str) -> str | None:
    try:
        part = message.get_body((subtype,))
        return None if part is None else str(part.get_content())
    except (LookupError, ValueError, AttributeError):
        return "(this part cannot be decoded)"


if __name__ == "__main__":
    main()
