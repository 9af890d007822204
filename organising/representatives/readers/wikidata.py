"""The Popolo of members of one parliament that was made from Wikidata: names and labels by language, Q-numbers.

It brings Wikidata's numbers and accounts of people on record. Its terms are told better by parlparse; they only
help to recognise who is meant where a number is not on record.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from organising.representatives.readers.office_records import Holder, OfficeRecords, ReachRecord
from organising.representatives.readers.records import Identifier, NameRecord
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.shape import Node

WIKIDATA = "wikidata"


def read_wikidata(source: SourceText) -> OfficeRecords:
    """The people of the file. Raises UnreadableFile where the shape is another one."""
    root = Node.root(source.path, source.value)
    seats = {one.text("id"): _label(one.node("name")) for one in root.nodes("areas", required=True)}
    sat: dict[str, list[str]] = {}
    for entry in root.nodes("memberships", required=True):
        words = (
            f"{seats.get(entry.find_text('area_id') or '', 'a seat')} from {entry.find_text('start_date')}"
        )
        sat.setdefault(entry.text("person_id"), []).append(words)
    holders: dict[str, Holder] = {}
    reach: list[ReachRecord] = []
    for entry in root.nodes("persons", required=True):
        key, name = entry.text("id"), _label(entry.node("name"))
        holders[key] = Holder(
            (Identifier(WIKIDATA, key),), (NameRecord(name),), unknown="ignore", place=entry.place,
            says={"name": name, "sat for": "; ".join(sat.get(key, []))},
        )  # fmt: skip
        for link in entry.nodes("links"):
            url = link.find_text("url")
            if url and url.startswith(("https://", "http://")):
                reach.append(ReachRecord(key, "social", url=url))
    told = Counter({"a term that parlparse tells": sum(map(len, sat.values()))})
    told["an area or organization"] = len(seats) + sum(1 for _ in root.nodes("organizations"))
    return OfficeRecords(source="wikidata", order=45, holders=holders, reach=tuple(reach), ignored=dict(told))


def _label(name: Node) -> str:
    return name.find_text("lang:en") or next(
        (text for key in name.members if (text := name.find_text(key))), "no name"
    )


def _is_wikidata(source: SourceText) -> bool:
    value: Any = source.value
    if not (source.members >= {"persons", "memberships", "areas"} and "posts" not in source.members):
        return False
    people = value["persons"]
    return bool(isinstance(people, list) and people and isinstance(people[0], dict)
                and isinstance(people[0].get("name"), dict))  # fmt: skip


register(Reader("wikidata", _is_wikidata, read_wikidata))
