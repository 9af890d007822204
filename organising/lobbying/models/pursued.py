"""What promises and requests for information have in common: someone pursues them, and each step has a way back."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from organising.organisations.models import Ask

Snapshot = dict[str, str | None]


class Pursued:
    """What is pursued until it is settled. ``owner_label``: who chases it, by name; ``version`` counts changes from 1.

    ``put_back_by``: the columns that an undo puts back, each with what reads it from a snapshot.
    """

    put_back_by: ClassVar[Mapping[str, Callable[[str], Any]]]

    state: Mapped[str]
    ask_id: Mapped[UUID | None] = mapped_column(ForeignKey("ask.id"), index=True)
    chased_on: Mapped[date | None]
    owner_label: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr
    def ask(self) -> Mapped[Ask | None]:
        return relationship(Ask, viewonly=True)

    def chase(self, on: date) -> bool:
        """Note that someone reminded them; returns whether that changed anything, which a second one in a day doesn't."""
        if self.chased_on == on:
            return False
        self.chased_on = on
        self.version += 1
        return True

    def snapshot(self) -> Snapshot:
        """What an undo needs of it as it is now."""
        kept = {name: getattr(self, name) for name in self.put_back_by}
        return {name: None if value is None else str(value) for name, value in kept.items()}

    def put_back(self, before: Snapshot) -> None:
        """Make it again what :meth:`snapshot` kept."""
        for name, read in self.put_back_by.items():
            value = before.get(name)
            setattr(self, name, None if value is None else read(value))
        self.version += 1


class HistoryLine:
    """One line of what happened to something pursued, with its state after it.

    ``before``: what an undo puts back, as :meth:`Pursued.snapshot` gave it.
    """

    state: Mapped[str]
    before: Mapped[Snapshot | None] = mapped_column(JSONB(none_as_null=True))


class OwnSide:
    """Who of the organisation pursues it, and for which unit. Private. Add :func:`of_unit`."""

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    owner_user_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
