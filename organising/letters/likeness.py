"""How much two letters are alike, told from sketches that say nothing of what is written. Pure.

Of the words without greeting and sign-off every run of three is hashed under a key; a sketch keeps the smallest of
each of 32 such hashes. The share of places in which two sketches agree is close to the share of runs they share.
"""

import hashlib
import re

from .content import own_words

PLACES = 32
PLACE_BYTES = 4
RUN = 3
# Fewer words than this say too little to compare.
FEWEST_WORDS = 20


def sketch(key: bytes, body: str) -> bytes | None:
    """The sketch of a letter; ``None`` for one too short to compare."""
    found = runs(body)
    if not found:
        return None
    places = []
    for place in range(PLACES):
        salt = place.to_bytes(2, "big")
        hashed = (
            hashlib.blake2b(run.encode(), digest_size=PLACE_BYTES, key=key[:32], salt=salt).digest()
            for run in found
        )
        places.append(min(hashed))
    return b"".join(places)


def share_taken(body: str, *texts: str) -> float:
    """What part of a letter's runs of words stands in these texts, 0 to 1."""
    mine = runs(body)
    theirs = {run for text in texts for run in _runs(_words(text))}
    return len(mine & theirs) / len(mine) if mine else 0.0


def runs(body: str) -> set[str]:
    """Every three words in a row, without greeting and sign-off; none of a text too short to compare."""
    words = _words(own_words(body))
    return _runs(words) if len(words) >= FEWEST_WORDS else set()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("’", "").replace("'", ""))


def _runs(words: list[str]) -> set[str]:
    return {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
