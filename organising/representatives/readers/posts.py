"""Posts in government, opposition and committees, as parlparse keeps them: `ministers-2010`, `sp-ministers`.

What bites: some posts end before they start; ids repeat for several spells in one post; an absent end means held
on the file's day; the Scottish file is a bare list whose `person_id` is a list, empty where nobody was matched.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from organising.representatives.readers.office_records import (
    AffiliationRecord,
    BodyRecord,
    Holder,
    OfficeRecords,
)
from organising.representatives.readers.records import PUBLICWHIP, Identifier, PartialDate, Rejection
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.shape import Node
from organising.representatives.readers.sources import UnreadableFile

_KINDS = {
    "datadotparl/committee": "committee",
    "datadotparl/oppositionpost": "opposition",
    "datadotparl/governmentpost": "government",
    "datadotparl/parliamentarypost": "parliamentary",
}
_HOUSES = {"house-of-commons", "house-of-lords", "scottish-parliament"}
_SCOTTISH = "scot.parliament.data/"
_OPEN_ENDED = "9999"


def read_posts(source: SourceText) -> OfficeRecords:
    """Every post whose dates are possible. Raises UnreadableFile where the shape is another one."""
    value = source.value
    scottish = isinstance(value, list)
    root = Node.root(source.path, {"memberships": value} if scottish else value)
    bodies = {one.text("id"): one.find_text("name") for one in root.nodes("organizations")}
    reading = _Reading(bodies)
    for entry in root.nodes("memberships", required=True):
        try:
            reading.take(entry)
        except ValueError as error:
            reading.rejected.append(
                Rejection(f"{entry.place} ({entry.find_text('id') or 'no id'})", str(error))
            )
    return reading.records("parlparse_scottish_posts" if scottish else "parlparse_posts")


class _Reading:
    def __init__(self, names: dict[str, str | None]) -> None:
        self.names = names
        self.holders: dict[str, Holder] = {}
        self.posts: dict[str, AffiliationRecord] = {}
        self.bodies: dict[tuple[str, str], BodyRecord] = {}
        self.rejected: list[Rejection] = []
        self.ignored: Counter[str] = Counter()

    def take(self, entry: Node) -> None:
        """Take one post. Raises ValueError with the reason."""
        person = _person(entry)
        start, end = _date(entry, "start_date"), _date(entry, "end_date")
        if start and end and end.latest < start.earliest:
            raise ValueError(f"ends on {end} before it starts on {start}")
        origin = entry.find_text("source") or ""
        kind = "government" if entry.text("id").startswith(_SCOTTISH) else _KINDS.get(origin)
        if kind is None:
            raise ValueError(f"“{origin}” is not a kind of post that is known")
        post = AffiliationRecord(
            source_id=entry.text("id"),
            holder=person,
            kind=kind,
            body=self._body(entry.find_text("organization_id")),
            role=entry.find_text("role"),
            start=start,
            end=end,
        )
        self._keep(post)
        self.holders.setdefault(person, Holder((Identifier(PUBLICWHIP, person),), unknown="keep"))

    def _keep(self, post: AffiliationRecord) -> None:
        """One id may stand for several spells, and for the same one twice."""
        first = self.posts.setdefault(post.source_id, post)
        if first is post:
            return
        if first == post:
            self.ignored["a post told twice in the same words"] += 1
            return
        key = f"{post.source_id}@{post.start or ''}"
        if key in self.posts:
            raise ValueError("the same post from the same day has two ends")
        self.posts[key] = AffiliationRecord(
            key, post.holder, post.kind, post.body, post.role, post.start, post.end
        )

    def _body(self, key: str | None) -> tuple[str, str] | None:
        if not key:
            return None
        kind = "house" if key in _HOUSES else "committee"
        known = "Scottish Parliament" if key == "scottish-parliament" else None
        self.bodies[kind, key] = BodyRecord(kind, key, self.names.get(key) or known)
        return kind, key

    def records(self, source: str) -> OfficeRecords:
        return OfficeRecords(
            source=source,
            holders=self.holders,
            bodies=tuple(self.bodies.values()),
            affiliations=tuple(self.posts.values()),
            rejected=tuple(self.rejected),
            ignored=dict(self.ignored),
        )


def _person(entry: Node) -> str:
    value: Any = entry.members.get("person_id")
    if isinstance(value, list):
        if len(value) != 1 or not isinstance(value[0], str):
            raise ValueError(
                "names nobody" if not value else f"names {len(value)} people, and one can hold it"
            )
        return value[0]
    return entry.text("person_id")


def _date(entry: Node, name: str) -> PartialDate | None:
    text = entry.find_text(name)
    return PartialDate.parse(text) if text and not text.startswith(_OPEN_ENDED) else None


def _is_posts(source: SourceText) -> bool:
    value = source.value
    if isinstance(value, dict):
        return source.members == {"memberships", "organizations"}
    return bool(isinstance(value, list) and value and _looks_like_post(value[0]))


def _looks_like_post(entry: Any) -> bool:
    return isinstance(entry, dict) and {"person_id", "organization_id", "role"} <= set(entry)


def _read(source: SourceText) -> OfficeRecords:
    records = read_posts(source)
    if not records.affiliations:
        raise UnreadableFile(source.path, "$", "there is no post in it that can be taken")
    return records


register(Reader("posts", _is_posts, _read))
