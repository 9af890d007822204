"""A small table of postcodes and the seats that it names, for tests and measures."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Area, AreaIdentifier, OfficeHolding, Person
from organising.representatives.names import fold
from organising.representatives.postcode_file import parse_postcodes
from organising.representatives.services import PostcodesResult, import_postcodes

HEADER = "pcds,doterm,oslaua,ctry,pcon24cd"


@contextmanager
def importing(app: Flask) -> Iterator[Session]:
    """``db.session`` with the right to write what is public."""
    with app.app_context(), use_context(Context(purpose="import")) as session:
        yield session


def load(app: Flask, *lines: str, header: str = HEADER, **options: bool) -> tuple[PostcodesResult, int]:
    """Load these lines below the header; answers with the result and how many were removed."""
    found = parse_postcodes([f"{header}\n", *(f"{line}\n" for line in lines)], "lines.csv")
    assert found.left_out == []
    with importing(app) as session:
        results, removed = import_postcodes([found], **options)
        if not options.get("dry_run"):
            session.commit()
    return results[0], removed


def seat(
    session: Session,
    code: str,
    name: str,
    member: str | None = None,
    *,
    kind: str = "westminster",
    ended: date | None = None,
    former: Iterable[str] = (),
) -> Area:
    """A constituency, and who sits there."""
    area = Area(kind=kind, name=name, sort_key=fold(name), gss_code=code, end_on=ended)
    session.add(area)
    session.flush()
    for one in former:
        session.add(AreaIdentifier(scheme="gss", value=one, area_id=area.id))
    if member:
        person = Person(name=member, sort_key=fold(member))
        session.add(person)
        session.flush()
        session.add(
            OfficeHolding(person_id=person.id, kind="mp", area_id=area.id, source="test", source_id=code)
        )
    return area


def real_seats(app: Flask, test_data: Path) -> Mapping[str, str]:
    """The 650 constituencies of the open data, without members; answers with name by code."""
    with (test_data / "constituencies" / "constituencies_2024.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    with importing(app) as session:
        session.add_all(
            Area(kind="westminster", name=one["name"], sort_key=fold(one["name"]), gss_code=one["gss_code"])
            for one in rows
        )
        session.commit()
    return {one["gss_code"]: one["name"] for one in rows}
