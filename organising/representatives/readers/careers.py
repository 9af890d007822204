"""Saved answers of Parliament's Members API about one member's career: Biography, Experience, Focus.

Terms and posts that parlparse tells as well bear the same numbers there, and are not told twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from organising.representatives.names import fold
from organising.representatives.parties import party_of
from organising.representatives.readers.members_api import SOURCE, date_of, first_of, member_of
from organising.representatives.readers.office_records import (
    AffiliationRecord,
    AreaHint,
    BodyRecord,
    Holder,
    OfficeRecord,
    OfficeRecords,
)
from organising.representatives.readers.records import MNIS, Identifier, PartialDate, PartyRecord, Rejection
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.shape import Node

# The list's name: kind of post, and parlparse's word for it in its ids.
_POSTS = {
    "governmentPosts": ("government", "GovernmentPost"),
    "oppositionPosts": ("opposition", "OppositionPost"),
    "otherPosts": ("parliamentary", "ParliamentaryPost"),
    "committeeMemberships": ("committee", "Committee"),
}
_HOUSES = {"1": ("house", "house-of-commons"), "2": ("house", "house-of-lords")}
_ELSEWHERE = {
    "electionsContested": "an election contested",
    "houseMemberships": "a membership of a house that its terms tell",
}


def read_biography(source: SourceText) -> OfficeRecords:
    """One member's seats, posts and committees. Raises UnreadableFile."""
    root = Node.root(source.path, source.value)
    number, value = member_of(root), root.node("value")
    rejected: list[Rejection] = []
    parties = _parties(value)
    offices = list(_seats(value, number, parties, rejected))
    bodies: dict[tuple[str, str], BodyRecord] = {}
    posts = list(_posts(value, number, bodies, rejected))
    ignored = Counter({words: sum(1 for _ in value.nodes(name)) for name, words in _ELSEWHERE.items()})
    return OfficeRecords(
        source=SOURCE,
        holders=_holders(number),
        parties=tuple(party for party, _, _ in parties),
        offices=tuple(offices),
        bodies=tuple(bodies.values()),
        affiliations=tuple(posts),
        rejected=tuple(rejected),
        ignored={what: times for what, times in ignored.items() if times},
    )


def _parties(value: Node) -> list[tuple[PartyRecord, PartialDate | None, PartialDate | None]]:
    return [
        (party_of(entry.text("name")), date_of(entry, "startDate"), date_of(entry, "endDate"))
        for entry in value.nodes("partyAffiliations")
    ]


def _seats(
    value: Node,
    number: str,
    parties: list[tuple[PartyRecord, PartialDate | None, PartialDate | None]],
    rejected: list[Rejection],
) -> Iterator[OfficeRecord]:
    for entry in value.nodes("representations"):
        try:
            start, end = _span(entry)
        except ValueError as error:
            rejected.append(Rejection(entry.place, str(error)))
            continue
        first = start.earliest if start else None
        party = next(
            (one.key for one, since, until in parties
             if first and (since is None or since.earliest <= first) and (until is None or first <= until.latest)),
            None,
        )  # fmt: skip
        yield OfficeRecord(
            source_id=f"{number}/{entry.text('id')}/{start or ''}",
            holder=number,
            kind="mp",
            area=AreaHint("westminster", entry.text("name"), on=first),
            party_key=party,
            start=start,
            end=end,
            place=entry.place,
            secondary=True,
        )


def _posts(
    value: Node, number: str, bodies: dict[tuple[str, str], BodyRecord], rejected: list[Rejection]
) -> Iterator[AffiliationRecord]:
    for name, (kind, word) in _POSTS.items():
        for entry in value.nodes(name):
            try:
                start, end = _span(entry)
            except ValueError as error:
                rejected.append(Rejection(entry.place, str(error)))
                continue
            title, body = entry.text("name"), _HOUSES.get(entry.find_text("house") or "")
            if kind == "committee":
                body = ("committee", fold(title).replace(" ", "-"))
            if body:
                named = (
                    title
                    if kind == "committee"
                    else body[1].replace("-", " ").title().replace(" Of ", " of ")
                )
                bodies[body] = BodyRecord(*body, named)
            yield AffiliationRecord(
                source_id=f"uk.parliament.data/Member/{number}/{word}/{entry.text('id')}",
                holder=number,
                kind=kind,
                body=body,
                role=None if kind == "committee" else title,
                start=start,
                end=end,
            )


def read_experience(source: SourceText) -> OfficeRecords:
    """What one member did before and beside. Raises UnreadableFile."""
    root = Node.root(source.path, source.value)
    number = member_of(root)
    found, rejected = [], []
    for entry in root.nodes("value"):
        try:
            start, end = _months(entry, "start"), _months(entry, "end")
            if start and end and end.latest < start.earliest:
                raise ValueError(f"ends in {end} before it starts in {start}")
        except ValueError as error:
            rejected.append(Rejection(entry.place, str(error)))
            continue
        words = [entry.find_text("title"), entry.find_text("organisation")]
        found.append(
            AffiliationRecord(
                source_id=f"experience/{number}/{entry.text('id')}",
                holder=number,
                kind="experience",
                role=", ".join(word for word in words if word) or None,
                start=start,
                end=end,
            )
        )
    return OfficeRecords(
        source=SOURCE, holders=_holders(number), affiliations=tuple(found), rejected=tuple(rejected)
    )


def read_focus(source: SourceText) -> OfficeRecords:
    """What one member says to care about. Raises UnreadableFile."""
    root = Node.root(source.path, source.value)
    number = member_of(root)
    found = [
        AffiliationRecord(
            source_id=f"focus/{number}/{entry.text('category')}",
            holder=number,
            kind="interest",
            role=f"{entry.text('category')}: {'; '.join(entry.texts('focus'))}",
        )
        for entry in root.nodes("value")
    ]
    return OfficeRecords(source=SOURCE, holders=_holders(number), affiliations=tuple(found))


def _holders(number: str) -> dict[str, Holder]:
    return {number: Holder((Identifier(MNIS, number),), unknown="keep", place=f"member {number}")}


def _span(entry: Node) -> tuple[PartialDate | None, PartialDate | None]:
    start, end = date_of(entry, "startDate"), date_of(entry, "endDate")
    if start and end and end.latest < start.earliest:
        raise ValueError(f"ends on {end} before it starts on {start}")
    return start, end


def _months(entry: Node, name: str) -> PartialDate | None:
    year, month = entry.find_text(f"{name}Year"), entry.find_text(f"{name}Month")
    if not year:
        return None
    return PartialDate.parse(f"{int(year):04d}-{int(month):02d}" if month else f"{int(year):04d}")


def _is_biography(source: SourceText) -> bool:
    value = source.value.get("value") if "value" in source.members else None
    return isinstance(value, dict) and {"representations", "committeeMemberships"} <= set(value)


register(Reader("members_api_biography", _is_biography, read_biography))
register(
    Reader(
        "members_api_experience",
        lambda s: {"startYear", "organisation"} <= {*first_of(s, "value")},
        read_experience,
    )
)
register(Reader("members_api_focus", lambda s: {"category", "focus"} <= {*first_of(s, "value")}, read_focus))
