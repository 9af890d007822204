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


def _compare(before: Sequence[str], after: Sequence[str]) -> list[Clause]:
    found: list[Clause] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Clause(Change.SAME, (Passage(SAME, words),)) for words in before[a:b]]
        else:
            found += _pair(before[a:b], after[c:d])
    return found


def _pair(gone: Sequence[str], new: Sequence[str]) -> list[Clause]:
    """Clauses that were replaced by others: those alike are one that changed, in the order of the new ones."""
    found: list[Clause] = []
    left = list(gone)
    for words in new:
        near = next((at for at, old in enumerate(left) if _alike(old, words)), None)
        if near is None:
            found.append(Clause(Change.ADDED, tuple(compare_texts("", words))))
            continue
        found += [_removed(old) for old in left[:near]]
        found.append(Clause(Change.CHANGED, tuple(compare_texts(left[near], words))))
        left = left[near + 1 :]
    return found + [_removed(old) for old in left]


def _removed(words: str) -> Clause:
    return Clause(Change.REMOVED, tuple(compare_texts(words, "")))


def _alike(old: str, new: str) -> bool:
    matcher = SequenceMatcher(None, old.split(), new.split(), autojunk=False)
    return matcher.ratio() >= LEAST_ALIKE
