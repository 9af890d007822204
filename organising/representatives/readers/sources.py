"""Opening a source: bytes to text to JSON or rows, and one error that says where it stopped making sense."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GZIP_MAGIC = b"\x1f\x8b"
LARGEST = 1 << 30
_CHUNK = 1 << 14
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class UnreadableFile(Exception):
    """A file that cannot be taken as it is. `str()` is one line: the file, the place in it, what is wrong."""

    def __init__(self, path: Path | str, place: str, reason: str) -> None:
        self.path, self.place, self.reason = Path(path), place, reason
        super().__init__(f"{self.path}: {place}: {reason}" if place else f"{self.path}: {reason}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table with the line on which it ends."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    @property
    def place(self) -> str:
        return f"line {self.line}"


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its header and its rows, every row as wide as the header."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def require(self, columns: Sequence[str]) -> None:
        """Raise UnreadableFile naming the columns that are missing."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            listed = ", ".join(f"“{column}”" for column in missing)
            word = "column" if len(missing) == 1 else "columns"
            raise UnreadableFile(
                self.path, "line 1", f"the {word} {listed} {'is' if len(missing) == 1 else 'are'} missing"
            )


def read_text(path: Path | str) -> str:
    """The file's text, plain or gzip (told by its first bytes), UTF-8 with or without a mark.

    Raises UnreadableFile: absent, empty, cut short, damaged, too large or not UTF-8.
    """
    path = Path(path)
    content = _read_bytes(path)
    if content.startswith(GZIP_MAGIC):
        content = _gunzip(path, content)
    if content.startswith(_UTF16_MARKS):
        raise UnreadableFile(path, "byte 0", "the text is UTF-16; save it as UTF-8")
    text = _decode(path, content)
    if not text.strip():
        raise UnreadableFile(path, "byte 0", "the file is empty")
    if "\0" in text:
        line, column = _position(text[: text.index("\0")])
        raise UnreadableFile(path, f"line {line}, column {column}", "a zero byte: this is not a text file")
    return text


def read_json(path: Path | str, text: str) -> Any:
    """Parse `text`. Raises UnreadableFile with line and column."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UnreadableFile(path, place, f"not valid JSON ({error.msg.lower()})") from None
    except (RecursionError, ValueError):
        raise UnreadableFile(path, "$", "the JSON is nested too deeply or holds an absurd number") from None


def read_table(path: Path | str, text: str) -> Table:
    """Parse `text` as CSV with a header. Raises UnreadableFile with the line."""
    path = Path(path)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = tuple(cell.strip() for cell in next(lines, []))
        _check_header(path, header)
        rows = tuple(_rows(path, lines, header))
    except csv.Error as error:
        raise UnreadableFile(path, f"line {lines.line_num}", f"not valid CSV ({error})") from None
    if not rows:
        raise UnreadableFile(path, "line 2", "there is no row under the header")
    return Table(path, header, rows)


def name_columns(path: Path | str, text: str, columns: Sequence[str]) -> Table:
    """Parse `text` as CSV without a header, its cells under the names given. Raises UnreadableFile with the line."""
    path, names = Path(path), tuple(columns)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return Table(path, names, tuple(_rows(path, lines, names)))
    except csv.Error as error:
        raise UnreadableFile(path, f"line {lines.line_num}", f"not valid CSV ({error})") from None


def tidy(text: str) -> str:
    """Composed letters and single spaces, so that the same name is the same text from every source."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def looks_like_json(text: str) -> bool:
    """Whether the first character that counts opens an object or a list."""
    return text.lstrip()[:1] in {"{", "["}


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise UnreadableFile(path, "", "the file is larger than 1 GiB")
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(path, "", "there is no such file") from None
    except IsADirectoryError:
        raise UnreadableFile(path, "", "this is a folder, not a file") from None
    except OSError as error:
        raise UnreadableFile(path, "", f"cannot be opened ({error.strerror})") from None


def _gunzip(path: Path, packed: bytes) -> bytes:
    """Unpack all members; the standard reader would not say at which byte it stopped."""
    parts: list[bytes] = []
    size = position = 0
    while packed[position : position + 2] == GZIP_MAGIC:
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof:
            chunk = packed[position : position + _CHUNK]
            if not chunk:
                raise UnreadableFile(path, f"byte {len(packed)}", "the gzip file is cut short")
            position += len(chunk)
            try:
                parts.append(unpacker.decompress(chunk))
            except zlib.error as error:
                reason = str(error).rpartition(": ")[2]
                raise UnreadableFile(
                    path, f"before byte {position}", f"the gzip file is damaged ({reason})"
                ) from None
            size += len(parts[-1])
            if size > LARGEST:
                raise UnreadableFile(path, f"byte {position}", "unpacks to more than 1 GiB")
        position -= len(unpacker.unused_data)
    return b"".join(parts)


def _decode(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # `error.start` does not count the mark that utf-8-sig has taken off.
        offset = error.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
        line = content.count(b"\n", 0, offset) + 1
        wrong = content[offset]
        reason = f"byte 0x{wrong:02X} is not UTF-8 text (is the file Latin-1? save it as UTF-8)"
        raise UnreadableFile(path, f"line {line}, byte {offset}", reason) from None


def _check_header(path: Path, header: tuple[str, ...]) -> None:
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise UnreadableFile(path, "line 1", f"the column “{twice[0]}” appears twice")


def _rows(path: Path, lines: Iterator[list[str]], header: tuple[str, ...]) -> Iterator[Row]:
    for cells in lines:
        line: int = lines.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise UnreadableFile(
                path, f"line {line}", f"{len(cells)} cells where the header has {len(header)}"
            )
        yield Row(line, {column: tidy(cell) for column, cell in zip(header, cells, strict=True)})


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
