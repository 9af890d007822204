"""Published figures as tables in words: what is shown, what is not, and what remains, so that each adds up to its total."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from . import texts
from .models import Channel, PledgeDrive
from .queries import Partner, PublishedTally
from .queries.own_figures import UNALLOCATED


@dataclass(frozen=True)
class TableRow:
    """One cell of a table. ``n`` None: too few to be shown. ``share``: of the longest row, for its bar."""

    cell: str
    label: str
    n: int | None
    share: float


@dataclass(frozen=True)
class CountTable:
    """One way of counting. ``rest``: those who are in no row shown, so that the rows and it make the total."""

    dimension: str
    heading: str
    caption: str
    rows: tuple[TableRow, ...]
    rest: int


def channel_labels() -> dict[str, str]:
    """How signatures come, in words."""
    return {
        Channel.WEB: _("This site’s page"),
        Channel.EMBED: _("A form on another site"),
        Channel.PAPER: _("Paper"),
        Channel.EVENT: _("A stall or event"),
        Channel.IMPORT: _("A list that was taken over"),
    }


def count_tables(
    drive: PledgeDrive,
    tally: PublishedTally,
    partners: list[Partner],
    constituencies: Mapping[str, str],
    units: Mapping[str, tuple[UUID, str]] | None = None,
) -> list[CountTable]:
    """The one-way tables of a published tally. Partners stand by name: a table by size would shame small branches.

    ``units``: as partners read them, unit id to organisation and name; the tables that partners alone read come with it.
    """
    unknown = {UNALLOCATED: _("Not known")}
    sectors = texts.offered_sectors(drive) | {UNALLOCATED: _("Not stated")}
    named = {str(partner.id): partner.short_name for partner in partners}
    shown = tally.by("organisation")
    if units is None:
        named = {cell: name for cell, name in named.items() if cell in shown}
    if "other" in shown:
        named["other"] = _("Other partners")
    plain: dict[str, str] = {}
    made = [
        _table(tally, "sector", _("Sector"), _("By sector"), sectors, every=True),
        _table(tally, "region", _("Region"), _("By region"), unknown),
        _table(
            tally, "constituency", _("Constituency"), _("By constituency"), dict(constituencies) | unknown
        ),
        _table(tally, "organisation", _("First signed with"), _("By organisation"), named, every=True),
    ]
    if units is not None:
        made += [
            _table(tally, "unit", _("Unit"), _("By unit"), _unit_labels(tally, units, named)),
            _table(tally, "channel", _("Channel"), _("How signatures came"), plain | channel_labels()),
        ]
    return [table for table in made if table.rows]


def _unit_labels(
    tally: PublishedTally, units: Mapping[str, tuple[UUID, str]], named: Mapping[str, str]
) -> dict[str, str]:
    """Units under their organisation's name. One that is no more keeps its cell until its organisation's next step."""
    labels = {cell: _("A unit that is no more") for cell in tally.by("unit")}
    labels |= {cell: f"{named.get(str(owner), '–')}: {name}" for cell, (owner, name) in units.items()}
    return labels | {UNALLOCATED: _("No unit")}


def _table(
    tally: PublishedTally,
    dimension: str,
    heading: str,
    caption: str,
    labels: Mapping[str, str],
    *,
    every: bool = False,
) -> CountTable:
    """``every``: each label has its row, shown or not; else only the cells that are shown."""
    cells = tally.by(dimension)
    longest = max((n or 0 for n in cells.values()), default=0) or 1
    names = list(labels) if every else []
    names += sorted(set(cells) - set(names), key=lambda cell: labels.get(cell, cell).casefold())
    rows = tuple(
        TableRow(
            cell, labels.get(cell, cell), cells.get(cell), round(100 * (cells.get(cell) or 0) / longest, 1)
        )
        for cell in names
    )
    rest = (tally.total or 0) - sum(n or 0 for n in cells.values())
    return CountTable(dimension, heading, caption, rows if every or set(cells) - {UNALLOCATED} else (), rest)


def as_lines(kind: str, tally: PublishedTally, tables: list[CountTable]) -> list[tuple[object, ...]]:
    """The lines of a file: kind, table, cell, at least so many; what a table leaves out has its line, too."""
    lines: list[tuple[object, ...]] = [(kind, "total", "", tally.total)]
    for table in tables:
        lines += [(kind, table.dimension, row.label, row.n) for row in table.rows if row.n is not None]
        lines.append((kind, table.dimension, "(in smaller numbers)", table.rest))
    return lines
