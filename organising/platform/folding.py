"""A key to search, sort and compare names by. Pure."""

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "ng",
})  # fmt: skip
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼʻ`´′", ""))
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """The key to search, sort and compare by: no accents, case or punctuation, “&” as “and”."""
    if text.isascii():
        # Nothing to take apart, and most of what is folded.
        return _NOT_WORD.sub(" ", text.translate(_APOSTROPHES).lower().replace("&", " and ")).strip()
    bare = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold()).translate(_LETTERS)
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", bare.replace("&", " and ")).strip()
