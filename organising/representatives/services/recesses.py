"""Entering recesses, one by one or from a table. The context needs the purpose ``import``."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import Chamber, Recess
from organising.representatives.queries.recesses import get_recess

COLUMNS = ("chamber", "name", "starts_on", "ends_on")
LONGEST_NAME = 80
# The longest summer recesses are under ten weeks; more is a slip of the keyboard.
LONGEST = timedelta(days=120)


@dataclass(frozen=True)
class RecessDraft:
    """A recess as it was typed; days that are no days are ``None``. ``ends_on`` is the last day without a sitting."""

    chamber: str
    name: str
    starts_on: date | None
    ends_on: date | None


@dataclass
class RecessImport:
    """How many rows made a recess, changed one, or were known; and lines with the reason why they were left out."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)


def add_recess(actor: Actor, draft: RecessDraft) -> Recess:
    """Keep a recess; one that begins on the same day takes the new words. Raises Forbidden, Invalid by field."""
    actor.check(Permission.CAMPAIGN_EDIT)
    if wrong := check_recess(draft):
        raise Invalid(_("The recess was not kept yet."), **wrong)
    recess, _outcome = _keep(draft)
    audit.record(actor, "recess.added", "recess", recess.id, chamber=recess.chamber)
    return recess


def remove_recess(actor: Actor, recess_id: UUID) -> Recess:
    """Take a recess out; the answer is what was taken, so that it can be put back. Raises NotFound, Forbidden."""
    actor.check(Permission.CAMPAIGN_EDIT)
    recess = get_recess(recess_id)
    db.session.delete(recess)
    audit.record(actor, "recess.removed", "recess", recess.id, chamber=recess.chamber)
    db.session.flush()
    return recess


def import_recesses(lines: Iterable[str]) -> RecessImport:
    """Read a CSV with the columns chamber, name, starts_on, ends_on. What is wrong is left out with its line number.

    Rows again change nothing. Raises Invalid where the columns are not there.
    """
    result = RecessImport()
    for number, draft in _read(lines):
        wrong = check_recess(draft)
        if wrong:
            result.rejected.append((number, " ".join(wrong.values())))
            continue
        _recess, outcome = _keep(draft)
        setattr(result, outcome, getattr(result, outcome) + 1)
    return result


def check_recess(draft: RecessDraft) -> dict[str, str]:
    """Reasons by field why this is no recess."""
    wrong: dict[str, str] = {}
    if draft.chamber not in list(Chamber):
        wrong["chamber"] = _("Choose a chamber: %(known)s.", known=", ".join(Chamber))
    if not 0 < len(draft.name.strip()) <= LONGEST_NAME:
        wrong["name"] = _("Enter a name of at most %(most)s characters.", most=LONGEST_NAME)
    if draft.starts_on is None:
        wrong["starts_on"] = _("Enter the first day without a sitting, as 2026-12-18.")
    if draft.ends_on is None:
        wrong["ends_on"] = _("Enter the last day without a sitting, as 2027-01-04.")
    elif draft.starts_on is not None and draft.ends_on < draft.starts_on:
        wrong["ends_on"] = _("It ends before it begins.")
    elif draft.starts_on is not None and draft.ends_on - draft.starts_on > LONGEST:
        wrong["ends_on"] = _("That is longer than any recess. Check the year.")
    return wrong


def _keep(draft: RecessDraft) -> tuple[Recess, str]:
    name = " ".join(draft.name.split())
    known = db.session.scalar(
        select(Recess).where(Recess.chamber == draft.chamber, Recess.starts_on == draft.starts_on)
    )
    if known is None:
        known = Recess(chamber=draft.chamber, name=name, starts_on=draft.starts_on, ends_on=draft.ends_on)
        db.session.add(known)
        db.session.flush()
        return known, "created"
    assert draft.ends_on is not None
    if (known.name, known.ends_on) == (name, draft.ends_on):
        return known, "unchanged"
    known.name, known.ends_on = name, draft.ends_on
    db.session.flush()
    return known, "updated"


def _read(lines: Iterable[str]) -> Iterator[tuple[int, RecessDraft]]:
    reader = csv.DictReader(lines)
    columns = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if missing := [name for name in COLUMNS if name not in columns]:
        raise Invalid(
            _("The table needs the columns %(columns)s.", columns=", ".join(COLUMNS)),
            file=_("Missing: %(columns)s.", columns=", ".join(missing)),
        )
    reader.fieldnames = columns
    for row in reader:
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if any(cells.values()):
            draft = RecessDraft(
                cells["chamber"].lower(), cells["name"], _day(cells["starts_on"]), _day(cells["ends_on"])
            )
            yield reader.line_num, draft


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
