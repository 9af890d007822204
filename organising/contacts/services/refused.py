"""The rows of a file that can't be taken, as a file to mend and give again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.permissions import Permission
from ...platform.spreadsheet import lines
from ..models import ContactImport, ImportFinding
from ..queries.imports import list_findings

# Behind the file's own columns; they are left out when the mended file is given again.
ADDED_HEADERS = ("Row in the file", "What is wrong")


@dataclass(frozen=True)
class Finding:
    """A row that is not simply added, as it is shown. ``reasons``: column and what is wrong there."""

    row: ImportFinding
    name: str
    reasons: tuple[tuple[str, str], ...]
    cells: tuple[str, ...]


def opened(found: ImportFinding) -> Finding:
    """What was found of a row; nothing in words once its time is over."""
    said = json.loads(found.faults_json or "{}")
    reasons = tuple((column, reason) for column, reason in said.get("reasons", ()))
    return Finding(found, said.get("name", ""), reasons, tuple(said.get("cells", ())))


def refused_rows(actor: Actor, kept: ContactImport) -> Iterator[str]:
    """The refused rows as the lines of a CSV file: as they were given, with their number and what is wrong."""
    actor.check(Permission.CONTACTS_IMPORT)
    found = [opened(one) for one in list_findings(kept.id, wrong=True)]
    record(actor, "contacts.import_faults_taken", "contact_import", kept.id, rows=len(found))
    headers = [one for one in kept.headers if one not in ADDED_HEADERS]
    return lines(
        [*headers, *ADDED_HEADERS],
        (
            (*one.cells[: len(headers)], one.row.number, "; ".join(f"{column}: {why}" for column, why in one.reasons))
            for one in found
        ),
    )  # fmt: skip
