"""Carrying contents over from rows that held them themselves into the storage, one by one, and back.

Each goes with a commit of its own: killed in between, the next sweep goes on. Its row lets go of what it holds only when the
storage has given the very same bytes back. Until then, and where the storage does not answer, it is opened from the row.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from ...platform.actor import Actor
from ...platform.db import db
from ...platform.errors import DomainError
from ...platform.logging import get_logger
from ...platform.pictures import NotAPicture, made_anew
from ...platform.sealing import open_bytes, seal_bytes
from ..content.findings import Clean
from ..content.pictures import LONGEST_SMALL
from ..doors import Door
from ..kinds import FileKind
from .keeping import keep_clean
from .opening import open_governed
from .removing import purge

log = get_logger(__name__)
COLUMN = "content_cipher"
AT_ONCE = 10


@dataclass(frozen=True)
class Carried:
    """A table made with ``in_storage()`` whose rows once held their contents; ``name``: what a row's file is called."""

    model: Any
    door: Door
    name: Callable[[Any], str]


CARRIED: dict[str, Carried] = {}


def register_carried(carried: Carried) -> None:
    """Have the sweep carry over this table's; said again, the later one counts."""
    CARRIED[carried.model.__tablename__] = carried


def open_either(row: Any, *, small: bool = False) -> bytes:
    """The content, from where it lies. Raises :class:`NotFound`, :class:`StorageDown`, :class:`KeyGone`."""
    if row.file_id is not None:
        return open_governed(row.file_id, small=small)
    return _open_own(row)


def count_waiting(one: Carried) -> int:
    """How many of the current organisation's rows still hold their contents."""
    held = select(func.count()).select_from(one.model).where(one.model.content_cipher.is_not(None))
    return db.session.scalar(held) or 0


def count_away(one: Carried) -> int:
    """How many of the current organisation's rows have theirs in the storage."""
    away = select(func.count()).select_from(one.model).where(one.model.file_id.is_not(None))
    return db.session.scalar(away) or 0


def carry_over(one: Carried, *, at_once: int = AT_ONCE) -> int:
    """Carry over the current organisation's, as they are, and commit each; answers how many. Stops where the storage does not answer."""
    waiting = select(one.model).where(one.model.content_cipher.is_not(None)).order_by(one.model.id).limit(1)
    carried = 0
    while carried < at_once:
        row = db.session.scalars(waiting.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            break
        plain = _open_own(row)
        size = (getattr(row, "width", None), getattr(row, "height", None))
        clean = Clean(_kind(row), plain, *size, _small(row, plain))
        try:
            file = keep_clean(
                Actor.system(row.organisation_id), clean, one.name(row), door=one.door, has_room=True
            )
            came = open_governed(file.id)
        except (DomainError, OSError) as error:
            db.session.rollback()
            log.warning("carrying_stopped", table=one.model.__tablename__, reason=str(error)[:200])
            break
        if came != plain:
            db.session.rollback()
            raise OSError("the storage gave back something else than was put into it")
        row.file_id, row.content_cipher = file.id, None
        db.session.commit()
        carried += 1
    return carried


def bring_back(one: Carried) -> int:
    """Put the current organisation's back into their rows, as before a downgrade, and commit each; answers how many."""
    away = select(one.model).where(one.model.file_id.is_not(None)).order_by(one.model.id).limit(1)
    brought = 0
    while (row := db.session.scalars(away.with_for_update()).one_or_none()) is not None:
        file_id = row.file_id
        plain = open_governed(file_id)
        row.content_cipher = seal_bytes(
            db.session(), row.organisation_id, row.__tablename__, COLUMN, row.id, plain
        )
        row.file_id = None
        db.session.flush()
        purge([file_id])
        db.session.commit()
        brought += 1
    return brought


def _open_own(row: Any) -> bytes:
    return open_bytes(
        db.session(), row.organisation_id, row.__tablename__, COLUMN, row.id, row.content_cipher
    )


def _small(row: Any, plain: bytes) -> bytes | None:
    """Of a picture, which the product itself once made anew, the same as a list shows it."""
    if _kind(row) is not FileKind.JPEG:
        return None
    with contextlib.suppress(NotAPicture):
        return made_anew(plain, longest=LONGEST_SMALL).content
    return None


def _kind(row: Any) -> FileKind:
    return FileKind(getattr(row, "kind", FileKind.JPEG))
