"""What Parliament publishes of motions, divisions and written questions, as saved from its interfaces.

Commons votes: `division/N.json` (`DivisionId, Date, Title, AyeCount, NoCount, Ayes[], Noes[], AyeTellers[] …`) or a search
result, which lists no names. Lords votes: the same in lower case, contents and not-contents. Early day motions: the list
`{PagingInfo, Response[]}` or one motion with `Sponsors[]`. Written questions: `results[].value{id, askingMemberId, …}`.
The lists of a division can fall short of its official figures: both are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from organising.representatives.readers.records import Rejection
from organising.representatives.readers.registry import Reader, SourceText, register
from organising.representatives.readers.shape import Node
from organising.representatives.readers.sources import UnreadableFile

COMMONS_VOTES, LORDS_VOTES, EDMS, QUESTIONS = "commons-votes", "lords-votes", "edms", "written-questions"


@dataclass(frozen=True, slots=True)
class ActRecord:
    """A member's part in an item; ``member`` is Parliament's own number of them."""

    member: str
    part: str
    happened_on: date
    place: int | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """A motion, division or question with the parts that members took in it. ``complete``: no part is missing."""

    kind: str
    source_id: str
    title: str
    happened_on: date
    number: str | None = None
    words: str | None = None
    answer: str | None = None
    answering_body: str | None = None
    url: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    acts: tuple[ActRecord, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class ActRecords:
    """All that one file says of items."""

    source: str
    items: tuple[ItemRecord, ...]
    rejected: tuple[Rejection, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
    order: ClassVar[int] = 50


def _day(node: Node, name: str) -> date:
    text = node.text(name)
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise UnreadableFile(node.file, f"{node.path}.{name}", f"“{text}” is not a date") from None


def _find_day(node: Node, name: str) -> date | None:
    return _day(node, name) if node.find_text(name) else None


def _number(node: Node, name: str) -> int | None:
    text = node.find_text(name)
    return int(text) if text and text.isdigit() else None


def _division(node: Node, names: Mapping[str, str], url: str) -> ItemRecord:
    day = _day(node, names["date"])
    lists = (("aye", names["ayes"]), ("no", names["noes"]),
             ("teller_aye", names["aye_tellers"]), ("teller_no", names["no_tellers"]))  # fmt: skip
    acts = tuple(
        ActRecord(one.text(names["member"]), part, day) for part, key in lists for one in node.nodes(key)
    )
    counts = {
        "ayes": _number(node, names["aye_count"]),
        "noes": _number(node, names["no_count"]),
        "ayes_listed": sum(one.part == "aye" for one in acts),
        "noes_listed": sum(one.part == "no" for one in acts),
    }
    number = node.text(names["id"])
    return ItemRecord(
        kind="division",
        source_id=number,
        title=node.text(names["title"]),
        happened_on=day,
        number=node.find_text(names["number"]),
        url=url.format(number),
        counts={name: count for name, count in counts.items() if count is not None},
        acts=acts,
        # A search result names the tellers only.
        complete=any(one.part in ("aye", "no") for one in acts),
    )


_COMMONS = {
    "id": "DivisionId", "date": "Date", "title": "Title", "number": "Number", "member": "MemberId", "ayes": "Ayes", "noes": "Noes",
    "aye_tellers": "AyeTellers", "no_tellers": "NoTellers", "aye_count": "AyeCount", "no_count": "NoCount",
}  # fmt: skip
_LORDS = {
    "id": "divisionId", "date": "date", "title": "title", "number": "number", "member": "memberId", "ayes": "contents",
    "noes": "notContents", "aye_tellers": "contentTellers", "no_tellers": "notContentTellers",
    "aye_count": "authoritativeContentCount", "no_count": "authoritativeNotContentCount",
}  # fmt: skip


def _divisions(source: SourceText, name: str, keys: Mapping[str, str], url: str) -> ActRecords:
    items = tuple(_division(node, keys, url) for node in _each(source))
    return ActRecords(name, items)


def _each(source: SourceText) -> Iterator[Node]:
    """The objects of a list, or the one object."""
    if isinstance(source.value, list):
        yield from Node.root(source.path, {"items": source.value}).nodes("items")
    else:
        yield Node.root(source.path, source.value)


def _motion(node: Node) -> ItemRecord:
    tabled = _day(node, "DateTabled")
    sponsors = list(node.nodes("Sponsors"))
    acts = [
        ActRecord(
            one.text("MemberId"),
            "sponsor" if _number(one, "SponsoringOrder") == 1 else "signature",
            _find_day(one, "CreatedWhen") or tabled,
            _number(one, "SponsoringOrder"),
            (_find_day(one, "WithdrawnDate") or tabled) if one.members.get("IsWithdrawn") is True else None,
        )
        for one in sponsors
    ]
    if not acts and (member := node.find_text("MemberId")):
        acts = [ActRecord(member, "sponsor", tabled, 1)]
    number = node.text("Id")
    count = _number(node, "SponsorsCount")
    return ItemRecord(
        kind="edm",
        source_id=number,
        title=node.text("Title"),
        happened_on=tabled,
        number=node.find_text("UINWithAmendmentSuffix") or node.find_text("UIN"),
        words=node.find_text("MotionText"),
        url=f"https://edm.parliament.uk/early-day-motion/{number}",
        counts={"signatures": count} if count is not None else {},
        acts=tuple(acts),
        complete=bool(sponsors),
    )


def _motions(source: SourceText) -> ActRecords:
    root = Node.root(source.path, source.value)
    listed = isinstance(root.members.get("Response"), list)
    nodes = list(root.nodes("Response")) if listed else [root.node("Response")]
    return ActRecords(EDMS, tuple(_motion(node) for node in nodes))


def _questions(source: SourceText) -> ActRecords:
    root = Node.root(source.path, source.value)
    items, rejected = [], []
    for result in root.nodes("results", required=True):
        node = result.node("value")
        words = node.find_text("questionText")
        if words is None:
            rejected.append(Rejection(node.place, "the question has no text"))
            continue
        tabled = _day(node, "dateTabled")
        uin = node.find_text("uin")
        items.append(
            ItemRecord(
                kind="written_question",
                source_id=node.text("id"),
                title=_first_words(words),
                happened_on=tabled,
                number=uin,
                words=words,
                answer=node.find_text("answerText"),
                answering_body=node.find_text("answeringBodyName"),
                url=f"https://questions-statements.parliament.uk/written-questions/detail/{tabled}/{uin}"
                if uin
                else None,
                acts=(ActRecord(node.text("askingMemberId"), "asked", tabled),),
            )
        )
    return ActRecords(QUESTIONS, tuple(items), tuple(rejected))


def _first_words(text: str, most: int = 120) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def _first(source: SourceText) -> frozenset[str]:
    """The members of the one object, or of a list's first."""
    value = source.value
    if isinstance(value, list):
        value = value[0] if value else None
    return frozenset(value) if isinstance(value, dict) else frozenset()


register(
    Reader(
        "commons_votes",
        lambda source: {"DivisionId", "Ayes"} <= _first(source),
        lambda source: _divisions(
            source, COMMONS_VOTES, _COMMONS, "https://votes.parliament.uk/votes/commons/division/{}"
        ),
    )
)
register(
    Reader(
        "lords_votes",
        lambda source: {"divisionId", "contents"} <= _first(source),
        lambda source: _divisions(
            source, LORDS_VOTES, _LORDS, "https://votes.parliament.uk/votes/lords/division/{}"
        ),
    )
)
register(
    Reader(
        "edms",
        lambda source: (
            {"PagingInfo", "Response"} <= source.members or {"StatusCode", "Response"} <= source.members
        ),
        _motions,
    )
)


def _is_questions(source: SourceText) -> bool:
    results = source.value.get("results") if isinstance(source.value, dict) else None
    if not isinstance(results, list) or not results or not isinstance(results[0], dict):
        return False
    value = results[0].get("value")
    return isinstance(value, dict) and "askingMemberId" in value


register(Reader("written_questions", _is_questions, _questions))
