"""What a text says otherwise than its model: clause by clause, and within a clause word by word. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from organising.motions.text import PARTS, MotionText, clauses_of
from organising.platform.differences import SAME, Passage, compare_texts

# Two clauses that share less than this are one taken out and one put in.
LEAST_ALIKE = 0.35


class Change(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Clause:
    """One clause: what became of it, and its passages as they are marked."""

    change: Change
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class PartChanged:
    """One part of the text with its clauses; the title is a part of one clause."""

    name: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Differences:
    """All parts, and how many clauses are otherwise."""

    parts: tuple[PartChanged, ...]

    def count(self, change: Change) -> int:
        """How many clauses this became of."""
        return sum(clause.change == change for part in self.parts for clause in part.clauses)

    @property
    def is_same(self) -> bool:
        """Whether not a word is otherwise."""
        return all(clause.change is Change.SAME for part in self.parts for clause in part.clauses)


def compare(model: MotionText, own: MotionText) -> Differences:
    """What ``own`` says otherwise than ``model``."""
    parts = [PartChanged("title", tuple(_compare([model.title], [own.title])))]
    for name in PARTS:
        before, after = clauses_of(getattr(model, name)), clauses_of(getattr(own, name))
        parts.append(PartChanged(name, tuple(_compare(before, after))))
    return Differences(tuple(parts))


def align(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Which clause of ``before`` became which of ``after``: the same, or alike; in order, so that none crosses another."""
    found: dict[int, int] = {}
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found |= dict(zip(range(a, b), range(c, d), strict=True))
            continue
        for new in range(c, d):
            near = next((old for old in range(a, b) if _alike(before[old], after[new])), None)
            if near is not None:
                found[near], a = new, near + 1
    return found


def _compare(before: Sequence[str], after: Sequence[str]) -> list[Clause]:
    found: list[Clause] = []
    old = new = 0
    for here, there in [*align(before, after).items(), (len(before), len(after))]:
        found += [Clause(Change.REMOVED, tuple(compare_texts(words, ""))) for words in before[old:here]]
        found += [Clause(Change.ADDED, tuple(compare_texts("", words))) for words in after[new:there]]
        if here < len(before):
            found.append(_became(before[here], after[there]))
        old, new = here + 1, there + 1
    return found


def _became(before: str, after: str) -> Clause:
    if before == after:
        return Clause(Change.SAME, (Passage(SAME, after),))
    return Clause(Change.CHANGED, tuple(compare_texts(before, after)))


def _alike(old: str, new: str) -> bool:
    matcher = SequenceMatcher(None, old.split(), new.split(), autojunk=False)
    return matcher.ratio() >= LEAST_ALIKE
