"""Spans of time that are known to the day, the month or the year."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from organising.representatives.readers.records import PartialDate

# Compared byte by byte, so that an index serves prefixes and the order is the same on every server.
FOLDED = Text(collation="C")


def known_precision() -> CheckConstraint:
    """A :class:`Span`'s precisions are words that it knows."""
    known = "('day', 'month', 'year')"
    return CheckConstraint(f"start_precision IN {known} AND end_precision IN {known}", name="precision")


class Span:
    """From a day to a day, either unknown, each known to the day, the month or the year (`…_precision`).

    A start known to the month is kept as its first day, an end as its last.
    """

    start_on: Mapped[date | None]
    start_precision: Mapped[str] = mapped_column(default="day")
    end_on: Mapped[date | None]
    end_precision: Mapped[str] = mapped_column(default="day")

    @property
    def start(self) -> PartialDate | None:
        return self.start_on and PartialDate.known_to(self.start_on, self.start_precision)  # type: ignore[arg-type, return-value]

    @property
    def end(self) -> PartialDate | None:
        return self.end_on and PartialDate.known_to(self.end_on, self.end_precision)  # type: ignore[arg-type, return-value]
