"""Reading which areas a postcode lies in, and who holds office there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select, text

from organising.platform.db import db
from organising.representatives.known import CORRECTED
from organising.representatives.models import Area, AreaKind, OfficeKind, PostcodeLoad
from organising.representatives.postcode_format import key_of

# Who answers for an area by name; a council has too many councillors to list for a postcode.
OFFICES = (
    OfficeKind.MP, OfficeKind.MSP, OfficeKind.MS, OfficeKind.MLA, OfficeKind.PCC, OfficeKind.MAYOR,
    OfficeKind.CHIEF_CONSTABLE,
)  # fmt: skip


@dataclass(frozen=True)
class Holder:
    """Someone in office for an area."""

    person_id: UUID
    name: str
    office: str
    party_name: str | None
    party_colour: str | None


@dataclass(frozen=True)
class AreaFound:
    """An area with who holds office for it today; nobody where it is vacant or not on record."""

    id: UUID
    kind: str
    name: str
    gss_code: str | None
    region: str | None
    holders: tuple[Holder, ...] = ()

    @property
    def member(self) -> Holder | None:
        """The sitting MP."""
        return next((one for one in self.holders if one.office == OfficeKind.MP), None)


@dataclass(frozen=True)
class Located:
    """What the table says. ``code`` is None where it does not know the postcode, empty where there is no constituency.

    ``constituency`` is None too where no constituency in force bears the code.
    """

    is_loaded: bool
    code: str | None
    terminated_on: date | None
    constituency: AreaFound | None
    others: tuple[AreaFound, ...]


@dataclass(frozen=True)
class AreaCodes:
    """What a look-up elsewhere said of a postcode: GSS codes of the constituency and of other areas."""

    constituency: str
    others: tuple[str, ...] = ()


_IN_FORCE = "(a.start_on IS NULL OR a.start_on <= :on) AND (a.end_on IS NULL OR a.end_on >= :on)"
# A constituency may be known by a former code (a seat recoded); one that bears the code today comes first.
_BODY = """, seat AS (
    SELECT id FROM (
        SELECT a.id, 0 AS place FROM found f JOIN area a ON a.kind = 'westminster' AND a.gss_code = f.constituency
         WHERE {in_force}
        UNION ALL
        SELECT a.id, 1 FROM found f
          JOIN area_identifier i ON i.scheme = 'gss' AND i.value = f.constituency
          JOIN area a ON a.id = i.area_id AND a.kind = 'westminster'
         WHERE {in_force}) AS either
     ORDER BY place LIMIT 1
), lies_in AS (
    SELECT id, true AS is_seat FROM seat
    UNION ALL
    SELECT a.id, false FROM found f JOIN area a ON a.kind = ANY(:kinds) AND a.gss_code = ANY(f.others)
     WHERE {in_force}
)
SELECT EXISTS (SELECT FROM postcode) AS is_loaded, f.constituency AS code, f.terminated_on, l.is_seat,
       a.id AS area_id, a.kind AS area_kind, a.name AS area_name, a.gss_code, a.region,
       h.kind AS office, n.id AS person_id, n.name AS person_name, p.name AS party_name, p.colour AS party_colour
  FROM (SELECT 1) AS one
  LEFT JOIN found f ON true
  LEFT JOIN lies_in l ON true
  LEFT JOIN area a ON a.id = l.id
  LEFT JOIN office_holding h ON h.area_id = a.id AND h.kind = ANY(:offices)
       AND (h.start_on IS NULL OR h.start_on <= :on) AND (h.end_on IS NULL OR h.end_on >= :on)
       AND coalesce(h.end_reason, '') <> :corrected
  LEFT JOIN person n ON n.id = h.person_id
  LEFT JOIN party p ON p.id = h.party_id
 ORDER BY l.is_seat DESC NULLS LAST, a.kind, a.sort_key, a.id, h.kind, n.sort_key""".replace(
    "{in_force}", _IN_FORCE
)


def _statement(found: str) -> TextClause:
    """The whole statement, of what tells the codes."""
    return text(f"WITH found AS ({found}){_BODY}")


_BY_KEY = _statement("""
    SELECT l.constituency, ARRAY[l.county, l.authority, l.ward, l.police_force, l.health_board] AS others, p.terminated_on
      FROM postcode p JOIN postcode_place l ON l.id = p.place_id WHERE p.key = :key""")
_BY_CODES = _statement("""
    SELECT CAST(:constituency AS text) AS constituency, CAST(:others AS text[]) AS others,
           CAST(NULL AS date) AS terminated_on""")
_BY_AREA = _statement("""
    SELECT a.gss_code AS constituency, CAST('{}' AS text[]) AS others, CAST(NULL AS date) AS terminated_on
      FROM area a WHERE a.id = :area_id AND a.kind = 'westminster'""")


_CODE = text(
    """
    SELECT a.gss_code FROM postcode p JOIN postcode_place l ON l.id = p.place_id
      JOIN area a ON a.kind = 'westminster' AND (a.gss_code = l.constituency OR a.id = (
           SELECT i.area_id FROM area_identifier i WHERE i.scheme = 'gss' AND i.value = l.constituency))
     WHERE p.key = :key AND p.terminated_on IS NULL AND l.constituency <> '' AND {in_force}
     ORDER BY a.gss_code <> l.constituency LIMIT 1""".replace("{in_force}", _IN_FORCE)
)


def find_code(key: str, *, on: date) -> str | None:
    """The code of the constituency in force that a postcode in use lies in, or None: one small statement."""
    code: str | None = db.session.scalar(_CODE, {"key": key, "on": on})
    return code


_CODES = text(
    """
    SELECT g.key, l.constituency, l.county, l.authority, l.ward, l.police_force, l.health_board, a.gss_code
      FROM unnest(CAST(:keys AS text[])) AS g (key)
      JOIN postcode p ON p.key = g.key AND p.terminated_on IS NULL
      JOIN postcode_place l ON l.id = p.place_id AND l.constituency <> ''
      JOIN area a ON a.kind = 'westminster' AND (a.gss_code = l.constituency OR a.id = (
           SELECT i.area_id FROM area_identifier i WHERE i.scheme = 'gss' AND i.value = l.constituency))
     WHERE {in_force}
     ORDER BY g.key, a.gss_code <> l.constituency""".replace("{in_force}", _IN_FORCE)
)
_OTHERS_IN_FORCE = text(
    """
    SELECT a.gss_code FROM area a
     WHERE a.gss_code = ANY(CAST(:codes AS text[])) AND a.kind <> 'westminster' AND {in_force}""".replace(
        "{in_force}", _IN_FORCE
    )
)


def list_area_codes(postcodes: Collection[str], *, on: date) -> dict[str, set[str]]:
    """The codes of the areas in force in which many postcodes lie, as the loaded table has it: two statements for all.

    One that is no longer in use, or lies in no constituency in force, has none.
    """
    keys = {key_of(one): one for one in postcodes}
    if not keys:
        return {}
    found: dict[str, tuple[set[str], set[str]]] = {}
    for key, constituency, *others, seat in db.session.execute(_CODES, {"keys": list(keys), "on": on}):
        # A seat that bears the code today comes first.
        found.setdefault(keys[key], ({constituency, seat}, {one for one in others if one}))
    wanted = {code for _seats, others in found.values() for code in others}
    in_force = (
        set(db.session.scalars(_OTHERS_IN_FORCE, {"codes": list(wanted), "on": on})) if wanted else set()
    )
    return {one: seats | (others & in_force) for one, (seats, others) in found.items()}


def locate_postcode(key: str, *, on: date) -> Located:
    """What the table says of a postcode, with the areas in force on that day, in one statement."""
    return _located(_BY_KEY, on, key=key)


def locate_codes(codes: AreaCodes, *, on: date) -> Located:
    """The same, for codes that a look-up elsewhere gave."""
    return _located(_BY_CODES, on, constituency=codes.constituency, others=list(codes.others))


def find_constituency(area_id: UUID, *, on: date) -> AreaFound | None:
    """A constituency in force that someone chose by name, and who sits for it."""
    return _located(_BY_AREA, on, area_id=area_id).constituency


def list_constituencies(*, on: date) -> list[tuple[UUID, str]]:
    """Every constituency in force, by name."""
    statement = (
        select(Area.id, Area.name)
        .where(
            Area.kind == AreaKind.WESTMINSTER,
            (Area.start_on.is_(None)) | (Area.start_on <= on),
            (Area.end_on.is_(None)) | (Area.end_on >= on),
        )
        .order_by(Area.sort_key)
    )
    return [(row.id, row.name) for row in db.session.execute(statement)]


def find_newest_load() -> PostcodeLoad | None:
    """The file that last changed the table."""
    return db.session.scalars(select(PostcodeLoad).order_by(PostcodeLoad.created_at.desc()).limit(1)).first()


def _located(statement: TextClause, on: date, **values: Any) -> Located:
    kinds = [str(kind) for kind in AreaKind if kind != AreaKind.WESTMINSTER]
    fixed = {"on": on, "kinds": kinds, "offices": [str(one) for one in OFFICES], "corrected": CORRECTED}
    rows = db.session.execute(statement, fixed | values).all()
    found = [
        (rows_of_area[0].is_seat, _area(rows_of_area))
        for area_id, group in groupby(rows, key=lambda row: row.area_id)
        if area_id is not None and (rows_of_area := list(group))
    ]
    return Located(
        is_loaded=rows[0].is_loaded,
        code=rows[0].code,
        terminated_on=rows[0].terminated_on,
        constituency=next((area for is_seat, area in found if is_seat), None),
        others=tuple(area for is_seat, area in found if not is_seat),
    )


def _area(rows: Sequence[Any]) -> AreaFound:
    holders = tuple(
        Holder(row.person_id, row.person_name, row.office, row.party_name, row.party_colour)
        for row in rows
        if row.person_id is not None
    )
    first = rows[0]
    return AreaFound(first.area_id, first.area_kind, first.area_name, first.gss_code, first.region, holders)
