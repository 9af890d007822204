"""Background work on imports. The truth is in the kept upload, so each may ring twice, late or never."""

from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.errors import Invalid
from organising.platform.queue import each_organisation, job, periodic
from organising.platform.tenancy import Context, use_context, writing_reference
from organising.representatives.readers import UnreadableFile
from organising.representatives.services import uploads


@job(purpose="apply_import")
def apply_upload(actor: Actor, row_id: UUID) -> None:
    """Apply an import that a coordinator looked at and asked for: all of it, or nothing and why."""
    with use_context(Context(organisation_id=actor.organisation_id)) as session:
        asker = uploads.begin_upload(actor, row_id)
        session.commit()
    if asker is None:
        return
    try:
        with writing_reference(asker):
            uploads.apply_upload(asker, row_id)
    except (uploads.Stale, Invalid, UnreadableFile) as error:
        uploads.end_upload(row_id, error)


@periodic(every_seconds=60)
def sweep_uploads() -> None:
    """Forget expired uploads, and take up what no doorbell rang for or a killed runner left."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            uploads.tidy_uploads(organisation_id)
            session.commit()
