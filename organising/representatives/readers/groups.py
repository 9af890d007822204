"""All-party and cross-party groups: their register, and the table of their members.

What bites: rows that a search by machine proposed (`ai_search`) are unreliable, says their publisher, and are
refused; some rows bear only a name; groups also have members who sit nowhere (`other`).
"""

from __future__ import annotations

from typing import Final

from organising.representatives.names import fold
from organising.representatives.readers.office_records import (
    AffiliationRecord,
    BodyRecord,
    Holder,
    OfficeRecords,
)
from organising.representatives.readers.records import (
    GROUP_NAME,
    MNIS,
    PUBLICWHIP,
    Identifier,
    NameRecord,
    PartialDate,
    Rejection,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import Row

MEMBERS: Final = ("name", "twfy_id", "mnis_id", "appg", "member_type", "source")
REGISTER: Final = ("slug", "title", "parliament")
_UNRELIABLE: Final = "ai_search"
_SITTING: Final = frozenset({"mp", "lord", "msp", "ms", "mla"})


def read_members(source: SourceText) -> OfficeRecords:
    """Who belongs to which group. Raises UnreadableFile when a column is missing."""
    source.table.require(MEMBERS)
    holders: dict[str, Holder] = {}
    found: dict[str, AffiliationRecord] = {}
    rejected: list[Rejection] = []
    twice = 0
    for row in source.table.rows:
        try:
            holder = _holder(row)
        except ValueError as error:
            rejected.append(Rejection(row.place, str(error)))
            continue
        key = f"{holder.identifiers[0].scheme}:{holder.identifiers[0].value}"
        holders.setdefault(key, holder)
        member = _membership(row, key)
        first = found.get(member.source_id)
        twice += first is not None
        # The official register names offices; other sources only say that somebody belongs.
        if first is None or (first.role is None and member.role):
            found[member.source_id] = member
    return OfficeRecords(
        source="appg_members",
        holders=holders,
        bodies=tuple(
            BodyRecord("group", slug) for slug in sorted({row["appg"] for row in source.table.rows})
        ),
        affiliations=tuple(found.values()),
        complete_groups=True,
        rejected=tuple(rejected),
        ignored={"a member of a group named by several sources": twice} if twice else {},
    )


def _holder(row: Row) -> Holder:
    name = row["name"]
    if row["source"] == _UNRELIABLE:
        raise ValueError(f"{name} in {row['appg']}: found by a machine’s search, which is unreliable")
    if row["member_type"] not in _SITTING:
        raise ValueError(f"{name} in {row['appg']} does not sit in a parliament")
    if not name or not row["appg"]:
        raise ValueError("no name or no group")
    identifiers = []
    if row["twfy_id"]:
        identifiers.append(Identifier(PUBLICWHIP, row["twfy_id"]))
    if row["mnis_id"]:
        identifiers.append(Identifier(MNIS, row["mnis_id"].removesuffix(".0")))
    if not identifiers:
        identifiers.append(Identifier(GROUP_NAME, f"{row['member_type']}/{fold(name)}"))
    says = {
        "name": name,
        "group": row["appg"],
        "sits as": row["member_type"],
        "role": row.cells.get("officer_role", ""),
    }
    return Holder(
        tuple(identifiers), (NameRecord(name),), unknown="keep", place=row.place,
        says={key: value for key, value in says.items() if value},
    )  # fmt: skip


def _membership(row: Row, holder: str) -> AffiliationRecord:
    removed = row.cells.get("removed", "").casefold() == "true"
    updated = row.cells.get("last_updated") or None
    return AffiliationRecord(
        source_id=f"{row['appg']}/{holder}",
        holder=holder,
        kind="group",
        body=("group", row["appg"]),
        role=row.cells.get("officer_role") or None,
        end=PartialDate.parse(updated) if removed and updated else None,
    )


def read_register(source: SourceText) -> OfficeRecords:
    """The groups themselves. Raises UnreadableFile when a column is missing."""
    source.table.require(REGISTER)
    bodies: dict[str, BodyRecord] = {}
    rejected: list[Rejection] = []
    for row in source.table.rows:
        slug, title = row["slug"], row["title"]
        if not slug or not title:
            rejected.append(Rejection(row.place, "no slug or no title"))
            continue
        if slug in bodies:
            rejected.append(Rejection(row.place, f"{slug} appears twice"))
            continue
        bodies[slug] = BodyRecord(
            "group", slug, title, row["parliament"] or None, row.cells.get("purpose") or None,
            row.cells.get("source_url") or None,
        )  # fmt: skip
    return OfficeRecords(source="appg_register", bodies=tuple(bodies.values()), rejected=tuple(rejected))


def _is_members(source: SourceText) -> bool:
    return {"appg", "member_type", "twfy_id"} <= set(source.columns)


def _is_register(source: SourceText) -> bool:
    return {"slug", "title", "parliament", "categories"} <= set(source.columns)


register(Reader("appg_members", _is_members, read_members))
register(Reader("appg_register", _is_register, read_register))
