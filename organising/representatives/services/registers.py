"""Importing what registers say of areas, public bodies and parliaments. The context needs the purpose ``import``."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Connection, delete, select

from organising.platform import audit, clock
from organising.platform.actor import Actor
from organising.platform.db import db, new_id
from organising.platform.errors import Invalid
from organising.representatives.known import Draft, Known
from organising.representatives.models import AreaLayoutCell
from organising.representatives.models.parliaments import Chamber, Parliament
from organising.representatives.readers.records import Rejection
from organising.representatives.readers.register_records import ParliamentRecords, RegisterRecords
from organising.representatives.register_institutions import compare_institutions
from organising.representatives.register_known import Register, institution_row, load_register
from organising.representatives.register_links import (
    Links,
    compare_duties,
    compare_layout,
    compare_overlaps,
)
from organising.representatives.register_places import compare_places
from organising.representatives.rows import add_rows, change_rows, read_rows
from organising.representatives.services.registry import imports
from organising.representatives.services.results import ImportResult, counted
from organising.representatives.writing import area_row, lock_imports

_OVERLAP = ("source", "from_area_id", "to_area_id")
_DUTY = ("area_id", "service", "body")


@imports(RegisterRecords)
def import_register(
    actor: Actor | None, records: RegisterRecords, *, as_of: date | None = None, dry_run: bool = False
) -> ImportResult:
    """Bring areas, institutions, overlaps, hexagons and responsibilities to what a register says; the caller commits.

    Raises Invalid, before anything is written, where nothing that the file refers to is on record.
    """
    connection = db.session.connection()
    lock_imports(connection)
    register = load_register(connection, records.source, as_of or clock.today())
    draft = register.draft
    compare_places(register, records.places)
    compare_institutions(register, records.institutions)
    overlaps = _known_overlaps(connection, register)
    duties = _known_duties(connection) if records.duties else Links({})
    if records.overlaps:
        compare_overlaps(register, records.overlaps, overlaps)
    if records.duties:
        compare_duties(register, records.duties, duties, overlaps)
    if records.layout:
        compare_layout(register, records.places, records.layout, _known_layouts(connection, register))
    result = _result(draft, records.source, records.rejected, records.ignored, dry_run)
    if records.needs and not result.counts:
        raise Invalid(
            _("nothing that this file refers to is on record; load %(files)s first", files=records.needs)
        )
    if not dry_run:
        _write(connection, register, overlaps, duties)
        db.session.expire_all()
        _record(actor, result)
    return result


@imports(ParliamentRecords)
def import_parliaments(
    actor: Actor | None, records: ParliamentRecords, *, as_of: date | None = None, dry_run: bool = False
) -> ImportResult:
    """Bring the parliaments of the Commons to what a file says; the caller commits.

    A day that the file leaves open stays as a person set it; a dissolution that was carried out stays.
    """
    lock_imports(db.session.connection())
    draft = Draft(Known(), as_of or clock.today())
    statement = select(Parliament).where(Parliament.chamber == Chamber.COMMONS)
    known = {one.number: one for one in db.session.scalars(statement)}
    for record in records.parliaments:
        parliament = known.get(record.number)
        name = _("Parliament of %(year)s", year=str(record.elected_on.year))
        if parliament is None:
            draft.note("parliament", "created", name)
            if not dry_run:
                db.session.add(
                    Parliament(
                        id=new_id(),
                        chamber=Chamber.COMMONS,
                        number=record.number,
                        name=name,
                        elected_on=record.elected_on,
                        dissolved_on=record.dissolved_on,
                    )
                )
            continue
        dissolved = record.dissolved_on or parliament.dissolved_on
        if (parliament.elected_on, parliament.dissolved_on) == (record.elected_on, dissolved):
            draft.note("parliament", "unchanged")
        elif parliament.carried_out_at is not None:
            draft.reject(
                record.place, _("the dissolution of %(name)s has been carried out", name=parliament.name)
            )
        else:
            draft.note("parliament", "updated", parliament.name)
            if not dry_run:
                parliament.elected_on, parliament.dissolved_on = record.elected_on, dissolved
    result = _result(draft, records.source, records.rejected, records.ignored, dry_run)
    if not dry_run:
        db.session.flush()
        _record(actor, result)
    return result


def _result(draft: Draft, source: str, rejected: Any, ignored: Any, dry_run: bool) -> ImportResult:
    left_out: tuple[Rejection, ...] = (*rejected, *draft.rejected)
    return ImportResult(
        source, draft.as_of, dry_run, counted(draft.tally), tuple(draft.changes), left_out, ignored
    )


def _record(actor: Actor | None, result: ImportResult) -> None:
    if actor is not None:
        audit.record(actor, "representatives.imported", "representatives", source=result.source,
                     created=result.created, updated=result.updated, closed=result.closed)  # fmt: skip


def _known_overlaps(connection: Connection, register: Register) -> Links:
    rows = [
        dict(row._mapping) for row in read_rows(connection, "area_overlap") if row.source == register.source
    ]
    for row in rows:
        del row["created_at"]
    return Links({tuple(row[one] for one in _OVERLAP): row for row in rows})


def _known_duties(connection: Connection) -> Links:
    rows = [dict(row._mapping) for row in read_rows(connection, "responsibility")]
    for row in rows:
        del row["created_at"]
    return Links({tuple(row[one] for one in _DUTY): row for row in rows})


def _known_layouts(connection: Connection, register: Register) -> dict[str, Any]:
    cells: defaultdict[UUID, dict[UUID, tuple[int, int]]] = defaultdict(dict)
    present: set[UUID] = set()
    for row in read_rows(connection, "area_layout_cell"):
        cells[row.layout_id][row.area_id] = (row.q, row.r)
        if register.areas[row.area_id].end is None:
            present.add(row.layout_id)
    layouts = {row.name: row for row in read_rows(connection, "area_layout")}
    return {"layouts": layouts, "cells": cells, "present": present}


def _write(connection: Connection, register: Register, overlaps: Links, duties: Links) -> None:
    draft = register.draft
    add_rows(connection, "area", [area_row(one) for one in draft.added["area"]])
    change_rows(connection, "area", [area_row(one) for one in draft.updated("area")])
    add_rows(connection, "area_identifier", _codes(draft, "area"))
    # A successor may be among the new ones: all are there before any points at another.
    new = [institution_row(one) for one in draft.added["institution"]]
    add_rows(connection, "institution", [{**row, "successor_id": None} for row in new])
    follow = [row for row in new if row["successor_id"]]
    change_rows(
        connection, "institution", follow + [institution_row(one) for one in draft.updated("institution")]
    )
    add_rows(connection, "institution_identifier", _codes(draft, "institution"))
    add_rows(connection, "register_statement", draft.added["statement"])
    change_rows(connection, "register_statement", draft.added["statement_changed"], ("source", "key"))
    add_rows(connection, "area_overlap", overlaps.added)
    change_rows(connection, "area_overlap", overlaps.changed, _OVERLAP)
    add_rows(connection, "responsibility", duties.added)
    change_rows(connection, "responsibility", duties.changed, _DUTY)
    _write_layout(connection, draft)


def _write_layout(connection: Connection, draft: Draft) -> None:
    add_rows(connection, "area_layout", draft.added["layout"])
    change_rows(connection, "area_layout", draft.added["layout_changed"])
    for layout_id, area_id in draft.added["cell_removed"]:
        gone = delete(AreaLayoutCell).where(
            AreaLayoutCell.layout_id == layout_id, AreaLayoutCell.area_id == area_id
        )
        connection.execute(gone)
    change_rows(connection, "area_layout_cell", draft.added["cell_updated"], ("layout_id", "area_id"))
    add_rows(connection, "area_layout_cell", draft.added["cell_created"])


def _codes(draft: Draft, what: str) -> list[dict[str, Any]]:
    return [
        {"scheme": one.scheme, "value": one.value, f"{what}_id": owner}
        for owner, one in draft.added[f"{what}_identifier"]
    ]
