"""What the columns of a file mean, guessed from their headers, and a contact made of a row. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from ..platform.cautions import speaks_of_status
from ..platform.sheets import Row
from ..platform.spreadsheet import RUNS
from ..representatives.names import fold
from .models import Sector
from .services.drafts import ContactDraft, DetailDraft
from .words import LANGUAGES, SECTORS


class Column(StrEnum):
    """What a column can be. Several may be email, phone, address or note."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    POSTCODE = "postcode"
    UNIT = "unit"
    SECTOR = "sector"
    JOB = "job"
    WORKPLACE = "workplace"
    LANGUAGE = "language"
    TAGS = "tags"
    NOTE = "note"


SEVERAL = (Column.EMAIL, Column.PHONE, Column.ADDRESS, Column.NOTE)
# Folded headers as other systems write them (CiviCRM, NationBuilder, Action Network, Mailchimp, and our own export).
KNOWN: dict[Column, tuple[str, ...]] = {
    Column.NAME: ("name", "full name", "display name", "contact name", "contact", "supporter"),
    Column.FIRST_NAME: ("first name", "firstname", "given name", "forename", "first"),
    Column.LAST_NAME: ("last name", "lastname", "surname", "family name", "last"),
    Column.EMAIL: ("email", "e mail", "email address", "mail", "email 1", "email 2", "other emails", "work email",
                   "primary email", "second email"),
    Column.PHONE: ("phone", "telephone", "tel", "mobile", "mobile phone", "mobile number", "phone number", "home phone",
                   "work phone", "other phones", "landline"),
    Column.ADDRESS: ("address", "street", "street address", "address 1", "address 2", "address 3", "address line 1",
                     "address line 2", "address line 3", "city", "town", "town city", "county"),
    Column.POSTCODE: ("postcode", "post code", "postal code", "zip", "zip code", "zip postal code"),
    Column.UNIT: ("unit", "branch", "group", "branch or group", "district", "local group"),
    Column.SECTOR: ("sector",),
    Column.JOB: ("role", "job", "job title", "position", "occupation"),
    Column.WORKPLACE: ("workplace", "employer", "organisation", "organization", "company", "school"),
    Column.LANGUAGE: ("language", "preferred language"),
    Column.TAGS: ("tags", "tag", "groups", "labels", "tag list"),
    Column.NOTE: ("note", "notes", "comment", "comments"),
}  # fmt: skip
# What a spreadsheet shows in place of a value that it could not compute.
ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!"))
# “+44 20 7946 0018” and “- rang them” are none; “+SUM(A1)”, “-2+3” and “@A1” are.
_FORMULA = re.compile(r"[=@]|[+-](?!\+?\d[\d ().-]{6,}$)(?:\S*[\w)][(!|*/^&=+]|\s*\$?[A-Za-z]{1,3}\$?\d)")
_MEANT = {header: column for column, headers in KNOWN.items() for header in headers}


def guess(headers: Sequence[str]) -> dict[int, Column]:
    """What each column seems to be, by its place; of what can be there once only the first is taken."""
    found: dict[int, Column] = {}
    for place, header in enumerate(headers):
        column = _MEANT.get(fold(header))
        if column is not None and (column in SEVERAL or column not in found.values()):
            found[place] = column
    return found


@dataclass(frozen=True)
class Made:
    """A row as a contact: the draft, its notes, and for each field of the draft the columns that it came from."""

    draft: ContactDraft
    notes: tuple[str, ...]
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    wrong: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Known:
    """What words mean in a file, folded: the organisation's units by their names, sectors and languages."""

    units: Mapping[str, UUID]
    sectors: Mapping[str, str] = field(default_factory=lambda: _sectors())
    languages: Mapping[str, str] = field(default_factory=lambda: _languages())


def make(
    row: Row, headers: Sequence[str], meanings: Sequence[tuple[int, Column]], *, known: Known, key: UUID
) -> Made:
    """The contact that a row describes, not judged yet. ``meanings``: columns by their place. ``wrong``: column and reason."""
    cells: dict[Column, list[str]] = defaultdict(list)
    columns: dict[str, list[str]] = defaultdict(list)
    wrong: list[tuple[str, str]] = []
    for place, column in meanings:
        if not row.cells[place]:
            continue
        cell, reason = _read(row.cells[place], column)
        if reason:
            wrong.append((headers[place], reason))
            continue
        cells[column].append(cell)
        columns[column].append(headers[place])
    draft, more = _draft(cells, columns, known, key)
    return Made(draft, tuple(cells[Column.NOTE]), columns, (*wrong, *more))


def _read(cell: str, column: Column) -> tuple[str, str]:
    """A cell as it was meant, or why it can't be taken."""
    if cell.startswith("'") and cell[1:].lstrip().startswith(RUNS):
        # As this product's own exports keep a spreadsheet from running it.
        cell = cell[1:].lstrip()
    if _FORMULA.match(cell) and not (column is Column.PHONE and cell.startswith("+")):
        return "", _("This cell is a formula. Put its value there.")
    if cell in ERRORS:
        return "", _("This cell holds an error of the spreadsheet, not a value.")
    if column in (Column.JOB, Column.WORKPLACE, Column.TAGS, Column.NOTE) and speaks_of_status(cell):
        return "", _("This seems to speak of immigration status. Take it out: we keep nobody’s.")
    return cell, ""


def _draft(
    cells: Mapping[Column, list[str]], columns: Mapping[str, list[str]], known: Known, key: UUID
) -> tuple[ContactDraft, list[tuple[str, str]]]:
    wrong: list[tuple[str, str]] = []

    def one(column: Column) -> str:
        found = cells.get(column)
        return found[0] if found else ""

    def chosen(column: Column, meant: Mapping[str, Any]) -> Any:
        typed = one(column)
        if not typed:
            return None
        found = meant.get(fold(typed))
        if found is None:
            wrong.append((columns[column][0], _("“%(word)s” is none that is known here.", word=typed)))
        return found

    name = one(Column.NAME) or " ".join(filter(None, (one(Column.FIRST_NAME), one(Column.LAST_NAME))))
    lines, postcode = "\n".join(cells.get(Column.ADDRESS, ())), one(Column.POSTCODE)
    draft = ContactDraft(
        name=name,
        submission_key=key,
        emails=tuple(DetailDraft(each) for each in _split(cells.get(Column.EMAIL, ()))),
        phones=tuple(DetailDraft(each) for each in _split(cells.get(Column.PHONE, ()))),
        addresses=(DetailDraft(lines, postcode=postcode),) if lines or postcode else (),
        unit_id=chosen(Column.UNIT, known.units),
        sector=chosen(Column.SECTOR, known.sectors),
        job=one(Column.JOB),
        workplace=one(Column.WORKPLACE),
        language=chosen(Column.LANGUAGE, known.languages),
        tags=tuple(one(Column.TAGS).replace(";", ",").split(",")) if Column.TAGS in cells else (),
        source="import",
    )
    return draft, wrong


def _split(cells: Iterable[str]) -> Iterable[str]:
    """Several in one cell stand between semicolons, as in this product's own exports; each once."""
    parts = (part.strip() for cell in cells for part in cell.split(";"))
    return dict.fromkeys(part for part in parts if part)


def _sectors() -> dict[str, str]:
    words = {fold(str(label)): str(sector) for sector, label in SECTORS.items()}
    return words | {fold(sector): str(sector) for sector in Sector}


def _languages() -> dict[str, str]:
    return {fold(str(label)): code for code, label in LANGUAGES.items()} | {code: code for code in LANGUAGES}
