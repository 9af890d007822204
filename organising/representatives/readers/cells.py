"""What cells of published tables mean: a share, a day, a code. A sentence where they mean none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TypeVar

from organising.representatives.readers.records import Rejection
from organising.representatives.readers.sources import Row

GSS_CODE = re.compile(r"[EKLMNSWX]\d{8}\Z", re.ASCII)
ADDRESS = re.compile(r"[^@\s,;<>\"]+@(?:[^@\s.,;<>\"]+\.)+[^@\s.,;<>\"]+\Z")
# Sources round: three shares of 33.4 make 100.2.
_SLACK = 0.005

Taken = TypeVar("Taken")


def gss(text: str) -> str:
    """An official code of an area. Raises ValueError."""
    if not text:
        raise ValueError("no GSS code")
    if not GSS_CODE.match(text):
        raise ValueError(f"“{text}” is not a GSS code")
    return text


def share(text: str, *, whole: float = 1.0) -> float:
    """A part of ``whole``, as a number from 0 to 1. Raises ValueError."""
    try:
        part = float(text) / whole
    except ValueError:
        raise ValueError(f"“{text}” is not a number") from None
    if not -_SLACK <= part <= 1 + _SLACK:  # also not for NaN
        raise ValueError(f"“{text}” is no share of {whole:g}")
    return min(max(part, 0.0), 1.0)


def day(text: str, pattern: str = "%Y-%m-%d") -> date | None:
    """A day in the source's notation, None for an empty cell. Raises ValueError."""
    if not text:
        return None
    try:
        return datetime.strptime(text, pattern).date()
    except ValueError:
        raise ValueError(f"“{text}” is not a date") from None


def address(text: str) -> str:
    """An email address. Raises ValueError."""
    if not ADDRESS.match(text):
        raise ValueError(f"“{text}” is not an email address")
    return text


def each(rows: Iterable[Row], take: Callable[[Row], Taken]) -> tuple[list[Taken], list[Rejection]]:
    """What ``take`` makes of each row, and the rows of which it raised ValueError, with its sentence."""
    taken: list[Taken] = []
    rejected: list[Rejection] = []
    for row in rows:
        try:
            taken.append(take(row))
        except ValueError as error:
            rejected.append(Rejection(row.place, str(error)))
    return taken, rejected
