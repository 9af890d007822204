"""Doors: every way by which a file comes in, in one list. Where no door is, a file that comes is refused unread.

A domain opens its door once, ``PHOTOS = open_door(Door("report photo", "photos", kinds=…))``, marks the endpoints that
lie behind it with ``@takes_files(PHOTOS)``, and gives what came to :func:`files.services.check_file` or, where the file is
only read for its rows, to :func:`files.services.check_data`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_babel import LazyString

from ..platform.errors import DomainError
from .content.telling import DataForm
from .kinds import MATERIALS, MOST_BYTES, FileKind

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Door:
    """One way in. ``field``: the form's, under which the file comes.

    ``kinds``: as what it may be kept, made anew. ``reads`` instead: of a file that is read for its rows and never given
    out, what it may be. ``otherwise`` says what is taken here to who sends something else. ``is_governed``: it belongs to a
    record whose page says who sees it and when it goes, and stands in no list of files.
    """

    name: str
    field: str
    kinds: frozenset[FileKind] = frozenset()
    reads: frozenset[DataForm] = frozenset()
    most: int = MOST_BYTES
    otherwise: LazyString | str = ""
    is_governed: bool = False


class NoDoor(DomainError):
    """A file came to a page that takes none."""

    code = "no_files_here"
    status = 415


DOORS: dict[str, Door] = {}


def open_door(door: Door) -> Door:
    """Enter a door in the list."""
    DOORS[door.name] = door
    return door


FILES = open_door(Door("file", "file", kinds=MATERIALS))


def takes_files(door: Door) -> Callable[[View], View]:
    """The endpoint lies behind this door."""

    def mark(view: View) -> View:
        view.__door__ = door  # type: ignore[attr-defined]
        return view

    return mark


def door_of(app: Flask, endpoint: str | None) -> Door | None:
    """The door of an endpoint, where it has one."""
    found: Door | None = getattr(app.view_functions.get(endpoint or ""), "__door__", None)
    return found


def refuse_elsewhere() -> None:
    """Refuse a file where no door is, or under another name than the door's. Raises :class:`NoDoor`."""
    if request.mimetype != "multipart/form-data":
        return
    door = door_of(current_app, request.endpoint)
    for name, given in request.files.items(multi=True):
        if given.filename and (door is None or name != door.field):
            raise NoDoor("This page takes no file.")
