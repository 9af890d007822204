"""Two lists about people on record: their official pages (with Parliament's number) and their social accounts.

XML of `<personinfo id="uk.org.publicwhip/person/N" …/>`. Someone who is not on record is left out and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

from organising.representatives.readers.office_records import Holder, OfficeRecords, ReachRecord
from organising.representatives.readers.records import MNIS, PUBLICWHIP, Identifier, Rejection
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.sources import UnreadableFile

_MEMBER = re.compile(r"https?://members\.parliament\.uk/member/(\d+)(?:/|\Z)", re.ASCII)
_PERSON = re.compile(r"uk\.org\.publicwhip/person/[1-9]\d*\Z", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,100}\Z", re.ASCII)
_ACCOUNTS = {
    "twitter_username": "https://x.com/{}",
    "bluesky_handle": "https://bsky.app/profile/{}",
    "instagram_username": "https://www.instagram.com/{}",
    "threads_username": "https://www.threads.net/@{}",
}
_PAGES = ("facebook_page",)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+\Z")


def read_profiles(source: SourceText) -> OfficeRecords:
    """Parliament's number of each person, and their accounts. Raises UnreadableFile for damaged XML."""
    holders: dict[str, Holder] = {}
    reach: list[ReachRecord] = []
    rejected: list[Rejection] = []
    ignored: Counter[str] = Counter()
    owners: dict[str, str] = {}
    for number, entry in enumerate(_entries(source), start=1):
        key, place = entry.get("id", ""), f"entry {number} ({entry.get('id', 'no id')})"
        if not _PERSON.match(key):
            rejected.append(Rejection(place, "its id is not a person’s"))
            continue
        if key in holders:
            rejected.append(Rejection(place, "appears twice"))
            continue
        identifiers = [Identifier(PUBLICWHIP, key)]
        found = _MEMBER.match(entry.get("profile_url_uk_parl", ""))
        if found and owners.setdefault(found[1], key) != key:
            rejected.append(Rejection(place, f"member {found[1]} is {owners[found[1]]} already"))
        elif found:
            identifiers.append(Identifier(MNIS, found[1]))
        accounts = list(_accounts(key, entry, place, rejected))
        reach.extend(accounts)
        if len(identifiers) == 1 and not accounts:
            ignored["an entry without Parliament’s number or an account"] += 1
        holders[key] = Holder(tuple(identifiers), unknown="ignore", place=place)
    return OfficeRecords(
        source="profiles",
        # After every file that brings people: it only says more of them.
        order=48,
        holders=holders,
        reach=tuple(reach),
        rejected=tuple(rejected),
        ignored=dict(ignored),
    )


def _accounts(
    key: str, entry: ElementTree.Element, place: str, rejected: list[Rejection]
) -> list[ReachRecord]:
    found = []
    for name, address in _ACCOUNTS.items():
        word = entry.get(name, "").strip().removeprefix("@")
        if word and _ADDRESS.match(word):
            found.append(ReachRecord(key, "social", url=word))
        elif word and _WORD.match(word):
            found.append(ReachRecord(key, "social", url=address.format(word)))
        elif word:
            rejected.append(Rejection(place, f"“{word}” is not the name of an account"))
    for name in _PAGES:
        url = entry.get(name, "").strip()
        if url and _ADDRESS.match(url):
            found.append(ReachRecord(key, "social", url=url))
        elif url:
            rejected.append(Rejection(place, f"“{url}” is not an address"))
    return found


def _entries(source: SourceText) -> list[ElementTree.Element]:
    if "<!DOCTYPE" in source.text or "<!ENTITY" in source.text:
        raise UnreadableFile(source.path, "", "XML with a document type is not taken")
    try:
        # Entities, which make XML dangerous, are refused above.
        root = ElementTree.fromstring(source.text.encode())  # noqa: S314
    except ElementTree.ParseError as error:
        line, column = error.position
        raise UnreadableFile(source.path, f"line {line}, column {column}", "not valid XML") from None
    return root.findall("personinfo")


def _is_profiles(source: SourceText) -> bool:
    return source.is_xml and "<personinfo" in source.text


register(Reader("profiles", _is_profiles, read_profiles))
