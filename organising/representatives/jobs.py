"""Background work on imports. The truth is in the kept upload, so each may ring twice, late or never."""

from uuid import UUID

from organising.platform.actor import Actor
from organising.platform.queue import each_organisation, job, periodic
from organising.platform.tenancy import Context, use_context
from organising.representatives.services.uploads import apply_kept, tidy_uploads


@job(purpose="apply_import")
def apply_upload(actor: Actor, row_id: UUID) -> None:
    """Apply an import that a coordinator looked at and asked for."""
    apply_kept(actor, row_id)


@periodic(every_seconds=60)
def sweep_uploads() -> None:
    """Forget expired uploads, and take up what no doorbell rang for or a killed runner left."""
    for organisation_id in each_organisation():
        with use_context(Context(organisation_id=organisation_id)) as session:
            tidy_uploads(organisation_id)
            session.commit()
