"""Recognising a seat by its code or by the ways in which its name gets written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from organising.representatives.names import fold

Key = TypeVar("Key")


def fold_seat(name: str) -> str:
    """The key of a seat's name: folded, without a leading “the”, “Saint” as “St”."""
    words = fold(name).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join("st" if word == "saint" else word for word in words)


@dataclass(frozen=True, slots=True)
class KnownSeat(Generic[Key]):
    """A seat to be recognised; `codes` holds the present code and former ones."""

    key: Key
    name: str
    other_names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeatMatch(Generic[Key]):
    """The seat found, or None with the reason; `by` says what it was recognised by."""

    key: Key | None
    by: str = ""
    reason: str = ""


class SeatIndex(Generic[Key]):
    """Seats of one kind and one generation of boundaries, found by code first and by name after."""

    def __init__(self, seats: Iterable[KnownSeat[Key]]) -> None:
        self._codes: dict[str, Key] = {}
        self._names: defaultdict[str, set[Key]] = defaultdict(set)
        self._others: defaultdict[str, set[Key]] = defaultdict(set)
        self._bags: defaultdict[tuple[str, ...], set[Key]] = defaultdict(set)
        for seat in seats:
            self.add(seat)

    def add(self, seat: KnownSeat[Key]) -> None:
        for code in seat.codes:
            self._codes[code] = seat.key
        self._names[fold_seat(seat.name)].add(seat.key)
        for name in seat.other_names:
            self._others[fold_seat(name)].add(seat.key)
        for name in (seat.name, *seat.other_names):
            self._bags[_bag(name)].add(seat.key)

    def find(self, name: str, code: str | None = None) -> SeatMatch[Key]:
        """The seat meant by `code` or `name`; when they mean two different seats, none."""
        by_name = self._find_name(name)
        if code and code in self._codes:
            key = self._codes[code]
            if by_name.key is not None and by_name.key != key and by_name.by == "name":
                return SeatMatch(
                    None, reason=f"the code {code} is one seat's and the name “{name}” another's"
                )
            return SeatMatch(key, "code")
        return by_name

    def _find_name(self, name: str) -> SeatMatch[Key]:
        key = fold_seat(name)
        for by, found in (
            ("name", self._names.get(key)),
            ("other name", self._others.get(key)),
            ("words in another order", self._bags.get(_bag(name))),
        ):
            if found and len(found) == 1:
                return SeatMatch(next(iter(found)), by)
            if found:
                return SeatMatch(None, reason=f"“{name}” means {len(found)} seats")
        return SeatMatch(None, reason=f"no seat is called “{name}”")


def _bag(name: str) -> tuple[str, ...]:
    return tuple(sorted(fold_seat(name).split()))
