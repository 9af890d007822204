"""Postcodes for the invented parliament: in ZA, which is the letters of no postal area, so nobody lives there."""

from __future__ import annotations

from collections.abc import Iterator

from organising.representatives.postcode_file import PostcodeFile, parse_postcodes

SEATS = 650
# In use, and no longer: shown on the demo's page.
EXAMPLES = ("ZA1 0AA", "ZA7 4AA")
FORMER, NOWHERE = "ZA1 0AB", "ZA99 9ZZ"


def invent_postcodes() -> PostcodeFile:
    """Two postcodes for each seat, one no longer in use, and one in no constituency."""
    return parse_postcodes(_lines(), "invented postcodes")


def _lines() -> Iterator[str]:
    yield "pcds,doterm,pcon24cd\n"
    for number in range(1, SEATS + 1):
        district, sector = divmod(number - 1, 10)
        for unit, end in (("AA", ""), ("AB", "202506" if number == 1 else "")):
            yield f"ZA{district + 1} {sector}{unit},{end},X14{number:06d}\n"
    yield f"{NOWHERE},,\n"
