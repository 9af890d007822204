"""Names one letter away from a known one: “Abbot” for “Abbott”, “Doctors of the Word” for “… World”."""

import re
from collections.abc import Iterable, Iterator, Mapping

from flask_babel import lazy_gettext as _l

from organising.representatives.names import fold

from .findings import Finding, Group, place_in
from .links import FIELD, FOUND

# Shorter words are one letter from too many others.
SHORTEST_WORD, SHORTEST_NAME, LONGEST_NAME = 5, 7, 7
MOST = 8
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
# Words that begin sentences and titles, and are no name misspelt.
COMMON = frozenset((
    "about", "above", "after", "again", "against", "along", "among", "another", "before", "being",
    "below", "between", "both", "could", "doing", "during", "each", "every", "first", "given", "going",
    "having", "heading", "holding", "hours", "house", "keeping", "leading", "letter", "making", "matter",
    "meeting", "minister", "ministers", "morning", "other", "others", "parliament", "party", "people",
    "please", "point", "prime", "public", "reading", "really", "right", "second", "secretary", "shall",
    "should", "since", "south", "north", "western", "eastern", "still", "taking", "thank", "thanks",
    "their", "there", "these", "thing", "things", "third", "those", "three", "through", "today", "trust",
    "under", "union", "until", "using", "wales", "water", "where", "which", "while", "whose", "within",
    "without", "world", "would", "write", "writing", "yours", "sincerely", "members", "member", "office",
    "offices", "school", "schools", "health", "local", "labour", "green", "party", "home", "state",
    "states", "british", "britain", "england", "scotland", "ireland", "london", "january", "february",
    "march", "april", "august", "september", "october", "november", "december", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday",
))  # fmt: skip


def check_spelling(subject: str, body: str, names: Mapping[str, Iterable[str]]) -> Iterator[Finding]:
    """Words and phrases one edit away from a name. ``names`` lists them under what they are, in words."""
    known = _Names(names)
    seen: set[str] = set()
    for text, is_subject in ((subject, True), (body, False)):
        for start, end, meant, kind in known.misspelt(text):
            written = text[start:end]
            if written in seen or len(seen) >= MOST:
                continue
            seen.add(written)
            yield Finding(
                "name_misspelt",
                Group.NAMES,
                _l("“%(written)s” is one letter away from %(kind)s, “%(meant)s”.", written=written, kind=kind, meant=meant),
                _l("Write “%(meant)s” if that is meant.", meant=meant),
                place=place_in(text, max(0, start - 20), end + 20, subject=is_subject),
            )  # fmt: skip


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter added, missing, changed, or two neighbours swapped, makes one into the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    if short[at + 1 :] == long[at + 1 :]:
        return True
    return short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]


class _Names:
    """Names by what is left of them with one letter taken out, so that a near one is found at once."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._right: set[str] = set(COMMON)
        self._near: dict[str, list[tuple[str, str, str]]] = {}
        self._longest = 1
        for kind, listed in names.items():
            for name in listed:
                self._learn(name, kind)

    def _learn(self, name: str, kind: str) -> None:
        words = fold(name).split()
        if not words or len(words) > LONGEST_NAME:
            return
        self._longest = max(self._longest, len(words))
        self._right.update([*words, " ".join(words)])
        if len(" ".join(words)) >= (SHORTEST_NAME if len(words) > 1 else SHORTEST_WORD):
            self._index(" ".join(words), name, kind)

    def _index(self, folded: str, name: str, kind: str) -> None:
        for left in {folded, *(folded[:at] + folded[at + 1 :] for at in range(len(folded)))}:
            self._near.setdefault(left, []).append((folded, name, kind))

    def misspelt(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """Start and end of what is nearly a name, the name, and what it is; the longest first at each place."""
        # Of the same length, so that places stay.
        bare = FOUND.sub(_blank, FIELD.sub(_blank, text))
        words = [(one.start(), one.end(), one.group()) for one in WORD.finditer(bare)]
        after = 0
        for at, (start, _end, _word) in enumerate(words):
            if start < after:
                continue
            for number in range(min(self._longest, len(words) - at), 0, -1):
                end = words[at + number - 1][1]
                phrase = bare[start:end]
                if "\n\n" in phrase or not _looks_like_name([word for *_, word in words[at : at + number]]):
                    continue
                folded = fold(phrase)
                if folded in self._right:
                    after = end
                    break
                found = self._find(folded)
                if found is not None:
                    yield start, end, *found
                    after = end
                    break

    def _find(self, folded: str) -> tuple[str, str] | None:
        if len(folded) < SHORTEST_WORD:
            return None
        lefts = {folded, *(folded[:at] + folded[at + 1 :] for at in range(len(folded)))}
        for left in lefts:
            for right, name, kind in self._near.get(left, ()):
                if one_edit_apart(folded, right):
                    return name, kind
        return None


def _looks_like_name(words: list[str]) -> bool:
    """First and last with a capital, and not in capitals altogether."""
    return words[0][0].isupper() and words[-1][0].isupper() and not (len(words) == 1 and words[0].isupper())


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())
