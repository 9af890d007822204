"""Police bodies and where they take freedom-of-information requests, in the fields of WhatDoTheyKnow.

What bites: many are long gone; a force goes by another name there (“Cumbria Constabulary” for Cumbria Police).
"""

from __future__ import annotations

import re
from typing import Any

from organising.representatives.names import fold
from organising.representatives.readers.cells import address
from organising.representatives.readers.records import Identifier, Rejection
from organising.representatives.readers.register_records import (
    BODIES,
    InstitutionRecord,
    RegisterRecords,
)
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.shape import Node

WDTK = "whatdotheyknow"
_COMMISSIONER = re.compile(r"Crime Commissioner\b|\AMayor's Office for Policing")
_FORCE = frozenset({"police", "constabulary", "service", "the", "mps", "and"})


def force_stem(name: str) -> str:
    """What is left of a force's name without the words for “police”: the key to recognise it by."""
    return " ".join(word for word in fold(name.replace("_", " ")).split() if word not in _FORCE)


def _read(source: SourceText) -> RegisterRecords:
    bodies: list[InstitutionRecord] = []
    rejected: list[Rejection] = []
    seen: set[str] = set()
    for entry in Node.root(source.path, {"bodies": source.value}).nodes("bodies"):
        place = entry.place.removeprefix("bodies")
        key = entry.find_text("WDTK_ID")
        if not key or key in seen or not entry.find_text("Name"):
            reason = f"{key} appears twice" if key in seen else "no WDTK_ID or no name"
            rejected.append(Rejection(place, reason))
            continue
        seen.add(key)
        bodies.append(_body(entry, key, place, rejected))
    return RegisterRecords(WDTK, BODIES, institutions=tuple(bodies), rejected=tuple(rejected))


def _body(entry: Node, key: str, place: str, rejected: list[Rejection]) -> InstitutionRecord:
    name, requests = entry.text("Name"), entry.find_text("FOI_Email_Address")
    if requests:
        try:
            requests = address(requests)
        except ValueError as error:
            rejected.append(Rejection(place, f"{error}; {name} is kept without"))
            requests = None
    wikidata = entry.find_text("WikiData_Identifier")
    # A body that is a known force is recognised by what is left of its name; see `register_institutions`.
    return InstitutionRecord(
        key=key,
        kind="police_commissioner" if _COMMISSIONER.search(name) else "other",
        name=name,
        place=place,
        identifiers=(Identifier(WDTK, key), *([Identifier("wikidata", wikidata)] if wikidata else [])),
        is_over=entry.members.get("Is_Defunct") is True,
        requests_email=requests,
        website=entry.find_text("Home_Page_URL"),
    )


def _is_ours(source: SourceText) -> bool:
    value: Any = source.value
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "WDTK_ID" in value[0]


register(Reader(WDTK, _is_ours, _read))
