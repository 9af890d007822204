"""Representatives in tests: files imported, what is on record after, tables written on the spot."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from organising.platform.actor import Actor
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import OfficeHolding, Person
from organising.representatives.readers import read_any, read_source
from organising.representatives.services import (
    ImportResult,
    Source,
    import_records,
    import_representatives,
    import_sources,
)

FIXTURES = Path(__file__).parents[1] / "fixtures" / "representatives"


DAY = date(2026, 9, 1)


TABLES = (
    "party", "area", "area_identifier", "person", "person_identifier", "person_name", "person_token",
    "office_holding", "contact_point", "seat_statement",
)  # fmt: skip


@contextmanager
def importing(app: Flask) -> Iterator[Session]:
    with app.app_context(), use_context(Context(purpose="import")) as session:
        yield session


def put_on_record(app: Flask, *rows: object) -> None:
    """Public facts, as an import leaves them."""
    with importing(app) as session:
        session.add_all(rows)
        session.commit()


def take(app: Flask, name: str | Path, *, as_of: date | None = None, dry_run: bool = False) -> ImportResult:
    with importing(app) as session:
        result = import_representatives(None, read_source(FIXTURES / name), as_of=as_of, dry_run=dry_run)
        session.commit()
    return result


def snapshot(app: Flask) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with importing(app) as session:
        return {table: sorted(session.scalars(text(f"SELECT t::text FROM {table} t"))) for table in TABLES}


def person_called(app: Flask, name: str) -> UUID:
    with importing(app) as session:
        found: UUID = session.query(Person.id).filter(Person.name == name).scalar()
        return found


OFFICES = "name,office,area,area_code,party,start,end,email,phone,address,website,source,source_id"


MERROW = "Zoë Merrow,msp,Fablewick,S16009901,Green,2021-05-07,,zoe@parliament.example,,,,Holyrood,17"


def nothing_changed(result: ImportResult) -> bool:
    return (result.created, result.updated, result.closed) == (0, 0, 0)


def offices(*rows: str) -> list[str]:
    return [OFFICES, *rows]


@dataclass
class Desk:
    """Imports files written on the spot."""

    app: Flask
    folder: Path
    number: int = field(default=0)

    def take(
        self, content: str | list[str], *, as_of: date | None = None, dry_run: bool = False
    ) -> ImportResult:
        self.number += 1
        path = self.folder / f"file{self.number}"
        path.write_text("\n".join(content) if isinstance(content, list) else content, encoding="utf-8")
        with importing(self.app) as session:
            result = import_records(None, read_any(path), as_of=as_of, dry_run=dry_run)
            session.commit()
        return result

    def load(self, content: str, name: str, *, as_of: date | None = None) -> ImportResult:
        """Import as the command does: with the bodies that come along, kept in the history."""
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        source = Source.of(name, path.read_bytes(), read_any(path))
        with importing(self.app) as session:
            ((_, found),) = import_sources(None, [source], as_of=as_of)
            session.commit()
        assert isinstance(found, ImportResult)
        return found

    def terms(self, kind: str) -> list[tuple[str, str | None, str | None]]:
        """Name, first day, last day of each term of a kind."""
        with importing(self.app) as session:
            rows = session.scalars(
                select(OfficeHolding).where(OfficeHolding.kind == kind).order_by(OfficeHolding.start_on)
            )
            return [
                (
                    one.person.name,
                    one.start_on and one.start_on.isoformat(),
                    one.end_on and one.end_on.isoformat(),
                )
                for one in rows
            ]


@contextmanager
def answering(app: Flask, actor: Actor) -> Iterator[Session]:
    context = Context(organisation_id=actor.organisation_id, user_id=actor.user_id, purpose="import")
    with app.app_context(), use_context(context) as session:
        yield session


TABLE = "pcon_name,pcon_code,member_id,full_title,display_as,party_text,member_email"


def seats(number: int) -> list[dict[str, str]]:
    return [
        {
            "pcon_name": f"Seat {chr(65 + n // 26)}{chr(97 + n % 26)}wick",
            "pcon_code": f"E990{n:05d}",
            "member_id": str(9000 + n),
            "full_title": f"Ms Memb{n}a Fam{n}b MP",
            "display_as": f"Ms Memb{n}a Fam{n}b",
            "party_text": ("Labour", "Conservative", "Green")[n % 3],
            "member_email": f"m{n}@parliament.example",
        }
        for n in range(number)
    ]


def as_table(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, TABLE.split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
