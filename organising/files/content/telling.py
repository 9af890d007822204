"""Telling what a file is by its own bytes. A name is a claim; only for plain text, which has no mark, it must agree."""

from enum import StrEnum

from .findings import Refusal

PICTURE, PDF, ZIP, TEXT = "picture", "pdf", "zip", "text"
HEAD = 4096
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"<?php",
    b"dex\n",
    b"\x00asm",
)
GZIP = b"\x1f\x8b"
ARCHIVES = (
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    GZIP,
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
)
OLD_OFFICE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<iframe", b"<!--", b"<meta")
# Endings under which plain text is taken.
TEXT_ENDINGS = ("", "txt", "csv", "md", "text", "tsv")


def tell(content: bytes, ending: str) -> str:
    """What to read it as. Raises :class:`Refusal`."""
    if not content.strip(b"\0 \t\r\n"):
        raise Refusal("empty")
    if content.startswith(PICTURES) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return PICTURE
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return ZIP
    _refuse_known(content)
    if ending in TEXT_ENDINGS:
        return TEXT
    raise Refusal("unknown")


class DataForm(StrEnum):
    """What a file may be that is read for its rows."""

    TEXT = "text"
    ZIP = "zip"
    GZIP = "gzip"


def tell_data(content: bytes) -> DataForm:
    """What a file to be read for its rows is; markup within its cells is words. Raises :class:`Refusal`."""
    if not content.strip(b"\0 \t\r\n"):
        raise Refusal("empty")
    if content.startswith(b"PK\x03\x04"):
        return DataForm.ZIP
    if content.startswith(GZIP):
        return DataForm.GZIP
    if content.startswith((*PICTURES, b"%PDF-")) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        raise Refusal("not_wanted")
    _refuse_marked(content)
    _refuse_page(_letters(content[:HEAD]))
    return DataForm.TEXT


def _refuse_known(content: bytes) -> None:
    """Say what it is where that helps whoever sent it."""
    _refuse_marked(content)
    refuse_markup(_letters(content[:HEAD]))


def _refuse_marked(content: bytes) -> None:
    if content[4:8] == b"ftyp" and content[8:12] in HEIC:
        raise Refusal("heic")
    for reason, marks in (("program", PROGRAMS), ("archive", ARCHIVES), ("old_office", OLD_OFFICE)):
        if content.startswith(marks):
            raise Refusal(reason)


def refuse_markup(letters: bytes) -> None:
    """Raise :class:`Refusal` for what a browser would take for a page or a drawing."""
    low = letters.lower()
    if b"<svg" in low:
        raise Refusal("svg")
    _refuse_page(letters)
    if b"<script" in low or b"<html" in low:
        raise Refusal("markup")


def _refuse_page(letters: bytes) -> None:
    """Refuse what is a page or a drawing from its first letter on."""
    low = letters.lstrip(b"\xef\xbb\xbf \t\r\n\0").lower()
    if low.startswith(b"<svg"):
        raise Refusal("svg")
    if low.startswith((*MARKUP, b"<?xml")):
        raise Refusal("markup")


def _letters(head: bytes) -> bytes:
    """The beginning as a browser that guesses would read it: UTF-16 too."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore").encode()
    return head
