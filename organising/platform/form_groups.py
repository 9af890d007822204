"""Parts of a form that can be there several times: promises of one contact, addresses of one person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from wtforms import Field, Form

from .form_parts import Confirming, add_error

MOST_OF_A_KIND = 10
# What stands for the number in the part that a script copies.
NUMBER = "__n__"
PartForm = TypeVar("PartForm", bound="Part")


def place(kind: str, number: int, field: str) -> str:
    """How a reason or caution names a field of one of several parts of a form, counted from 1."""
    return f"{kind}-{number}-{field}"


class Part(Form):
    """One group of fields. Say in ``is_filled`` when it counts: an empty one is nothing."""

    number: int | str = 1

    @property
    def is_filled(self) -> bool:
        """Whether anything was said in it."""
        return any(field.data for field in self)

    @property
    def is_wrong(self) -> bool:
        """Whether anything in it has to be put right."""
        return any(field.errors for field in self)


class Group(Generic[PartForm]):
    """All parts of one kind: at least one, at most ten, and ``blank`` for a script to copy."""

    def __init__(
        self,
        kind: str,
        part: type[PartForm],
        sent: Any,
        *,
        kept: Sequence[Mapping[str, Any]] = (),
        offer: Callable[[PartForm], None],
        place: Callable[[str, int, str], str] = place,
    ) -> None:
        self.kind, self.place = kind, place
        kept = kept if sent is None else ()
        number = max(_count_sent(kind, sent) if sent is not None else len(kept), 1)
        if sent is not None and sent.get("add") == kind:
            number += 1
        self.parts = [
            _numbered(part, place(kind, one, ""), one, sent, kept[one - 1] if one <= len(kept) else {})
            for one in range(1, min(number, MOST_OF_A_KIND) + 1)
        ]
        self.blank = _numbered(part, f"{kind}-{NUMBER}-", NUMBER, None, {})
        for each in [*self.parts, self.blank]:
            offer(each)

    def __iter__(self) -> Iterator[PartForm]:
        return iter(self.parts)

    @property
    def filled(self) -> list[PartForm]:
        """Those in which something was said, in order."""
        return [one for one in self.parts if one.is_filled]

    @property
    def is_open(self) -> bool:
        """Whether a page should show them at once: something is filled, wrong, or was just added."""
        return len(self.parts) > 1 or any(one.is_filled or one.is_wrong for one in self.parts)

    @property
    def may_grow(self) -> bool:
        """Whether there is room for another."""
        return len(self.parts) < MOST_OF_A_KIND


class Grouping(Confirming):
    """A form with groups. Reasons and errors find their field in whichever part it stands."""

    groups: dict[str, Group[Any]]

    def __init__(self, *args: Any, **kept: Any) -> None:
        self.groups = {}
        super().__init__(*args, **kept)

    def parts(self) -> Iterator[Part]:
        """Every part of every group."""
        for group in self.groups.values():
            yield from group

    def __contains__(self, name: str) -> bool:
        return super().__contains__(name) or name in self._in_parts()

    def __getitem__(self, name: str) -> Field:
        return self._fields[name] if name in self._fields else self._in_parts()[name]

    def validate(self, extra_validators: Any = None) -> bool:
        """Look at every field of every part, so that all that is wrong is said at once."""
        right = [super().validate(extra_validators), *[part.validate() for part in self.parts()]]
        return all(right)

    @property
    def errors(self) -> dict[str | None, Any]:
        """What is wrong, by the name of the field on the page."""
        found = dict(super().errors)
        return found | {field.name: field.errors for part in self.parts() for field in part if field.errors}

    def clear_errors(self) -> None:
        """Forget what is wrong, in the parts too."""
        super().clear_errors()
        for part in self.parts():
            for field in part:
                field.errors = []

    def show(self, wrong: dict[str, Any]) -> None:
        """Put the services' reasons beside their fields: they count the filled parts only."""
        placed = self._placed()
        for name, reason in wrong.items():
            if name in placed:
                add_error(placed[name], str(reason))
            else:
                super().show({name: reason})

    def name_on_page(self, name: str) -> str:
        """The id of the field that the services call so."""
        placed = self._placed()
        return placed[name].id if name in placed else name

    def _placed(self) -> dict[str, Field]:
        return {
            group.place(kind, number, field.short_name): field
            for kind, group in self.groups.items()
            for number, part in enumerate(group.filled, start=1)
            for field in part
        }

    def _in_parts(self) -> dict[str, Field]:
        return {field.name: field for part in self.parts() for field in part}


def _count_sent(kind: str, sent: Any) -> int:
    """The highest number among the parts that were sent."""
    numbers = [int(found[1]) for name in sent if (found := re.match(rf"{kind}-(\d{{1,2}})-", name))]
    return min(max(numbers, default=1), MOST_OF_A_KIND)


def _numbered(
    part: type[PartForm], prefix: str, number: int | str, sent: Any, kept: Mapping[str, Any]
) -> PartForm:
    made = part(sent, prefix=prefix, data=dict(kept))
    made.number = number
    if number != 1:
        for field in made:
            field.label.text = f"{field.label.text} ({number})"
    return made
