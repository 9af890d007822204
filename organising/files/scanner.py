"""The virus scanner: clamd, asked over its own protocol (INSTREAM) with every file before anything of it is kept."""

import socket
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from ..config import Clamd

PIECE = 64 * 1024
SECONDS = 30
LONGEST_ANSWER = 4096


class ScannerDown(Exception):
    """The scanner did not answer, or not in a way that says whether the file is clean."""


def find_virus(scanner: Clamd, content: bytes) -> str | None:
    """What the scanner found, or ``None``. Raises :class:`ScannerDown`."""
    try:
        with _connected(scanner) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
            answer = _answer(line)
    except OSError as error:
        raise ScannerDown(str(error)) from None
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerDown(answer)


@dataclass(frozen=True)
class Version:
    """Which scanner it is, and of when its signatures are; ``None`` where it has none, or does not say."""

    name: str
    signatures: datetime | None


def find_version(scanner: Clamd) -> Version:
    """Ask it, as ``ClamAV 1.4.1/27480/Tue Dec  3 09:40:26 2024``. Raises ``OSError`` where nobody listens."""
    with _connected(scanner) as line:
        line.sendall(b"zVERSION\0")
        name, _, rest = _answer(line).partition("/")
    try:
        told = datetime.strptime(rest.partition("/")[2], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        told = None
    return Version(name, told)


def _connected(scanner: Clamd) -> socket.socket:
    if scanner.path is None:
        return socket.create_connection((scanner.host, scanner.port), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    try:
        line.connect(scanner.path)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: socket.socket) -> str:
    read = b""
    while not read.endswith(b"\0") and len(read) < LONGEST_ANSWER:
        piece = line.recv(1024)
        if not piece:
            break
        read += piece
    return read.rstrip(b"\0\n").decode("utf-8", "replace")
