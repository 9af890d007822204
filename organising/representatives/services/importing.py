"""Importing representatives, and keeping the salutations that people have checked."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from organising.platform import audit, clock
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import Invalid
from organising.representatives.comparing import NEWER, OLDER, compare_contact_points, compare_records
from organising.representatives.known import Draft
from organising.representatives.models import Person
from organising.representatives.queries.imports import is_outdated
from organising.representatives.readers.records import SourceRecords
from organising.representatives.services.registry import imports
from organising.representatives.services.results import ImportResult, counted
from organising.representatives.terms import compare_terms
from organising.representatives.writing import load_known, lock_imports, write_draft

LONGEST_SALUTATION = 120


@imports(SourceRecords)
def import_representatives(
    actor: Actor | None, records: SourceRecords, *, as_of: date | None = None, dry_run: bool = False
) -> ImportResult:
    """Bring what is on record to what ``records`` say, in the current transaction; the caller commits.

    The session's context needs the purpose ``import``. ``as_of`` is the day for which the file speaks (today
    where not said); saying it lets a table without dates overrule what a dated file says of that day.
    """
    connection = db.session.connection()
    lock_imports(connection)
    draft = Draft(load_known(connection, records.source), as_of or clock.today())
    draft.outdated = why_outdated(records, as_of)
    draft.rejected.extend(records.rejected)
    draft.ignored.update(records.ignored)
    resolved = compare_records(draft, records)
    compare_terms(draft, records, resolved, as_of_stated=as_of is not None)
    compare_contact_points(draft, records, resolved)
    result = ImportResult(
        source=records.source,
        as_of=draft.as_of,
        dry_run=dry_run,
        counts=counted(draft.tally),
        changes=tuple(draft.changes),
        rejected=tuple(draft.rejected),
        ignored=dict(draft.ignored),
        questions=tuple(draft.questions.values()),
    )
    if not dry_run:
        write_draft(connection, draft, records.source)
        db.session.expire_all()
        if actor is not None:
            audit.record(actor, "representatives.imported", "representatives", source=records.source,
                         created=result.created, updated=result.updated, closed=result.closed)  # fmt: skip
    return result


def why_outdated(records: SourceRecords, as_of: date | None) -> str:
    """Why these records are older than what is on record, in words; empty where nothing says so."""
    if records.repeated:
        return NEWER
    return OLDER if as_of is not None and is_outdated(records.source, as_of) else ""


def check_salutation(actor: Actor, person_id: UUID, words: str) -> bool:
    """Keep the words after “Dear” as checked by this person; returns whether that changed anything.

    The session's context needs the purpose ``import``. Raises NotFound, and Invalid for empty or long words.
    """
    words = " ".join(words.split())
    if not words:
        raise Invalid("Write how the letter should begin after “Dear”.", salutation="missing")
    if len(words) > LONGEST_SALUTATION:
        raise Invalid(f"Use at most {LONGEST_SALUTATION} characters.", salutation="too long")
    person: Person = get_or_404(Person, person_id)
    return person.check_salutation(words, actor.display_name, clock.now())
