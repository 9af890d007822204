"""What later domains know of a contact, for the contact's page: pledges, mail, and where they were.

A domain registers what it knows; one with a table of who was there registers that too, so that a page can add to it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from ...platform.actor import Actor
from ...platform.db import db


@dataclass(frozen=True)
class Happening:
    """Something that happened, in words. ``occasion``: ``kind:id`` of one where they were, to be taken out again."""

    at: datetime
    words: str
    href: str | None = None
    occasion: str = ""


@dataclass(frozen=True)
class About:
    """A contact, with the blind indexes of the addresses that are theirs."""

    contact_id: UUID
    email_keys: Sequence[bytes]


class Occasions(Protocol):
    """A kind of occasion at which contacts can have been. ``model`` has a row for each who was, ``column`` says where."""

    key: str
    label: Any
    model: Any
    column: str

    def offer(self, actor: Actor) -> Sequence[tuple[UUID, str]]:
        """The latest of the own organisation's, with their words."""

    def is_own(self, actor: Actor, occasion_id: UUID) -> bool:
        """Whether there is such a one that the actor may put somebody to."""


Source = Callable[[Actor, About], Iterable[Happening]]
_sources: list[Source] = []
_occasions: dict[str, Occasions] = {}


def register_happenings(source: Source) -> Source:
    """Have a domain asked what it knows of a contact; once, however often said."""
    if source not in _sources:
        _sources.append(source)
    return source


def register_occasions(occasions: Occasions) -> None:
    """Have contacts be put to occasions of this kind."""
    _occasions[occasions.key] = occasions


def list_happenings(actor: Actor, about: About) -> list[Happening]:
    """Everything that later domains know."""
    return [one for source in _sources for one in source(actor, about)]


def list_occasions() -> list[Occasions]:
    """Every kind of occasion."""
    return list(_occasions.values())


def find_presence(occasions: Occasions, contact_id: UUID, occasion_id: UUID) -> Any:
    """The row that says so, or None."""
    where = getattr(occasions.model, occasions.column) == occasion_id
    statement = select(occasions.model).where(occasions.model.contact_id == contact_id, where)
    return db.session.scalars(statement).one_or_none()
