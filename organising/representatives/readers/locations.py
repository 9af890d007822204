"""Answers of Parliament's services about constituencies: the Members API (JSON) and the older MNIS (XML).

They add dates, names and numbers to seats that are known. Who sits there, the members' own files say with more.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from organising.representatives.readers.records import AreaRecord, Identifier, PartialDate, Rejection
from organising.representatives.readers.register_records import (
    LINKS,
    MNIS_CONSTITUENCY,
    RegisterRecords,
)
from organising.representatives.readers.registry import Reader, SourceText, refuse, register
from organising.representatives.readers.shape import Node
from organising.representatives.readers.sources import UnreadableFile, tidy

_SITS = "who sits in it: the files of members say so"


def _read_api(source: SourceText) -> RegisterRecords:
    root = Node.root(source.path, source.value)
    entries = [one.node("value") for one in root.nodes("items")] or [root.node("value")]
    places: list[AreaRecord] = []
    rejected: list[Rejection] = []
    for entry in entries:
        try:
            places.append(_constituency(entry))
        except ValueError as error:
            rejected.append(Rejection(entry.place, str(error)))
    sitting = sum(entry.members.get("currentRepresentation") is not None for entry in entries)
    return RegisterRecords(
        "members_api", LINKS, tuple(places), needs="constituencies_2024.csv", rejected=tuple(rejected),
        ignored={_SITS: sitting} if sitting else {},
    )  # fmt: skip


def _constituency(entry: Node) -> AreaRecord:
    number = entry.text("id")
    start, end = entry.find_text("startDate"), entry.find_text("endDate")
    return AreaRecord(
        key=number,
        kind="westminster",
        name=entry.text("name"),
        place=entry.place,
        role="completes",
        identifiers=(Identifier(MNIS_CONSTITUENCY, number),),
        start=PartialDate.parse(start[:10]) if start else None,
        end=PartialDate.parse(end[:10]) if end else None,
    )


def _value(source: SourceText) -> Any:
    """The first entry of an answer, whether it is one or a list."""
    value = source.value
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("items"), list) and value["items"] and isinstance(value["items"][0], dict):
        value = value["items"][0]
    return value.get("value")


def _has(source: SourceText, *names: str) -> bool:
    value = _value(source)
    return isinstance(value, dict) and set(names) <= set(value)


def _read_mnis(source: SourceText) -> RegisterRecords:
    places: list[AreaRecord] = []
    rejected: list[Rejection] = []
    members = 0
    for number, entry in enumerate(_parse(source).iter("Constituency"), start=1):
        place = f"constituency {number}"
        key, name = _text(entry, "Constituency_Id"), _text(entry, "Name")
        if not key.isdigit() or not name:
            rejected.append(Rejection(place, "no Constituency_Id or no Name"))
            continue
        members += len(entry.findall("RepresentingMembers/RepresentingMember"))
        places.append(
            AreaRecord(key, "westminster", name, place, "completes", (Identifier(MNIS_CONSTITUENCY, key),))
        )
    return RegisterRecords(
        "mnis", LINKS, tuple(places), needs="constituencies_2010_2024.csv and constituencies_2024.csv",
        rejected=tuple(rejected), ignored={_SITS: members} if members else {},
    )  # fmt: skip


def _parse(source: SourceText) -> ElementTree.Element:
    if "<!DOCTYPE" in source.text or "<!ENTITY" in source.text:
        raise UnreadableFile(source.path, "line 1", "a document type has no place in this file")
    try:
        return ElementTree.fromstring(source.text)  # noqa: S314 - no document type, so no entities
    except ElementTree.ParseError as error:
        line, column = error.position
        raise UnreadableFile(source.path, f"line {line}, column {column + 1}", "not valid XML") from None


def _text(entry: ElementTree.Element, name: str) -> str:
    return tidy(entry.findtext(name) or "")


register(Reader("members_api_location", lambda s: _has(s, "startDate", "currentRepresentation"), _read_api))
register(Reader("mnis_constituencies", lambda s: s.is_xml and "<Constituencies" in s.text[:500], _read_mnis))
register(
    Reader(
        "members_api_election",
        lambda s: _has(s, "electionId", "candidates"),
        refuse("the result of an election in one constituency: votes are not kept, only who took the seat"),
    )
)
register(
    Reader(
        "members_api_parties",
        lambda s: _has(s, "male", "female", "party"),
        refuse("numbers of seats by party: the product counts them itself from who sits"),
    )
)
