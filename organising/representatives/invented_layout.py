"""The shape of the invented country: hexagons that hang together, grown into regions that do too.

Coordinates are those of hexjson's `odd-r` layout: q counts eastwards, r northwards, and odd rows sit half a
cell to the east.
"""

from __future__ import annotations

import heapq
import math
from functools import cache

Cell = tuple[int, int]

_ROW = math.sqrt(3) / 2


def neighbours(cell: Cell) -> list[Cell]:
    """The six cells around `cell`."""
    q, r = cell
    east = r & 1
    return [(q - 1, r), (q + 1, r), *((q + side + east, r + row) for row in (-1, 1) for side in (-1, 0))]


def position(cell: Cell) -> tuple[float, float]:
    """The centre of `cell` in units of its width: east, north."""
    q, r = cell
    return q + (r & 1) / 2, r * _ROW


def distance(one: Cell, other: Cell) -> float:
    """Between two centres, in units of a cell's width."""
    return math.dist(position(one), position(other))


@cache
def island(size: int) -> tuple[Cell, ...]:
    """`size` cells grown from the middle along a coast with bays and headlands; from north to south."""
    reach = math.sqrt(size)
    start = (0, 0)
    waiting, seen = [(0.0, start)], {start}
    land: list[Cell] = []
    while len(land) < size:
        _, cell = heapq.heappop(waiting)
        land.append(cell)
        for near in neighbours(cell):
            if near not in seen:
                seen.add(near)
                heapq.heappush(waiting, (_remoteness(near, reach), near))
    west, south = min(q for q, _ in land), min(r for _, r in land)
    # Moving by an odd number of rows would shift half the rows; an even one keeps the shape.
    south -= south & 1
    return tuple(sorted(((q - west, r - south) for q, r in land), key=lambda cell: (-cell[1], cell[0])))


@cache
def regions(size: int, count: int) -> dict[Cell, int]:
    """Each cell's region, 0 being the most northern; every region hangs together."""
    land = island(size)
    seeds = _far_apart(land, count)
    owner: dict[Cell, int] = dict(zip(seeds, range(count), strict=True))
    sizes = [1] * count
    edges = {one: [(0.0, seed)] for one, seed in enumerate(seeds)}
    free = set(land) - set(seeds)
    while free:
        growing = min((one for one in edges if edges[one]), key=lambda one: sizes[one] / _appetite(one))
        cell = heapq.heappop(edges[growing])[1]
        taken = [near for near in neighbours(cell) if near in free]
        if taken:
            new = min(taken, key=lambda near: distance(near, seeds[growing]))
            owner[new] = growing
            sizes[growing] += 1
            free.discard(new)
            for again in (cell, new):
                heapq.heappush(edges[growing], (distance(again, seeds[growing]), again))
    return owner


def _remoteness(cell: Cell, reach: float) -> float:
    """How far out at sea a cell lies: under 1 near the middle, growing slower along headlands."""
    east, north = position(cell)
    east, north = east / (0.47 * reach), (north + 0.12 * east) / (0.66 * reach)
    turn = math.atan2(north, east)
    coast = (
        1
        + 0.17 * math.sin(2 * turn + 0.7)
        + 0.12 * math.sin(3 * turn - 1.1)
        + 0.07 * math.sin(5 * turn + 2.0)
        + 0.05 * math.sin(9 * turn)
    )
    return math.hypot(east, north) / coast


def _far_apart(land: tuple[Cell, ...], count: int) -> list[Cell]:
    """`count` cells, each as far as can be from the others, evened out, from north to south."""
    seeds = [land[0]]
    while len(seeds) < count:
        seeds.append(max(land, key=lambda cell: min(distance(cell, seed) for seed in seeds)))
    for _ in range(6):
        nearest: dict[Cell, list[Cell]] = {seed: [] for seed in seeds}
        for cell in land:
            nearest[min(seeds, key=lambda seed: distance(cell, seed))].append(cell)
        seeds = [_middle(cells) for cells in nearest.values()]
    return sorted(seeds, key=lambda cell: (-cell[1], cell[0]))


def _middle(cells: list[Cell]) -> Cell:
    east = sum(position(cell)[0] for cell in cells) / len(cells)
    north = sum(position(cell)[1] for cell in cells) / len(cells)
    return min(cells, key=lambda cell: math.dist(position(cell), (east, north)))


def _appetite(region: int) -> float:
    """Regions differ in size, as real ones do."""
    return 1 + 0.35 * math.sin(region * 2.4)
