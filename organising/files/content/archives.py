"""Reading a zip archive that may be a bomb: what its head says of sizes is a claim, so bytes are counted as they come out."""

import zipfile
from io import BytesIO

from ...platform.archives import UNSOUND
from .findings import Refusal

MOST_PARTS = 3_000
MOST_BYTES_INSIDE = 120 * 2**20
PIECE = 64 * 1024
LOCKED = 0x1


def read_parts(content: bytes) -> dict[str, bytes]:
    """Every file in it by its name. Raises :class:`Refusal`."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _parts(archive)
    except UNSOUND:
        raise Refusal("damaged") from None


def write_parts(parts: dict[str, bytes], *, first: str = "") -> bytes:
    """A fresh archive of these parts alone. ``first``: one that stands at the beginning as it is, as OpenDocument wants."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda one: (one != first, one != "[Content_Types].xml", one)):
            stored = zipfile.ZIP_STORED if name == first else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), parts[name], stored)
    return made.getvalue()


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [one for one in archive.infolist() if not one.is_dir()]
    if len(entries) > MOST_PARTS:
        raise Refusal("too_large_inside")
    parts: dict[str, bytes] = {}
    left = MOST_BYTES_INSIDE
    for entry in entries:
        if entry.flag_bits & LOCKED:
            raise Refusal("locked")
        if entry.filename in parts or not _is_plain(entry.filename):
            raise Refusal("damaged")
        parts[entry.filename] = _read(archive, entry, left)
        left -= len(parts[entry.filename])
    return parts


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    read = bytearray()
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            read += piece
            if len(read) > left:
                raise Refusal("too_large_inside")
    return bytes(read)


def _is_plain(name: str) -> bool:
    return (
        not name.startswith("/") and "\\" not in name and ".." not in name.split("/") and name.isprintable()
    )
