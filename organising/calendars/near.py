"""How near two constituencies are, where all that is known is where their hexagons stand. Pure."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import TypeVar

Key = TypeVar("Key")


# Whatever lies further off by so many steps is not near in any sense.
FURTHEST = 10


class Nearness(IntEnum):
    """What near means, in this order; from NEXT on it counts constituencies on the map."""

    HERE = 0
    COUNCIL = 1
    NEXT = 2


def steps_between(one: tuple[int, int], other: tuple[int, int]) -> int:
    """How many hexagons lie from one to another: column and row of a layout whose odd rows stand half a cell east."""
    (x1, z1), (x2, z2) = _cube(one), _cube(other)
    return max(abs(x1 - x2), abs(z1 - z2), abs((x1 + z1) - (x2 + z2)))


def _cube(cell: tuple[int, int]) -> tuple[int, int]:
    q, r = cell
    return q - (r - (r & 1)) // 2, r


def rank_seats(
    home: Key, cells: Mapping[Key, tuple[int, int]], councils: Iterable[Key] = ()
) -> dict[Key, int]:
    """Every area that can be compared with its rank: one's own constituency, one's council's areas, then by steps.

    Without a hexagon of one's own, nothing but one's own areas can be compared.
    """
    ranks: dict[Key, int] = {}
    here = cells.get(home)
    if here is not None:
        steps = {key: steps_between(here, cell) for key, cell in cells.items()}
        ranks = {key: Nearness.COUNCIL + number for key, number in steps.items() if number <= FURTHEST}
    return ranks | dict.fromkeys(councils, int(Nearness.COUNCIL)) | {home: int(Nearness.HERE)}
