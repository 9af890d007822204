"""Rows of a list of units: which columns there are, and what each row says. Pure, but for the words of its errors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import gettext as _

from ..platform.folding import fold
from ..platform.sheets import Sheet
from .models import OfficerRole, UnitKind
from .words import OFFICER_ROLE_NAMES, UNIT_KIND_NAMES

# What lists call these columns, folded.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": (
        *("unit", "unit name", "name of unit", "branch", "branch name", "name of branch"),
        *("district", "district name", "name of district", "group", "group name", "local group"),
    ),
    "kind": ("kind", "type", "unit type", "kind of unit"),
    "code": ("code", "unit code", "number", "branch code", "district code"),
    "parent": ("below", "parent", "above", "unit above", "region"),
    "areas": ("areas", "area", "covers", "council", "local authority"),
    "officer": (
        *("officer", "officer name", "name of officer", "officers name"),
        *("contact", "contact name", "secretary", "secretary name"),
    ),
    "email": (
        *("email", "e mail", "mail", "email address", "e mail address"),
        *("officer email", "contact email", "secretary email"),
    ),
    "role": ("office", "role", "position", "post"),
    "starts": ("from", "start", "starts", "term from"),
    "ends": ("to", "until", "end", "ends", "term to"),
}
MUST = "name"
EXAMPLE = (
    ("Unit", "Kind", "Code", "Below", "Areas", "Officer", "Email", "Office", "From", "To"),
    ("Northern", "Region", "R1", "", "", "", "", "", "", ""),
    ("Leeds", "District", "D42", "R1", "Leeds", "Ada Okafor", "ada@example.org", "Secretary", "2026-09-01", "2027-08-31"),
)  # fmt: skip
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass
class UnitRow:
    """One row, read. ``wrong``: sentences that say what is wrong with it; such a row is left out whole."""

    number: int
    name: str = ""
    kind: UnitKind | None = None
    code: str = ""
    parent: str = ""
    areas: tuple[str, ...] = ()
    officer: str = ""
    email: str = ""
    role: OfficerRole = OfficerRole.SECRETARY
    starts: date | None = None
    ends: date | None = None
    wrong: list[str] = field(default_factory=list)


class NoUnits(ValueError):
    """Why a table is no list of units, in a sentence."""


def read_rows(sheet: Sheet) -> tuple[list[UnitRow], frozenset[str]]:
    """The rows, and which columns the file has. Raises :class:`NoUnits` without a column of names."""
    places = find_columns(sheet.headers)
    if MUST not in places:
        raise NoUnits(
            _(
                "No column is called “Unit”, “Branch”, “District” or “Group”. Call the one with the names so. There are: %(columns)s.",
                columns=", ".join(f"“{header}”" for header in sheet.headers if header.strip()) or "–",
            )
        )
    rows = [_read(row.number, row.cells, places) for row in sheet.rows]
    _check_codes(rows)
    return rows, frozenset(places)


def _check_codes(rows: list[UnitRow]) -> None:
    """A code that a list gives to two units: the second would else take the first one's place."""
    first: dict[str, UnitRow] = {}
    for row in rows:
        if not row.code or not row.name:
            continue
        other = first.setdefault(row.code, row)
        if fold(other.name) != fold(row.name):
            row.wrong.append(
                _(
                    "Row %(number)s has the code %(code)s too, for “%(name)s”.",
                    number=other.number,
                    code=row.code,
                    name=other.name,
                )
            )


def find_columns(headers: tuple[str, ...]) -> dict[str, int]:
    """Where each column stands; “Name” is the unit's where no other column is."""
    folded = [fold(header) for header in headers]
    places = {
        column: place
        for column, names in COLUMNS.items()
        for place, header in enumerate(folded)
        if header in names
    }
    if MUST not in places and "name" in folded:
        places[MUST] = folded.index("name")
    elif "officer" not in places and "name" in folded:
        places["officer"] = folded.index("name")
    return places


def _read(number: int, cells: tuple[str, ...], places: Mapping[str, int]) -> UnitRow:
    told = {column: " ".join(cells[place].split()) for column, place in places.items()}
    row = UnitRow(number, told.get("name", ""), code=told.get("code", ""), parent=told.get("parent", ""))
    row.officer, row.email = told.get("officer", ""), told.get("email", "")
    row.areas = tuple(part.strip() for part in re.split(r"[;|]", told.get("areas", "")) if part.strip())
    row.kind = _kind(told.get("kind", ""), row.wrong)
    row.role = _role(told.get("role", ""), row.wrong)
    row.starts, row.ends = _day(told.get("starts", ""), row.wrong), _day(told.get("ends", ""), row.wrong)
    _check(row)
    return row


def _check(row: UnitRow) -> None:
    if not row.name:
        row.wrong.append(_("The unit has no name."))
    if len(row.name) > 120 or len(row.officer) > 120:
        row.wrong.append(_("A name is longer than 120 letters."))
    if row.email and not ADDRESS.fullmatch(row.email):
        row.wrong.append(_("“%(address)s” is no email address.", address=row.email))
    if row.email and not row.officer:
        row.wrong.append(_("There is an address, and no officer’s name."))
    if row.starts and row.ends and row.ends < row.starts:
        row.wrong.append(_("The term ends before it begins."))


def _kind(told: str, wrong: list[str]) -> UnitKind | None:
    if not told:
        return None
    for kind in UnitKind:
        if fold(told) in (fold(str(UNIT_KIND_NAMES[kind])), kind.replace("_", " ")):
            return kind
    wrong.append(_("“%(kind)s” is no kind of unit.", kind=told))
    return None


def _role(told: str, wrong: list[str]) -> OfficerRole:
    if not told:
        return OfficerRole.SECRETARY
    sought = fold(told).removeprefix("branch ").removeprefix("district ")
    for role in OfficerRole:
        if sought in (fold(str(OFFICER_ROLE_NAMES[role])), role.replace("_", " ")):
            return role
    wrong.append(_("“%(role)s” is no office that is known here.", role=told))
    return OfficerRole.OTHER


def _day(told: str, wrong: list[str]) -> date | None:
    if not told:
        return None
    for written in DAYS:
        try:
            return datetime.strptime(told.split(" 00:00")[0], written).date()
        except ValueError:
            continue
    wrong.append(_("“%(day)s” is no day. Write it as 2026-12-31.", day=told))
    return None
