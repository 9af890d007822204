"""Gaps that a model text leaves for whoever puts it: "[name of branch]". Found, filled in from the unit, and asked about. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from organising.motions.text import PARTS, MotionText

GAP = re.compile(r"\[([^\[\]\n]{2,80})\]")
# What gaps are called. One that is called otherwise is for the writer to fill.
UNIT = ("name of branch", "name of district", "name of group", "name of body", "name of unit", "branch name")
ORGANISATION = ("name of organisation", "name of union", "name of our organisation")
COUNCIL = ("name of local authority", "name of council", "local authority", "name of the council")
SEAT = ("name of constituency", "constituency")
MEMBER = ("name of MP", "name of our MP", "MP")
KNOWN = UNIT + ORGANISATION + COUNCIL + SEAT + MEMBER


class Piece(NamedTuple):
    """Some words, and whether they are a gap."""

    words: str
    is_gap: bool


def list_gaps(text: MotionText) -> list[str]:
    """The gaps of a text, each once, in the order in which they are read."""
    words = "\n".join([text.title, *(getattr(text, part) for part in PARTS)])
    return list(dict.fromkeys(GAP.findall(words)))


def fill(text: MotionText, known: Mapping[str, str]) -> MotionText:
    """The text with those gaps filled of which something is known; capitals and blanks in a gap's name don't matter."""
    folded = {_fold(name): words for name, words in known.items() if words}

    def put(found: re.Match[str]) -> str:
        return folded.get(_fold(found[1]), found[0])

    return replace(text, **{name: GAP.sub(put, words) for name, words in text.as_dict().items()})


def pieces(words: str) -> list[Piece]:
    """A clause, taken apart so that gaps can be marked."""
    found, at = [], 0
    for gap in GAP.finditer(words):
        found += [Piece(words[at : gap.start()], False), Piece(gap[0], True)]
        at = gap.end()
    found.append(Piece(words[at:], False))
    return [piece for piece in found if piece.words]


def _fold(name: str) -> str:
    return " ".join(name.lower().split())
