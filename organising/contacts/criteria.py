"""What a segment asks: conditions in groups of all, any or none, within each other. Pure; SQL is made elsewhere."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

DEEPEST = 4
MOST_CONDITIONS = 40
LONGEST_VALUE = 200


class Mode(StrEnum):
    """How the parts of a group go together. ``none``: not one of them holds."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class NotCriteria(ValueError):
    """This is no question that a segment can ask."""


@dataclass(frozen=True)
class Condition:
    """One thing asked: the field, the operator, and with what it is compared, as typed."""

    field: str
    operator: str = ""
    value: str = ""


@dataclass(frozen=True)
class Group:
    """Parts that go together by a mode. A group without parts asks nothing: it leaves nobody out."""

    mode: Mode = Mode.ALL
    parts: tuple["Condition | Group", ...] = ()

    def conditions(self) -> Iterator[Condition]:
        """Every condition within, in order."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.conditions()
            else:
                yield part


def check_size(group: Group) -> None:
    """Raise :class:`NotCriteria` where there are more levels or conditions than anybody reads."""
    if _depth(group) > DEEPEST or len(list(group.conditions())) > MOST_CONDITIONS:
        raise NotCriteria


def pruned(group: Group) -> Group:
    """The same without groups that ask nothing."""
    parts = [pruned(part) if isinstance(part, Group) else part for part in group.parts]
    return replace(
        group, parts=tuple(part for part in parts if not (isinstance(part, Group) and not part.parts))
    )


def write(group: Group) -> str:
    """As text, to be sealed."""
    return json.dumps(_plain(group), separators=(",", ":"), ensure_ascii=False)


def read(text: str) -> Group:
    """The criteria in a text; raises :class:`NotCriteria` for anything else."""
    try:
        found = _part(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotCriteria from error
    if not isinstance(found, Group):
        raise NotCriteria
    check_size(found)
    return found


def _plain(part: Condition | Group) -> Any:
    if isinstance(part, Group):
        return {"mode": part.mode, "parts": [_plain(one) for one in part.parts]}
    return [part.field, part.operator, part.value]


def _part(plain: Any) -> Condition | Group:
    if isinstance(plain, dict):
        return Group(Mode(plain["mode"]), tuple(_part(one) for one in plain["parts"]))
    field, operator, value = plain
    if not all(isinstance(one, str) for one in (field, operator, value)):
        raise NotCriteria
    return Condition(field, operator, value)


def _depth(group: Group) -> int:
    return 1 + max((_depth(part) for part in group.parts if isinstance(part, Group)), default=0)
