"""The curve of a pledge: published running totals by day, as the geometry of one server-drawn picture."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 720, 240
EDGE, TOP, BOTTOM = 8, 12, 2


@dataclass(frozen=True)
class Curve:
    """SVG coordinates within ``WIDTH`` × ``HEIGHT``, without words: those are text beside it, to be read at any width.

    ``ticks``: ``(y, value)`` of the lower and the upper line; ``marks``: of each milestone within the picture.
    ``days``: x of each day of the axis, or of each week where there are many; ``middle``: the day halfway.
    """

    line: str
    area: str
    end: tuple[float, float]
    ticks: tuple[tuple[float, int], ...]
    first: date
    final: date
    marks: tuple[tuple[float, int], ...] = ()
    days: tuple[float, ...] = ()
    middle: date | None = None
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = HEIGHT - BOTTOM


def draw_curve(running: Mapping[str, int | None], milestones: Collection[int] = ()) -> Curve | None:
    """The curve of ``{ISO day: people so far}``; days not shown (``None``) are left out. ``None`` below two points."""
    points = [(date.fromisoformat(day), n) for day, n in sorted(running.items()) if n is not None]
    if len(points) < 2:
        return None
    first, final = points[0][0], points[-1][0]
    top = _ceiling(max(n for _, n in points))
    span = (final - first).days or 1

    def place(day: date, n: int) -> tuple[float, float]:
        x = (WIDTH - EDGE) * (day - first).days / span
        return round(x, 1), round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * n / top, 1)

    placed = [place(day, n) for day, n in points]
    line = "M" + " L".join(f"{x} {y}" for x, y in placed)
    area = f"{line} L{placed[-1][0]} {HEIGHT - BOTTOM} L{placed[0][0]} {HEIGHT - BOTTOM} Z"
    ticks = tuple((place(first, value)[1], value) for value in (top // 2, top))
    marks = tuple((place(first, value)[1], value) for value in sorted(milestones) if value <= top)
    step = 1 if span <= 31 else 7
    days = tuple(place(first + timedelta(days=n), 0)[0] for n in range(0, span + 1, step))
    middle = first + timedelta(days=span // 2) if span > 2 else None
    return Curve(line, area, placed[-1], ticks, first, final, marks, days, middle)


def _ceiling(n: int) -> int:
    """The next round number: 1, 2, 4, 5 or 8 with zeros, never under 20."""
    size = 10
    while True:
        for step in (2, 4, 5, 8, 10):
            if n <= step * size:
                return step * size
        size *= 10
