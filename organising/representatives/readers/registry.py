"""The readers of published files, each known by the content it recognises.

A reader module ends with ``register(Reader("name", recognises, read))`` and is imported in ``readers/__init__.py``.
Recognisers must not overlap: the first that says yes reads the file, and the order is not to be relied on. A format
that the product knows and has no use for is a reader too: its ``read`` raises UnreadableFile with the reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from organising.representatives.readers.records import Rejection
from organising.representatives.readers.sources import (
    Table,
    UnreadableFile,
    looks_like_json,
    name_columns,
    read_json,
    read_table,
    read_text,
)


class Records(Protocol):
    """What every reader gives: frozen records with what was left out and why.

    ``order`` says when it is imported among several files (small first): what is referred to goes before what
    refers to it. Areas are 10 to 19, institutions 20 to 29, people 30 to 39, what hangs on them from 40.
    """

    @property
    def order(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def rejected(self) -> Sequence[Rejection]: ...
    @property
    def ignored(self) -> Mapping[str, int]: ...


@dataclass(frozen=True)
class SourceText:
    """An opened file. JSON and tables are parsed once, when a reader first asks."""

    path: Path
    text: str

    @cached_property
    def is_xml(self) -> bool:
        return self.text.lstrip().startswith("<")

    @cached_property
    def is_json(self) -> bool:
        return not self.is_xml and looks_like_json(self.text)

    @cached_property
    def is_table(self) -> bool:
        return not self.is_xml and not self.is_json

    @cached_property
    def value(self) -> Any:
        """The parsed JSON, None where this is none. Raises UnreadableFile with line and column."""
        return read_json(self.path, self.text) if self.is_json else None

    @property
    def members(self) -> frozenset[str]:
        """The names of the members of a JSON object; empty for everything else."""
        return frozenset(self.value) if isinstance(self.value, dict) else frozenset()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The cells of the first line of a table, unchecked; empty for JSON and XML."""
        if not self.is_table:
            return ()
        try:
            return tuple(cell.strip() for cell in next(csv.reader(io.StringIO(self.text, newline="")), []))
        except csv.Error:
            return ()

    @cached_property
    def table(self) -> Table:
        """The table under its header. Raises UnreadableFile with the line."""
        return read_table(self.path, self.text)

    def headless(self, columns: Sequence[str]) -> Table:
        """A table without a header, under the names given. Raises UnreadableFile with the line."""
        return name_columns(self.path, self.text, columns)


@dataclass(frozen=True)
class Reader:
    """One format: its name, whether a file is meant as it (even where damaged), and how it is read.

    ``read`` raises UnreadableFile; nothing partial is ever returned.
    """

    name: str
    recognises: Callable[[SourceText], bool]
    read: Callable[[SourceText], Records]


_READERS: dict[str, Reader] = {}


def register(reader: Reader) -> None:
    """Add a format. Names are unique."""
    if reader.name in _READERS:
        raise ValueError(f"two readers are called {reader.name}")
    _READERS[reader.name] = reader


def refuse(reason: str) -> Callable[[SourceText], Records]:
    """The ``read`` of a format that is known and not taken."""

    def read(source: SourceText) -> Records:
        raise UnreadableFile(source.path, "", reason)

    return read


def readers() -> Iterator[Reader]:
    """Every known format."""
    yield from _READERS.values()


def open_source(path: Path | str) -> SourceText:
    """The file's text, plain or gzip. Raises UnreadableFile."""
    return SourceText(Path(path), read_text(path))


def find_reader(source: SourceText) -> Reader | None:
    """The reader that recognises a file, if any does."""
    return next((one for one in readers() if one.recognises(source)), None)
