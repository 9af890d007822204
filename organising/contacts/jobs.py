"""Contacts' jobs: files that are written and undone step by step, and what time takes away."""

import time
from uuid import UUID

from ..platform.actor import Actor
from ..platform.db import db
from ..platform.queue import each_organisation, job, periodic, ring_in_each, ring_where
from ..platform.retention import carry_out
from ..platform.tenancy import Context, use_context
from .models import ImportState
from .queries.imports import list_under_way
from .services.checking import Looking, begin_reading
from .services.importing import forget_files, go_on_soon, take_import
from .services.merging import forget_merges, has_old_merges
from .services.steps import do_step

FORGET = "organising.contacts.jobs.forget_old_merges"
GO_ON = "organising.contacts.jobs.go_on"
# After so many seconds the job goes to the end of its queue: a large file keeps nobody's mail waiting.
TURN = 10.0


@job(purpose="import")
def go_on(actor: Actor, row_id: UUID) -> None:
    """Do the next steps of an import, each committed; rung again while there is more."""
    until, looking = time.monotonic() + TURN, Looking()
    while (kept := take_import(row_id)) is not None and kept.is_under_way:
        if kept.state == ImportState.READING:
            begin_reading(kept)
            db.session.commit()
            if (kept := take_import(row_id)) is None or kept.state != ImportState.READING:
                return
        has_more = do_step(actor, kept, looking)
        is_over = time.monotonic() >= until
        if has_more and is_over:
            go_on_soon(kept)
        db.session.commit()
        if is_over or not has_more:
            return


@periodic(60)
def sweep_imports() -> None:
    """Take up what a killed worker left, and throw away files that nobody came back to."""
    ring_in_each(GO_ON, purpose="import", queue="default", find=lambda _: list_under_way())
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            carry_out("contacts.import_files", forget_files)
            session.commit()


@job(purpose="retention")
def forget_old_merges(actor: Actor, _row_id: UUID | None) -> None:
    """Empty the organisation's merges that can no longer be undone."""
    carry_out("contacts.merges", forget_merges)


@periodic(6 * 3600)
def sweep_merges() -> None:
    """Have each organisation's old merges emptied."""
    ring_where(FORGET, purpose="retention", queue="default", is_due=has_old_merges)
