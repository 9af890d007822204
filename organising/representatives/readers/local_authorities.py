"""The register of local authorities, past and present, and the table of all codes that they had.

What bites: the authorities that Northern Ireland had before 2015 have no code; several may replace one; alternative names are
separated by commas, which names have too.
"""

from __future__ import annotations

from typing import Final

from organising.representatives.names import fold
from organising.representatives.readers.cells import GSS_CODE, day, each, gss
from organising.representatives.readers.records import GSS, AreaRecord, Identifier, PartialDate, Rejection
from organising.representatives.readers.register_records import (
    AREAS,
    LA_REGISTER,
    LAYOUTS,
    InstitutionRecord,
    RegisterRecords,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import Row

COLUMNS: Final = (
    "local-authority-code", "official-name", "nice-name", "gss-code", "start-date", "end-date", "replaced-by",
    "nation", "region", "local-authority-type", "alt-names", "former-gss-codes", "current-authority",
)  # fmt: skip
CODES: Final = ("gss-code", "local-authority-code")
# Combined authorities and the Greater London Authority lie over the councils of their area.
_COMBINED = frozenset({"COMB", "SRA"})


def _read(source: SourceText) -> RegisterRecords:
    source.table.require(COLUMNS)
    taken, rejected = each(source.table.rows, _entry)
    known = {body.key for _, body in taken}
    for row in source.table.rows:
        gone = [one for one in _listed(row["replaced-by"]) if one not in known]
        if gone:
            rejected.append(Rejection(row.place, f"replaced by {gone[0]}, which is not in the file"))
    divided = sum(len(_listed(row["replaced-by"])) > 1 for row in source.table.rows)
    ignored = (
        {"a council replaced by several: none of them alone is its successor": divided} if divided else {}
    )
    return RegisterRecords(
        "local_authorities", AREAS, tuple(place for place, _ in taken), tuple(body for _, body in taken),
        rejected=tuple(rejected), ignored=ignored,
    )  # fmt: skip


def _entry(row: Row) -> tuple[AreaRecord, InstitutionRecord]:
    key, name = row["local-authority-code"], row["nice-name"]
    if not key or not name:
        raise ValueError("no code" if not key else f"{key} has no name")
    start, end = day(row["start-date"]), day(row["end-date"])
    if start and end and start > end:
        raise ValueError(f"{name} ends on {end}, before it starts on {start}")
    code = gss(row["gss-code"]) if row["gss-code"] else None
    former = [one for one in _listed(row["former-gss-codes"]) if GSS_CODE.match(one)]
    codes = (Identifier(LA_REGISTER, key), *(Identifier(GSS, one) for one in (code, *former) if one))
    place = AreaRecord(
        key=key,
        kind="combined_authority" if row["local-authority-type"] in _COMBINED else "local_authority",
        name=name,
        place=row.place,
        identifiers=codes,
        gss_code=code,
        other_names=_spellings(row),
        region=row["region"] or None,
        country=row["nation"] or None,
        start=PartialDate.of(start) if start else None,
        end=PartialDate.of(end) if end else None,
    )
    replaced = [one for one in _listed(row["replaced-by"]) if one != key]
    body = InstitutionRecord(
        key=key,
        kind="local_authority",
        name=row["official-name"] or name,
        place=row.place,
        identifiers=codes,
        other_names=(name,),
        area_key=key,
        successor_key=replaced[0] if len(replaced) == 1 else None,
        started_on=start,
        ended_on=end,
        is_over=row["current-authority"] == "False",
    )
    return place, body


def _spellings(row: Row) -> tuple[str, ...]:
    """Other names that are no other spelling of the same, and no part of one that holds a comma."""
    if "," in row["nice-name"]:
        return ()
    taken = {fold(row["nice-name"]), fold(row["official-name"])}
    return tuple(
        one for one in _listed(row["alt-names"]) if one[:1].isupper() and fold(one) not in taken
    )  # fmt: skip


def _listed(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(",") if one.strip()]


def _read_codes(source: SourceText) -> RegisterRecords:
    source.table.require(CODES)
    taken, rejected = each(source.table.rows, _code)
    return RegisterRecords(
        "local_authority_codes", LAYOUTS, tuple(taken), rejected=tuple(rejected),
        needs="uk_local_authorities_current.csv",
    )  # fmt: skip


def _code(row: Row) -> AreaRecord:
    code, key = gss(row["gss-code"]), row["local-authority-code"]
    return AreaRecord(
        key=code,
        kind="combined_authority" if code.startswith(("E47", "E61")) else "local_authority",
        name="",
        place=row.place,
        role="completes",
        identifiers=(Identifier(LA_REGISTER, key), Identifier(GSS, code)),
    )


register(
    Reader("local_authorities", lambda s: {"local-authority-code", "official-name"} <= {*s.columns}, _read)
)
register(Reader("local_authority_codes", lambda s: {*s.columns} == {*CODES}, _read_codes))
