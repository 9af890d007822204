"""A partner that reads all it may, at every publication, and keeps every world that could have made what it read.

It knows how the product publishes, knows its own signatures, and is told of each moment whether it or somebody else
acted. What is the same in all the worlds left, it has learnt. Worlds are the counts of one other organisation's people in
three cells of one table; a set of them is one long number with a bit for each.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

CELLS = 3
MOST = 44
STRIDES = tuple(MOST**axis for axis in range(CELLS))
Table = tuple[int, ...]


@dataclass(frozen=True)
class Rule:
    """How the attacker believes that an organisation's part is published: the product's own way unless told otherwise."""

    step: Callable[[int, int], int]
    keeps_ten_apart: bool = True

    def table(self, whole: int, counts: Table) -> Table:
        """The cells shown at a step."""
        tens = [n // 10 * 10 for n in counts]
        if self.keeps_ten_apart and whole - sum(tens) < 10 and any(tens):
            first = max(range(len(tens)), key=lambda place: (tens[place], -place))
            tens[first] -= 10
        return tuple(tens)


def by_tens(shown: int, counted: int) -> int:
    """The product's step: only once ten have come or gone, and never back to none."""
    if counted >= shown + 10:
        return counted // 10 * 10
    if counted <= shown - 10:
        return max(10, -(-counted // 10) * 10)
    return shown


PRODUCT = Rule(by_tens)


def worlds() -> Iterable[Table]:
    """Every world, in the order of its bit."""
    for bit in range(MOST**CELLS):
        yield tuple(bit // stride % MOST for stride in STRIDES)


@cache
def _masks() -> dict[tuple[str, int], dict[int, int]]:
    """``(what, axis)`` → number → the worlds in which it is that number; numbers of ten and more share one mask."""
    bits: dict[tuple[str, int], dict[int, bytearray]] = {}
    size = MOST**CELLS // 8 + 1
    for bit, counts in enumerate(worlds()):
        told = {("all", 0): sum(counts)}
        for axis, n in enumerate(counts):
            told["cell", axis], told["others", axis] = n, sum(counts) - n
        for what, n in told.items():
            numbers = bits.setdefault(what, {})
            numbers.setdefault(min(n, 10), bytearray(size))[bit >> 3] |= 1 << (bit & 7)
            if what[0] == "all":
                bits.setdefault(("whole", 0), {}).setdefault(n, bytearray(size))[bit >> 3] |= 1 << (bit & 7)
    return {what: {n: int.from_bytes(b, "little") for n, b in each.items()} for what, each in bits.items()}


@cache
def _edges(axis: int) -> tuple[int, int]:
    first, last, each = 0, 0, (1 << STRIDES[axis]) - 1
    period = STRIDES[axis] * MOST
    for start in range(0, MOST**CELLS, period):
        first |= each << start
        last |= each << (start + period - STRIDES[axis])
    everything = (1 << MOST**CELLS) - 1
    return everything & ~first, everything & ~last


@cache
def _published(rule: Rule, before: int, whole: int, table: Table) -> int:
    """The worlds in which a step from ``before`` leads to this number and this table."""
    found = 0
    for n, mask in _masks()["whole", 0].items():
        if rule.step(before, n) == whole:
            found |= mask
    bits = bytearray(MOST**CELLS // 8 + 1)
    for bit, counts in enumerate(worlds()):
        if found >> bit & 1 and rule.table(whole, counts) == table:
            bits[bit >> 3] |= 1 << (bit & 7)
    return int.from_bytes(bits, "little")


@cache
def _unmoved(rule: Rule, shown: int) -> int:
    found = 0
    for n, mask in _masks()["whole", 0].items():
        if rule.step(shown, n) == shown:
            found |= mask
    return found


@dataclass
class Suspect:
    """One other organisation's people of one kind in one drive, as the attacker can make them out."""

    rule: Rule = PRODUCT
    only_arrivals: bool = False
    shown: int = 0
    table: Table = (0,) * CELLS
    possible: int = 1
    somebody_acted: bool = False
    learnt: list[str] = field(default_factory=list)

    def watch(self, whole: int, table: Table, *, mine: bool) -> None:
        """What stands published after one more act, ``mine`` or somebody else's."""
        if not mine:
            self.possible |= self._one_act_later()
            self.somebody_acted = True
        if whole != self.shown:
            self.possible &= _published(self.rule, self.shown, whole, table)
        else:
            assert table == self.table, "a table moved although no ten of its organisation did"
            self.possible &= _unmoved(self.rule, whole)
        assert self.possible, "what was published fits no world: the attacker is mistaken about the rule"
        self.shown, self.table = whole, table
        if self.somebody_acted:
            self._note()

    def _one_act_later(self) -> int:
        later = 0
        for axis, stride in enumerate(STRIDES):
            not_first, not_last = _edges(axis)
            later |= (self.possible & not_last) << stride
            if not self.only_arrivals:
                gone = (self.possible & not_first) >> stride
                later |= gone
                for other, its_stride in enumerate(STRIDES):
                    if other != axis:
                        later |= (gone & _edges(other)[1]) << its_stride
        return later

    def _note(self) -> None:
        for (what, axis), numbers in _masks().items():
            if what == "whole":
                continue
            left = [n for n, mask in numbers.items() if mask & self.possible]
            if len(left) == 1 and left[0] < 10:
                self.learnt.append(f"{what} {axis} is {left[0]}")
