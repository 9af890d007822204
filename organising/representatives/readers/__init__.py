"""Readers of published files about representatives: a path in, frozen records out, or one clear error."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from organising.representatives.readers.mp_table import is_mp_table, read_mp_table
from organising.representatives.readers.popolo import KEYS, is_popolo, read_popolo
from organising.representatives.readers.records import SourceRecords
from organising.representatives.readers.sources import (
    Table,
    UnreadableFile,
    looks_like_json,
    read_json,
    read_table,
    read_text,
)

Format = Literal["popolo", "mp_table"]

__all__ = ["Format", "SourceRecords", "UnreadableFile", "detect", "read_source"]


def detect(path: Path | str) -> Format:
    """The file's format, told by its content. Raises UnreadableFile for anything else."""
    return _open(path)[0]


def read_source(path: Path | str) -> SourceRecords:
    """Read a file of any known format. Raises UnreadableFile; nothing partial is ever returned."""
    opened = _open(path)
    if opened[0] == "popolo":
        return read_popolo(path, opened[1])
    return read_mp_table(opened[1])


def _open(path: Path | str) -> tuple[Literal["popolo"], Any] | tuple[Literal["mp_table"], Table]:
    text = read_text(path)
    if text.lstrip().startswith("<"):
        raise UnreadableFile(path, "line 1", "this is XML or HTML; representatives come as JSON or CSV")
    if looks_like_json(text):
        value = read_json(path, text)
        if is_popolo(value):
            return "popolo", value
        found = f"the members {', '.join(list(value)[:6])}" if isinstance(value, dict) else "a list"
        reason = (
            f"not a Popolo file of representatives: expected an object with {', '.join(KEYS)}; found {found}"
        )
        raise UnreadableFile(path, "$", reason)
    table = read_table(path, text)
    if is_mp_table(table.columns):
        return "mp_table", table
    seen = ", ".join(f"“{column}”" for column in table.columns[:6])
    raise UnreadableFile(
        path, "line 1", f"not a table of representatives that this product knows; its columns are {seen}"
    )
