"""The virus scanner: clamd, asked over its own protocol (INSTREAM) with every file before anything of it is kept."""

import socket
import struct

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


def ping(scanner: Clamd) -> bool:
    """Whether it answers. Raises ``OSError`` where nobody listens."""
    with _connected(scanner) as line:
        line.sendall(b"zPING\0")
        return _answer(line) == "PONG"


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
