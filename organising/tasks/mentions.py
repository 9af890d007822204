"""Names after an @ in a comment: whom they mean, and how the comment shows them. Pure."""

import re
from collections.abc import Mapping
from uuid import UUID


class Ambiguous(ValueError):
    """What was written after an @ begins several colleagues' names; the message is the name as it was written."""


def find_mentions(words: str, names: Mapping[UUID, str]) -> frozenset[UUID]:
    """The colleagues named in ``words``: by their whole name, or by its first word where only one bears it.

    The longest name wins: "@Sam Ash" is Sam Ash and not Sam. An @ before anything else, as in an email address, is
    left alone. Raises :class:`Ambiguous`.
    """
    return frozenset(found for _start, _end, found in _places(words, names))


def find_strangers(words: str, names: Mapping[UUID, str]) -> list[str]:
    """What stands after an @ and is nobody's name, up to the end of the word; each once."""
    known = {start for start, _end, _found in _places(words, names)}
    meant = (
        re.match(r"[^\W\d_][\w'’-]*", words[start + 1 :])
        for start, sign in enumerate(words)
        if sign == "@" and start not in known and not (start and words[start - 1].isalnum())
    )
    return list(dict.fromkeys(match.group() for match in meant if match))


def marked(words: str, names: Mapping[UUID, str]) -> list[tuple[str, bool]]:
    """``words`` in pieces, each with whether it is a colleague's name; what is ambiguous is plain."""
    try:
        places = _places(words, names)
    except Ambiguous:
        return [(words, False)]
    pieces, at = [], 0
    for start, end, _found in places:
        pieces += [(words[at:start], False), (words[start:end], True)]
        at = end
    return [piece for piece in [*pieces, (words[at:], False)] if piece[0]]


def _places(words: str, names: Mapping[UUID, str]) -> list[tuple[int, int, UUID]]:
    found = []
    for start, sign in enumerate(words):
        if sign == "@" and not (start and words[start - 1].isalnum()):
            match = _name_at(words, start + 1, names)
            if match is not None:
                found.append((start, start + 1 + match[0], match[1]))
    return found


def _name_at(words: str, at: int, names: Mapping[UUID, str]) -> tuple[int, UUID] | None:
    """The length of the name that stands at this place, and whose it is."""
    for wanted in (lambda name: name, lambda name: name.split()[0] if name.split() else ""):
        bearers = {
            user_id: len(name)
            for user_id, whole in names.items()
            if (name := wanted(whole)) and _stands(words, at, name)
        }
        longest = max(bearers.values(), default=0)
        best = [user_id for user_id, length in bearers.items() if length == longest]
        if len(best) > 1:
            raise Ambiguous(words[at : at + longest])
        if best:
            return longest, best[0]
    return None


def _stands(words: str, at: int, name: str) -> bool:
    here = words[at : at + len(name)]
    after = words[at + len(name) : at + len(name) + 1]
    return here.casefold() == name.casefold() and not after.isalnum()
