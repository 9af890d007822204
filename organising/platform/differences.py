"""What differs between two texts, word by word: for a person to read, so never more work than that is worth."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

SAME, GONE, NEW = "same", "gone", "new"
WORDS = re.compile(r"\s+|[^\s]+")
# Passages that share fewer of their letters are read better one after the other than torn to shreds.
LEAST_SHARED = 0.25
# Beyond so many comparisons two passages are shown one after the other.
MOST_COMPARISONS = 400_000


class Passage(NamedTuple):
    """Some words that stayed, went or came."""

    kind: str
    words: str


def compare_texts(before: str, after: str) -> list[Passage]:
    """Both texts in order. Lines are matched first, then the words of those that differ."""
    found: list[Passage] = []
    for kind, old, new in _matched(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        if kind == SAME:
            found.append(Passage(SAME, "".join(old)))
        else:
            found += _by_words("".join(old), "".join(new))
    return _joined(found)


def _by_words(before: str, after: str) -> Iterator[Passage]:
    matched = list(_matched(WORDS.findall(before), WORDS.findall(after)))
    shared = sum(len(word.strip()) for kind, old, _new in matched if kind == SAME for word in old)
    if shared < LEAST_SHARED * max(len(before), len(after)):
        matched = [(GONE, [before], [after])]
    for kind, old, new in matched:
        if kind == SAME:
            yield Passage(SAME, "".join(old))
            continue
        yield Passage(GONE, "".join(old))
        yield Passage(NEW, "".join(new))


def _matched(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    if len(before) * len(after) > MOST_COMPARISONS:
        yield GONE, before, after
        return
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield SAME if kind == "equal" else GONE, before[a:b], after[c:d]


def _joined(passages: list[Passage]) -> list[Passage]:
    """Without empty ones, and with neighbours of one kind as one."""
    joined: list[Passage] = []
    for one in passages:
        if joined and joined[-1].kind == one.kind:
            joined[-1] = Passage(one.kind, joined[-1].words + one.words)
        elif one.words:
            joined.append(one)
    return joined
