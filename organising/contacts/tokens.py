"""The words by which a contact is found: folded, so that accents, case and apostrophes make no difference. Pure."""

import re

from ..representatives.names import fold

MOST_WORDS = 8
_APOSTROPHE = re.compile(r"['’‘ʼʻ`´′]")


def tokens_of(name: str, *postcodes: str) -> frozenset[str]:
    """Every word that begins a search for this name: ``O’Brien`` is obrien, o and brien; ``E1 4NS`` is e14ns and 4ns."""
    words, apart = set(fold(name).split()), _APOSTROPHE.sub(" ", name)
    if apart != name:
        words |= set(fold(apart).split())
    for postcode in postcodes:
        outward, _, inward = postcode.casefold().partition(" ")
        words |= {outward + inward, inward}
    return frozenset(word for word in words if word)


def words_of(search: str) -> list[str]:
    """What was typed as folded words, the longest first: each has to begin a token."""
    return sorted(set(fold(search).split()), key=len, reverse=True)[:MOST_WORDS]
