"""People: how each domain finds, tells and erases what it holds of one person, without the rights desk knowing the domain.

A domain registers one :class:`Holding`. Every owned or lent table is in one, or has a reason why it is about nobody;
``tests/architecture/test_people.py`` refuses a table that is in neither.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from .actor import Actor
from .sealing import blind_index

Rows = Mapping[str, frozenset[UUID]]


@dataclass(frozen=True)
class Subject:
    """One person as an organisation knows them. ``keys``: blind indexes of their addresses and numbers.

    ``emails`` and ``phones`` are empty when an erasure is repeated from the ledger, which holds keys alone.
    ``by_name``: what bears a name of theirs at a postcode of theirs is meant too, though no address says so.
    """

    organisation_id: UUID
    contact_ids: frozenset[UUID] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    postcodes: frozenset[str] = frozenset()
    keys: frozenset[bytes] = frozenset()
    by_name: bool = False


@dataclass(frozen=True)
class Item:
    """One thing that is held. ``ref`` names its row (``table:id``), ``facts`` are words with their values."""

    ref: str
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Section:
    """What one domain holds of somebody, under one heading."""

    title: str
    items: tuple[Item, ...]


def nothing_told(actor: Actor, rows: Rows) -> Sequence[Section]:
    """For a domain whose rows are told with those of another."""
    return ()


@dataclass(frozen=True)
class Holding:
    """What one domain holds of people.

    ``find`` answers the rows about somebody by table, ``tell`` what stands in them, ``erase`` takes them away and answers
    how many, by table; rows that are gone already are no fault. ``exports`` and ``erases`` name the tables that telling
    and erasing reach, ``stays`` and ``untold`` those that they leave, with the reason.
    """

    name: str
    find: Callable[[Actor, Subject], Rows]
    erase: Callable[[Actor, Rows], Mapping[str, int]]
    tell: Callable[[Actor, Rows], Sequence[Section]] = nothing_told
    exports: frozenset[str] = frozenset()
    erases: frozenset[str] = frozenset()
    stays: Mapping[str, str] = field(default_factory=dict)
    untold: Mapping[str, str] = field(default_factory=dict)


_holdings: dict[str, Holding] = {}
_about_nobody: dict[str, str] = {}


def register(holding: Holding) -> Holding:
    """Have the rights desk ask this domain too; said again, the later one counts."""
    _holdings[holding.name] = holding
    return holding


def about_nobody(tables: Mapping[str, str]) -> None:
    """Tables that hold no person of the organisation's, each with the reason."""
    _about_nobody.update(tables)


def list_holdings() -> Sequence[Holding]:
    """Every domain's, the latest domain first: what hangs on an earlier domain's row goes before it."""
    return list(reversed(_holdings.values()))


def list_reasons() -> Mapping[str, str]:
    """Tables about nobody, with why."""
    return dict(_about_nobody)


def find_all(actor: Actor, subject: Subject) -> dict[str, dict[str, frozenset[UUID]]]:
    """The rows about somebody, by holding and table; nothing where there are none."""
    found: dict[str, dict[str, frozenset[UUID]]] = {}
    for holding in list_holdings():
        rows = {table: ids for table, ids in holding.find(actor, subject).items() if ids}
        if rows:
            found[holding.name] = rows
    return found


def tell_all(actor: Actor, found: Mapping[str, Rows]) -> list[Section]:
    """What stands in those rows, in the domains' order."""
    told: list[Section] = []
    for holding in _holdings.values():
        if holding.name in found:
            told += [section for section in holding.tell(actor, found[holding.name]) if section.items]
    return told


def erase_all(actor: Actor, found: Mapping[str, Rows]) -> dict[str, int]:
    """Take those rows away; answers how many, by table."""
    counts: dict[str, int] = {}
    for holding in list_holdings():
        if holding.name in found:
            for table, number in holding.erase(actor, found[holding.name]).items():
                if number:
                    counts[table] = counts.get(table, 0) + number
    return counts


def keys_of(organisation_id: UUID, emails: Iterable[str], phones: Iterable[str]) -> frozenset[bytes]:
    """The blind indexes by which an organisation's rows are found; addresses in their canonical form."""
    found = {blind_index(organisation_id, "email", one) for one in emails}
    return frozenset(found | {blind_index(organisation_id, "phone", one) for one in phones})


def ids(rows: Rows, table: str) -> list[UUID]:
    """The ids of one table's rows, in one order."""
    return sorted(rows.get(table, frozenset()))
