"""Readers of published files about representatives: a path in, frozen records out, or one clear error."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten

# Each of these modules registers its formats.
from organising.representatives.readers import (
    acts,
    careers,
    code_names,
    constituencies,
    current_mps,
    elections,
    elsewhere,
    groups,
    health,
    hexagons,
    institutions,
    local_authorities,
    locations,
    members_api,
    mp_table,
    offices_table,
    old_seats,
    overlaps,
    parliament_periods,
    police_bodies,
    popolo,
    posts,
    profiles,
    responsibilities,
    theyworkforyou,
    wikidata,
)
from organising.representatives.readers.records import SourceRecords
from organising.representatives.readers.registry import (
    Reader,
    Records,
    SourceText,
    find_reader,
    open_source,
    register,
)
from organising.representatives.readers.sources import UnreadableFile

__all__ = [
    "Reader",
    "Records",
    "SourceRecords",
    "SourceText",
    "UnreadableFile",
    "acts",
    "careers",
    "code_names",
    "constituencies",
    "current_mps",
    "detect",
    "elections",
    "elsewhere",
    "groups",
    "health",
    "hexagons",
    "institutions",
    "local_authorities",
    "locations",
    "members_api",
    "mp_table",
    "offices_table",
    "old_seats",
    "open_source",
    "overlaps",
    "parliament_periods",
    "police_bodies",
    "popolo",
    "posts",
    "profiles",
    "read_any",
    "read_source",
    "register",
    "responsibilities",
    "theyworkforyou",
    "wikidata",
]


def detect(path: Path | str) -> str:
    """The name of the file's format, told by its content. Raises UnreadableFile for anything unknown."""
    source = open_source(path)
    return _reader(source).name


def read_any(path: Path | str) -> Records:
    """Read a file of any known format. Raises UnreadableFile; nothing partial is ever returned."""
    source = open_source(path)
    return _reader(source).read(source)


def read_source(path: Path | str) -> SourceRecords:
    """Read a file about people. Raises UnreadableFile, also for one that tells of something else."""
    records = read_any(path)
    if not isinstance(records, SourceRecords):
        raise UnreadableFile(path, "", f"this file ({records.source}) is not about people")
    return records


def _reader(source: SourceText) -> Reader:
    found = find_reader(source)
    if found is None:
        raise _unknown(source)
    return found


def _unknown(source: SourceText) -> UnreadableFile:
    if source.is_xml:
        return UnreadableFile(
            source.path, "line 1", "this is XML or HTML; representatives come as JSON or CSV"
        )
    if source.is_json:
        value = source.value
        found = f"the members {', '.join(list(value)[:6])}" if isinstance(value, dict) else "a list"
        reason = (
            f"not a Popolo file of representatives: expected an object with {', '.join(popolo.KEYS)}; "
            f"found {found}"
        )
        return UnreadableFile(source.path, "$", reason)
    return _unknown_table(source)


def _unknown_table(source: SourceText) -> UnreadableFile:
    """Of a text that is no JSON: prose, such as the note that lies beside the data in a folder, or another's table."""
    if len(source.columns) < 2:
        first = shorten(next(iter(source.text.strip().splitlines()), ""), 60, placeholder="…")
        return UnreadableFile(
            source.path, "line 1", f"not a table: “{first}” names no columns; published files are CSV or JSON"
        )
    try:
        columns = source.table.columns
    except UnreadableFile as error:
        return UnreadableFile(source.path, error.place, f"not a table: {error.reason}")
    seen = ", ".join(f"“{column}”" for column in columns[:6])
    return UnreadableFile(
        source.path,
        "line 1",
        f"not a table of representatives that this product knows; its columns are {seen}",
    )
