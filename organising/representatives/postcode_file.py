"""Reading a table of postcodes: ONS's directory (ONSPD), its shorter look-ups, or any CSV with their column names.

ONS renames columns with each year (``oslaua``, ``lad23cd``, ``lad25cd``), so a column is known by its stem.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from operator import itemgetter
from pathlib import Path
from string import ascii_uppercase, digits
from typing import IO, NamedTuple, cast

from organising.representatives.postcode_format import is_shaped, spaced

CHUNK = 50_000
MOST_SHOWN = 20
POSTCODE_COLUMNS = ("pcds", "pcd8", "pcd7", "pcd", "pcd2", "postcode")
END_COLUMN = "doterm"
# What each area's column may be called, without a year.
STEMS = {
    "constituency": ("pcon", "pconcd"),
    "country": ("ctry", "ctrycd"),
    "county": ("oscty", "cty", "ctycd"),
    "authority": ("oslaua", "laua", "lad", "ladcd"),
    "ward": ("osward", "ward", "wd", "wdcd"),
    "police_force": ("pfa", "pfacd"),
    "health_board": ("icb", "icbcd", "stp", "stpcd"),
}
_YEAR = re.compile(r"\d\d(?=cd$|nm$|$)")
_CODE = re.compile(r"[A-Z]\d{8}")
_INWARDS = {
    "".join(one): place for place, one in enumerate(product(digits, ascii_uppercase, ascii_uppercase))
}


class UnusableFile(Exception):
    """The file can't be taken; ``str()`` says why, ``lines`` which of its lines are bad, up to 20."""

    def __init__(self, reason: str, lines: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.lines = lines


class Place(NamedTuple):
    """Areas that occur together, by GSS code; the columns of ``postcode_place``."""

    constituency: str = ""
    country: str = ""
    county: str = ""
    authority: str = ""
    ward: str = ""
    police_force: str = ""
    health_board: str = ""


@dataclass(frozen=True)
class Chunk:
    """Some rows as three lists joined by commas: keys, places (numbers in the file's list), ends (dates or nothing)."""

    rows: int
    keys: str
    places: str
    ends: str


class SeenPostcodes:
    """Which postcodes a file has, exactly, in a bit of memory: a page for each first half, a byte for each second."""

    def __init__(self) -> None:
        self._pages: dict[str, bytearray] = {}

    def add(self, key: str) -> bool:
        """Note ``key``; returns whether it is new."""
        page = self._pages.get(key[:-3])
        if page is None:
            page = self._pages[key[:-3]] = bytearray(len(_INWARDS))
        place = _INWARDS[key[-3:]]
        if page[place]:
            return False
        page[place] = 1
        return True

    def __contains__(self, key: str) -> bool:
        page = self._pages.get(key[:-3])
        return page is not None and bool(page[_INWARDS[key[-3:]]])


@dataclass
class PostcodeFile:
    """A table of postcodes as read. ``columns``: which of a place's fields, and ``terminated``, it speaks of."""

    name: str
    columns: frozenset[str] = frozenset()
    places: list[Place] = field(default_factory=list)
    rows_of_place: list[int] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    seen: SeenPostcodes = field(default_factory=SeenPostcodes)
    rows: int = 0
    terminated: int = 0
    left_out: list[str] = field(default_factory=list)
    left_out_count: int = 0

    @property
    def without_constituency(self) -> int:
        """How many of its postcodes lie in no constituency, so far as it knows."""
        pairs = zip(self.places, self.rows_of_place, strict=True)
        return sum(rows for place, rows in pairs if not place.constituency)


def read_postcodes(path: Path, *, skip_bad: bool = False) -> PostcodeFile:
    """Read a CSV of postcodes, plain or gzip. Raises :class:`UnusableFile`; with ``skip_bad`` bad lines are left out."""
    try:
        with _opened(path) as stream:
            found = parse_postcodes(stream, path.name)
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableFile(f"{path.name} can't be read: {error}") from None
    except UnicodeDecodeError:
        raise UnusableFile(f"{path.name} is not text in UTF-8") from None
    except csv.Error as error:
        raise UnusableFile(f"{path.name} is not CSV: {error}") from None
    if found.left_out_count and not skip_bad:
        raise UnusableFile(
            f"{path.name}: {found.left_out_count:,} bad lines; nothing was taken (--skip-bad leaves them out)",
            found.left_out,
        )
    if not found.rows:
        raise UnusableFile(f"{path.name} has no postcodes below its header")
    return found


def parse_postcodes(stream: Iterable[str], name: str) -> PostcodeFile:
    """Read the lines of a CSV, of which the first names the columns."""
    reader = csv.reader(stream, strict=True)
    header = [one.strip().lower() for one in next(reader, [])]
    postcode, ends, areas = _columns(header, name)
    columns = frozenset(areas) | ({"terminated"} if ends is not None else set())
    found = PostcodeFile(name, columns)
    _Rows(found, postcode, ends, areas).take(reader)
    return found


class _Rows:
    """The loop over a million rows: all that can be looked up instead of worked out again, is."""

    def __init__(self, found: PostcodeFile, postcode: int, ends: int | None, areas: dict[str, int]) -> None:
        self.found, self.postcode, self.ends, self.areas = found, postcode, ends, areas
        self.last = max([postcode, ends or 0, *areas.values()])
        # Twice the postcode's column where there is no other, since itemgetter of one gives no tuple.
        self.pick = itemgetter(*(list(areas.values()) or [postcode]), ends if ends is not None else postcode)
        self.known: dict[tuple[str, ...], int] = {}
        self.numbers: dict[Place, int] = {}
        self.months: dict[str, str] = {"": ""}

    def take(self, reader: Iterator[list[str]]) -> None:
        keys: list[str] = []
        places: list[str] = []
        ends: list[str] = []
        add = self.found.seen.add
        for row in reader:
            try:
                if len(row) <= self.last:
                    if not row:
                        continue
                    raise ValueError(f"{len(row)} columns, of which the header names more")
                key = row[self.postcode].replace(" ", "").upper()
                if not is_shaped(key):
                    raise ValueError(f"“{row[self.postcode][:20]}” is not a postcode")
                end = self._month(row[self.ends]) if self.ends is not None else ""
                place = self._place(row)
                if not add(key):
                    raise ValueError(f"{spaced(key)} stands on an earlier line too")
            except ValueError as error:
                self._leave_out(getattr(reader, "line_num", 0), str(error))
                continue
            keys.append(key)
            places.append(str(place))
            ends.append(end)
            self.found.rows_of_place[place] += 1
            if len(keys) == CHUNK:
                self._close(keys, places, ends)
                keys, places, ends = [], [], []
        if keys:
            self._close(keys, places, ends)

    def _close(self, keys: list[str], places: list[str], ends: list[str]) -> None:
        self.found.rows += len(keys)
        self.found.terminated += sum(1 for end in ends if end)
        self.found.chunks.append(Chunk(len(keys), ",".join(keys), ",".join(places), ",".join(ends)))

    def _place(self, row: list[str]) -> int:
        raw = self.pick(row)[:-1] if self.areas else ()
        number = self.known.get(raw)
        if number is None:
            place = Place(**{area: _code(row[column]) for area, column in self.areas.items()})
            number = self.known[raw] = self.numbers.setdefault(place, len(self.numbers))
            if number == len(self.found.places):
                self.found.places.append(place)
                self.found.rows_of_place.append(0)
        return number

    def _month(self, written: str) -> str:
        """``199606`` → ``1996-06-01``."""
        end = self.months.get(written)
        if end is None:
            if not re.fullmatch(r"(19[5-9]|20\d)\d(0[1-9]|1[0-2])", written.strip()):
                raise ValueError(f"“{written[:20]}” is not a month such as 201906")
            end = self.months[written] = f"{written.strip()[:4]}-{written.strip()[4:]}-01"
        return end

    def _leave_out(self, line: int, reason: str) -> None:
        self.found.left_out_count += 1
        if len(self.found.left_out) < MOST_SHOWN:
            self.found.left_out.append(f"line {line:,}: {reason}")


def _code(written: str) -> str:
    """A GSS code; the pseudo codes of ONS, such as E99999999, say that there is none."""
    code = written.strip().upper()
    if code and not _CODE.fullmatch(code):
        raise ValueError(f"“{written[:20]}” is not an area's code such as E14001063")
    return "" if code.endswith("99999999") else code


def _columns(header: list[str], name: str) -> tuple[int, int | None, dict[str, int]]:
    """Where the postcode, the end and each area stand."""
    if not any(header):
        raise UnusableFile(f"{name} is empty")
    if header[0][:1] in "{[<":
        raise UnusableFile(
            f"{name} is not CSV. A table of ranges, such as pcon_2024.json, is refused too: it also answers for postcodes "
            "that do not exist"
        )
    if any(is_shaped(one.replace(" ", "").upper()) for one in header):
        raise UnusableFile(
            f"{name} has no header: its first line must name the columns, such as pcds and pcon24cd"
        )
    places = {one: place for place, one in reversed(list(enumerate(header)))}
    postcode = next((places[one] for one in POSTCODE_COLUMNS if one in places), None)
    if postcode is None:
        if any(one.startswith(("outcode", "outward", "district")) for one in header):
            raise UnusableFile(
                f"{name} lists first halves of postcodes, which can lie in several constituencies; a table of whole "
                "postcodes is needed"
            )
        raise UnusableFile(
            f"{name} has no column of postcodes ({', '.join(POSTCODE_COLUMNS)}); it has {', '.join(header)[:200]}"
        )
    areas = {area: column for area in STEMS if (column := _newest(header, STEMS[area])) is not None}
    return postcode, places.get(END_COLUMN), areas


def _newest(header: list[str], stems: Sequence[str]) -> int | None:
    """The column of one of these names; of several years the last."""
    found = [
        ((year[0] if (year := _YEAR.search(one)) else ""), place)
        for place, one in enumerate(header)
        if _YEAR.sub("", one) in stems
    ]
    return max(found)[1] if found else None


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    if path.is_dir():
        raise UnusableFile(f"{path.name} is a folder")
    with path.open("rb") as raw:
        magic = raw.read(4)
    if magic[:2] == b"PK":
        raise UnusableFile(f"{path.name} is a ZIP archive: unpack it and name the CSV within")
    with gzip.open(path, "rb") if magic[:2] == b"\x1f\x8b" else path.open("rb") as opened:
        yield io.TextIOWrapper(cast(IO[bytes], opened), encoding="utf-8-sig", newline="")
