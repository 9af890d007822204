"""Importing a list of units with their officers: looked at first, then written, and the same twice changes nothing.

Looking is the import itself, rolled back: what it shows is what would be written. A row that is wrong is left out
whole, with its reason; the others go in.
"""

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from ..accounts.services import email_key
from ..files.content.telling import DataForm
from ..files.doors import Door, open_door
from ..files.services import check_data
from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now, today
from ..platform.db import db, get_or_404
from ..platform.errors import Conflict, Forbidden, Invalid, NotFound
from ..platform.folding import fold
from ..platform.permissions import Permission
from ..platform.sheets import UnreadableSheet, read_sheet
from . import officers, units
from .areas import KnownArea, find_named
from .models import Unit, UnitChange, UnitImport, UnitKind, UnitOfficer
from .unit_history import by_list, was_taken_back
from .unit_rows import NoUnits, UnitRow, read_rows

UNIT_LISTS = open_door(
    Door(
        "list of units",
        "file",
        reads=frozenset({DataForm.TEXT, DataForm.ZIP}),
        otherwise=_l("Choose an Excel workbook (XLSX) or a CSV file."),
    )
)
MOST_ROWS = 1_000
KEPT_FOR = timedelta(days=1)


class Unreadable(Invalid):
    """The file is no list of units, and why."""

    code = "unreadable_unit_list"


@dataclass
class Told:
    """What became of one row, or would: the deeds by name, or what is wrong."""

    row: UnitRow
    deeds: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """Why the row is left out; empty where it is not."""
        return self.row.wrong


def keep_file(actor: Actor, content: bytes) -> UnitImport:
    """Keep a file to be looked at. Raises :class:`Unreadable` where it is no list of units."""
    actor.check(Permission.UNITS_MANAGE)
    check_data(UNIT_LISTS, content)
    rows = _read(content)
    kept = UnitImport(
        organisation_id=actor.organisation_id,
        author_user_id=actor.user_id,
        author_label=actor.author_label,
        row_count=len(rows),
    )
    kept.content = base64.b64encode(content).decode()
    db.session.add(kept)
    db.session.flush()
    return kept


def look(actor: Actor, import_id: UUID) -> list[Told]:
    """What the import would do, row by row. Nothing of it stays. Raises :class:`NotFound`, :class:`Conflict`."""
    rows = _read(_content(get_import(actor, import_id)))
    with db.session.begin_nested() as savepoint:
        told = _write(actor, rows, invite=False)
        savepoint.rollback()
    db.session.expire_all()
    return told


def apply(actor: Actor, import_id: UUID, *, invite: bool) -> list[Told]:
    """Write the list; the file goes, its counts stay. Raises :class:`NotFound`, :class:`Conflict` if it was applied."""
    actor.check(Permission.UNITS_MANAGE)
    found = db.session.scalars(
        select(UnitImport).where(UnitImport.id == import_id).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound
    with by_list(found.id):
        told = _write(actor, _read(_content(found)), invite=invite)
    found.counts = dict(count(told))
    found.applied_at, found.content = now(), None
    record(actor, "units.imported", "unit_import", found.id, **found.counts)
    return told


def drop(actor: Actor, import_id: UUID) -> None:
    """Forget a file that was only looked at. Raises :class:`NotFound`, :class:`Conflict` if it was applied."""
    found = get_import(actor, import_id)
    _content(found)
    db.session.delete(found)


def get_import(actor: Actor, import_id: UUID) -> UnitImport:
    """One of the organisation's files. Raises :class:`NotFound`."""
    actor.check(Permission.UNITS_MANAGE)
    return get_or_404(UnitImport, import_id)


def list_imports(actor: Actor) -> Sequence[UnitImport]:
    """The lists that were applied, newest first."""
    actor.check(Permission.UNITS_MANAGE)
    applied = select(UnitImport).where(UnitImport.applied_at.is_not(None))
    return db.session.scalars(applied.order_by(UnitImport.applied_at.desc()).limit(20)).all()


def can_undo(found: UnitImport) -> bool:
    """Whether anything that this list did is known and still stands."""
    standing = select(UnitChange.id).where(
        UnitChange.unit_import_id == found.id, UnitChange.undone_at.is_(None)
    )
    return found.undone_at is None and bool(db.session.scalar(select(standing.exists())))


def forget_old_files() -> None:
    """What was looked at a day ago and not applied goes, content and all."""
    old = update(UnitImport).where(
        UnitImport.content_cipher.is_not(None), UnitImport.created_at < now() - KEPT_FOR
    )
    db.session.execute(old.values(content_cipher=None), execution_options={"synchronize_session": False})


def count(told: Sequence[Told]) -> Counter[str]:
    """How many rows did what: each deed's name with its number; ``unchanged`` and ``wrong`` beside them."""
    found = Counter(deed for one in told for deed in one.deeds)
    found["unchanged"] = sum(not one.deeds and not one.wrong for one in told)
    found["wrong"] = sum(bool(one.wrong) for one in told)
    return Counter({key: number for key, number in found.items() if number})


def _content(found: UnitImport) -> bytes:
    if found.content is None:
        raise Conflict(_("This list was applied, or is more than a day old. Upload it again."))
    return base64.b64decode(found.content)


def _read(content: bytes) -> list[UnitRow]:
    try:
        rows, _columns = read_rows(read_sheet(content))
    except (UnreadableSheet, NoUnits) as error:
        raise Unreadable(str(error), file=str(error)) from None
    if len(rows) > MOST_ROWS:
        message = _("There are more than %(most)s rows. Split the list.", most=f"{MOST_ROWS:,}")
        raise Unreadable(message, file=message)
    return rows


def _write(actor: Actor, rows: Sequence[UnitRow], *, invite: bool) -> list[Told]:
    """Row after row, those whose unit above comes later in the file when it is there."""
    told = {row.number: Told(row) for row in rows}
    waiting = [row for row in rows if not row.wrong]
    known = _Known()
    while waiting:
        ready = [row for row in waiting if not row.parent or known.find_open(row.parent)]
        if not ready:
            for row in waiting:
                row.wrong.append(_("There is no open unit “%(name)s” to stand below.", name=row.parent))
            break
        for row in ready:
            _write_row(actor, told[row.number], known, invite=invite)
        done = {row.number for row in ready}
        waiting = [row for row in waiting if row.number not in done]
    return list(told.values())


def _write_row(actor: Actor, told: Told, known: "_Known", *, invite: bool) -> None:
    row = told.row
    try:
        with db.session.begin_nested():
            unit = _write_unit(actor, told, known)
            if row.officer:
                _write_officer(actor, told, unit, invite=invite)
    except (Invalid, Conflict, Forbidden) as error:
        told.deeds.clear()
        row.wrong.append(error.message)
    else:
        known.learn(unit)


def _write_unit(actor: Actor, told: Told, known: "_Known") -> Unit:
    row = told.row
    parent = known.find(row.parent, row.parent) if row.parent else None
    unit = known.find(row.code, "") if row.code else None
    unit = unit or known.find_named(row.name, parent)
    if unit is None:
        kind = row.kind or UnitKind.BRANCH
        unit = units.create_unit(actor, row.name, kind, parent.id if parent else None, code=row.code)
        told.deeds.append("unit_added")
    else:
        if not unit.is_open:
            if not was_taken_back(unit.id):
                raise Conflict(_("This unit is closed. Open it again first."))
            units.reopen_unit(actor, unit.id)
            told.deeds.append("unit_added")
        if units.rename_unit(actor, unit.id, row.name, row.kind, row.code or unit.code or ""):
            told.deeds.append("unit_renamed")
        if parent is not None and units.move_unit(actor, unit.id, parent.id):
            told.deeds.append("unit_moved")
    if row.areas and units.set_areas(actor, unit.id, [_area(name) for name in row.areas]):
        told.deeds.append("areas_changed")
    return unit


def _area(name: str) -> KnownArea:
    found = find_named(name)
    if not found:
        raise Invalid(_("There is no area “%(name)s”. Use its official name or its code.", name=name))
    # Of several kinds with one name the first is what a branch mostly covers: the council.
    return found[0]


def _write_officer(actor: Actor, told: Told, unit: Unit, *, invite: bool) -> None:
    row = told.row
    present = _find_present(unit.id, row)
    if present is None:
        starts = row.starts or (min(row.ends, today()) if row.ends else today())
        entry = officers.Entry(row.officer, row.email, row.role, starts, row.ends)
        _officer, invited = officers.add_officer(actor, unit.id, entry, invite=invite and bool(row.email))
        told.deeds += ["officer_added"] + (["officer_invited"] if invited else [])
        return
    entry = officers.Entry(
        row.officer,
        row.email or present.email or "",
        row.role,
        row.starts or present.starts_on,
        row.ends or present.ends_on,
    )
    if officers.edit_officer(actor, present.id, entry):
        told.deeds.append("officer_changed")


def _find_present(unit_id: UUID, row: UnitRow) -> UnitOfficer | None:
    """The same person in the same office there, whose term is not over: by address, or by name without one."""
    found = db.session.scalars(
        select(UnitOfficer).where(
            UnitOfficer.unit_id == unit_id,
            UnitOfficer.role == row.role,
            UnitOfficer.removed_at.is_(None),
        )
    ).all()
    key = email_key(row.email) if row.email else None
    at = row.ends or today()
    for one in found:
        same_name = fold(one.name or "") == fold(row.officer)
        same = one.email_key == key if key and one.email_key else same_name
        if same and (one.ends_on is None or one.ends_on >= min(at, today()) or one.ends_on == row.ends):
            return one
    return None


class _Known:
    """The units there are, as a list names them: by code, or by name where that is enough."""

    def __init__(self) -> None:
        self._units: dict[UUID, Unit] = {}
        for unit in db.session.scalars(select(Unit).order_by(Unit.closed_at.is_not(None))):
            self._units[unit.id] = unit

    def learn(self, unit: Unit) -> None:
        """A unit that the list itself has brought."""
        self._units[unit.id] = unit

    def find(self, code: str, name: str) -> Unit | None:
        """The unit of this code, or else the only open one of this name."""
        for unit in self._units.values():
            if code and unit.code == code:
                return unit
        named = [one for one in self._units.values() if name and one.is_open and fold(one.name) == fold(name)]
        return named[0] if len(named) == 1 else None

    def find_open(self, told: str) -> Unit | None:
        """The one that a list names so, if it is open by now."""
        found = self.find(told, told)
        return found if found is not None and found.is_open else None

    def find_named(self, name: str, parent: Unit | None) -> Unit | None:
        """The unit of this name below that one. Raises :class:`Conflict` where several could be meant."""
        named = [one for one in self._units.values() if one.is_open and fold(one.name) == fold(name)]
        if parent is not None:
            there = [one for one in named if one.parent_id == parent.id]
            return there[0] if there else None
        if len(named) > 1:
            raise Conflict(_("Several units are called “%(name)s”. Give their codes.", name=name))
        return named[0] if named else None
