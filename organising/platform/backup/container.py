"""A backup file: encrypted as it is written, in pieces, so that it needs no room in memory and no second file.

    ORGANISING BACKUP 1\\n
    one line of JSON: when, by which version, under which installation key (an id), the file's own key wrapped by it
    pieces: kind (1 byte) | length (4) | AES-256-GCM

Each piece is bound to the head, its kind and its place: none can be changed, left out, moved, or taken from another file.
The last one says that it is the last: a file that was cut off is refused.
"""

import base64
import hashlib
import json
import os
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..command import Refused
from ..keys import derive
from ..sealing import seal, unseal

MAGIC = b"ORGANISING BACKUP 1\n"
PIECE = 1024 * 1024
LONGEST_HEAD = 10_000
MANIFEST, DUMP, FILES, END = b"M", b"D", b"F", b"E"


def key_id(installation_key: bytes) -> str:
    """A name for an installation key that tells nothing of it."""
    return derive(installation_key, "backup key id")[:6].hex()


class Writer:
    """Encrypts pieces into a stream."""

    def __init__(self, stream: BinaryIO, installation_key: bytes, made_at: datetime) -> None:
        self._stream, key = stream, os.urandom(32)
        head = {
            "made_at": made_at.astimezone(UTC).isoformat(timespec="seconds"),
            "product": version("organising"),
            "key_id": key_id(installation_key),
            "key": base64.b64encode(seal(derive(installation_key, "backups"), key, b"backup")).decode(),
        }
        line = json.dumps(head).encode() + b"\n"
        self._cipher, self._head, self._place = AESGCM(key), hashlib.sha256(line).digest(), 0
        stream.write(MAGIC + line)

    def write(self, kind: bytes, plain: bytes) -> None:
        """One piece of at most :data:`PIECE` bytes, or more in several."""
        for start in range(0, len(plain) or 1, PIECE):
            nonce = self._place.to_bytes(12, "big")
            sealed = self._cipher.encrypt(nonce, plain[start : start + PIECE], self._head + kind)
            self._stream.write(kind + struct.pack(">I", len(sealed)) + sealed)
            self._place += 1


class Reader:
    """Decrypts a backup. Raises :class:`Refused` for what is none, is damaged, or lies under another key."""

    def __init__(self, stream: BinaryIO, installation_key: bytes) -> None:
        self._stream = stream
        if stream.read(len(MAGIC)) != MAGIC:
            raise Refused("this file is no backup of Organising")
        line = stream.readline(LONGEST_HEAD)
        try:
            self.head: dict[str, Any] = json.loads(line)
            wrapped = base64.b64decode(self.head["key"])
            self.made_at = datetime.fromisoformat(self.head["made_at"])
        except (ValueError, KeyError, TypeError):
            raise Refused("the backup's head is damaged") from None
        try:
            key = unseal(derive(installation_key, "backups"), wrapped, b"backup")
        except InvalidTag:
            raise Refused(
                f"the backup was made under the installation key {self.head.get('key_id')}, this is {key_id(installation_key)}: "
                "set ORGANISING_INSTALLATION_KEY to the one it was made under"
            ) from None
        self._cipher, self._digest, self._place = AESGCM(key), hashlib.sha256(line).digest(), 0

    def pieces(self) -> Iterator[tuple[bytes, bytes]]:
        """Kind and plain bytes of each piece to the end."""
        while True:
            front = self._stream.read(5)
            if len(front) < 5:
                raise Refused("the backup was cut off: it has no end")
            kind, length = front[:1], struct.unpack(">I", front[1:])[0]
            if length > PIECE + 16:
                raise Refused(f"the backup is damaged in piece {self._place}")
            sealed = self._stream.read(length)
            try:
                plain = self._cipher.decrypt(self._place.to_bytes(12, "big"), sealed, self._digest + kind)
            except InvalidTag:
                raise Refused(f"the backup is damaged in piece {self._place}") from None
            self._place += 1
            if kind == END:
                return
            yield kind, plain
