"""Areas that a unit may cover. Public geography belongs to a later domain, which says here how to look an area up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class KnownArea:
    """An area with a code: a local authority, a constituency, a police force, a region …"""

    gss_code: str
    kind: str
    name: str
    kind_name: str


Look = Callable[[str], Sequence[KnownArea]]
_looks: dict[str, Look] = {}


def register_areas(search: Look, named: Look) -> None:
    """``search`` answers areas whose name begins with the words, ``named`` those of exactly this name or code."""
    _looks.update(search=search, named=named)


def search_areas(words: str) -> Sequence[KnownArea]:
    """Areas to choose from, by the beginning of their name or by their code."""
    return _looks["search"](words) if words.strip() and "search" in _looks else ()


def find_named(words: str) -> Sequence[KnownArea]:
    """The areas of exactly this name or code: one, none, or several of different kinds."""
    return _looks["named"](words) if words.strip() and "named" in _looks else ()
