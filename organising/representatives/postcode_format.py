"""How British postcodes are written. Pure: which areas one lies in is for a table to say, never for its letters.

The shapes are Royal Mail's (Programmers' Guide to the Postcode Address File, also BS 7666): A9, A99, AA9, AA99, A9A
or AA9A, then 9AA. Q, V and X begin none; I, J and Z stand in no second place; a letter in third place is one of
ABCDEFGHJKPSTUW, in fourth place one of ABEHMNPRVWXY; C, I, K, M, O and V end none. No district number begins
with a zero unless it is 0. GIR 0AA and Newport's former NPT fit none of this and were real.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import product

CROWN_DEPENDENCIES = {"JE": "Jersey", "GY": "Guernsey", "IM": "the Isle of Man"}
NORTHERN_IRELAND = "BT"
FORCES = "BF"
# Overseas territories have one code each; Gibraltar's has an ordinary shape.
OVERSEAS = frozenset(
    {
        "ASCN1ZZ", "BBND1ZZ", "BIQQ1ZZ", "FIQQ1ZZ", "GX111AA", "PCRN1ZZ", "SIQQ1ZZ", "STHL1ZZ", "TDCU1ZZ",
        "TKCA1ZZ",
    }
)  # fmt: skip

# Royal Mail's postcode areas. A repair must lead to one of them; what is typed in order may begin otherwise.
AREAS = frozenset(
    [
        "AB",
        "AL",
        "B",
        "BA",
        "BB",
        "BD",
        "BF",
        "BH",
        "BL",
        "BN",
        "BR",
        "BS",
        "BT",
        "BX",
        "CA",
        "CB",
        "CF",
        "CH",
        "CM",
        "CO",
        "CR",
        "CT",
        "CV",
        "CW",
        "DA",
        "DD",
        "DE",
        "DG",
        "DH",
        "DL",
        "DN",
        "DT",
        "DY",
        "E",
        "EC",
        "EH",
        "EN",
        "EX",
        "FK",
        "FY",
        "G",
        "GIR",
        "GL",
        "GU",
        "GY",
        "HA",
        "HD",
        "HG",
        "HP",
        "HR",
        "HS",
        "HU",
        "HX",
        "IG",
        "IM",
        "IP",
        "IV",
        "JE",
        "KA",
        "KT",
        "KW",
        "KY",
        "L",
        "LA",
        "LD",
        "LE",
        "LL",
        "LN",
        "LS",
        "LU",
        "M",
        "ME",
        "MK",
        "ML",
        "N",
        "NE",
        "NG",
        "NN",
        "NP",
        "NPT",
        "NR",
        "NW",
        "OL",
        "OX",
        "PA",
        "PE",
        "PH",
        "PL",
        "PO",
        "PR",
        "RG",
        "RH",
        "RM",
        "S",
        "SA",
        "SE",
        "SG",
        "SK",
        "SL",
        "SM",
        "SN",
        "SO",
        "SP",
        "SR",
        "SS",
        "ST",
        "SW",
        "SY",
        "TA",
        "TD",
        "TF",
        "TN",
        "TQ",
        "TR",
        "TS",
        "TW",
        "UB",
        "W",
        "WA",
        "WC",
        "WD",
        "WF",
        "WN",
        "WR",
        "WS",
        "WV",
        "YO",
        "ZE",
    ]
)

_DISTRICT = r"(?:0|[1-9]\d?)"
_OUTWARD = rf"(?:NPT|[A-PR-UWYZ](?:{_DISTRICT}|[A-HK-Y]{_DISTRICT}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY]))"
_INWARD = r"\d[ABD-HJLNP-UW-Z]{2}"
_SHAPE = re.compile(rf"GIR0AA|{_OUTWARD}{_INWARD}")
_HALF = re.compile(_OUTWARD)
_BFPO = re.compile(r"BFPO\d{1,4}")
_SPACING = re.compile(r"[\s\-.]+")
# People mistake these for each other on paper and on keyboards.
_TWINS = {"O": "0", "0": "O", "I": "1", "1": "I"}
_LONGEST = 12


class NotAPostcode(ValueError):
    """What was typed is no whole postcode; ``str()`` says so in a sentence."""


def is_shaped(key: str) -> bool:
    """Whether ``key``, in capitals without a space, has the shape of a postcode."""
    return _SHAPE.fullmatch(key) is not None


def parse_postcode(text: str) -> str:
    """The postcode in capitals with its one space, such as ``SW1A 1AA``.

    Takes any case and spacing. O for 0 and I for 1, or the reverse, are put right only where a single reading of
    what was typed is a postcode of an area that there is. Raises :class:`NotAPostcode`.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    key = _SPACING.sub("", typed).upper()
    if not key:
        raise NotAPostcode("Type a postcode.")
    if len(key) > _LONGEST or not key.isascii() or not key.isalnum():
        raise NotAPostcode("That is not a postcode. One looks like E1 4NS or SW1A 1AA.")
    if is_shaped(key) or key in OVERSEAS:
        return spaced(key)
    if _BFPO.fullmatch(key):
        return f"BFPO {key[4:]}"
    readings = {one for one in _readings(key) if is_shaped(one) and area_letters(one) in AREAS}
    if len(readings) == 1:
        return spaced(readings.pop())
    if _HALF.fullmatch(key):
        raise NotAPostcode(
            f"{key} is only the first half of a postcode. It can lie in several constituencies: type the whole postcode."
        )
    raise NotAPostcode("That is not a postcode. One looks like E1 4NS or SW1A 1AA.")


def key_of(postcode: str) -> str:
    """The postcode as the table has it: without its space."""
    return postcode.replace(" ", "")


def find_key(words: str) -> str | None:
    """The table's key where ``words`` are one whole postcode, for search boxes that take names too."""
    try:
        return key_of(parse_postcode(words))
    except NotAPostcode:
        return None


def spaced(key: str) -> str:
    """``SW1A1AA`` → ``SW1A 1AA``."""
    return f"{key[:-3]} {key[-3:]}"


def area_letters(postcode: str) -> str:
    """The letters that a postcode begins with: ``SW`` of ``SW1A 1AA``."""
    return re.match(r"[A-Z]+", postcode)[0] if postcode[:1].isalpha() else ""  # type: ignore[index]


def _readings(key: str) -> list[str]:
    return ["".join(letters) for letters in product(*({one, _TWINS.get(one, one)} for one in key))]
