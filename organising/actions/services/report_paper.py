"""The pledges on paper that a report claims, as a batch that waits to be keyed: begun once, and kept true to the report."""

from uuid import UUID, uuid5

from organising.actions import queries
from organising.actions.models import BranchAction
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, today
from organising.platform.db import db
from organising.platform.permissions import Permission
from organising.pledges.models import DriveStatus, PaperBatch, PledgeDrive
from organising.pledges.models.paper import MOST_CLAIMED
from organising.pledges.paper_states import OPEN
from organising.pledges.queries import list_drives, list_wordings
from organising.pledges.queries.paper import count_rows, list_scans, visible_batches
from organising.pledges.services.paper_batches import (
    FIRST_DAY_YEARS,
    BatchDetails,
    begin_batch,
    change_batch,
)
from organising.safeguards.storage import find_storage_off


def claim_paper(actor: Actor, action: BranchAction, claimed: int) -> None:
    """Begin the batch of what this report claims, or put right how many it should hold.

    Batches that somebody began for the action hold their part already. Where no pledge takes paper, the day is
    too long ago or the organisation keeps nobody, the number stands in the report alone.
    """
    batches = list(db.session.scalars(visible_batches(actor).where(PaperBatch.action_id == action.id)))
    own = next((one for one in batches if one.client_id == batch_key(action.id)), None)
    left = min(claimed - sum(one.claimed for one in batches if one is not own), MOST_CLAIMED)
    if own is not None:
        _adjust(actor, own, left)
        return
    drive = _drive_for(actor, action)
    if left < 1 or drive is None:
        return
    begin_batch(actor, drive, _details(actor, action, drive, left), batch_key(action.id))


def batch_key(action_id: UUID) -> UUID:
    """The one key of the batch that an action's report begins."""
    return uuid5(action_id, "paper")


def _adjust(actor: Actor, batch: PaperBatch, claimed: int) -> None:
    """A batch that was sent in is whoever checks it's; one that is still open follows the report."""
    if batch.state not in OPEN or batch.claimed == claimed:
        return
    if claimed >= 1:
        cover = BatchDetails(
            batch.label, batch.held_on, claimed, batch.wording_version, batch.unit_id, batch.action_id
        )
        change_batch(actor, batch.id, cover)
    elif not count_rows([batch.id]) and not list_scans(batch.id):
        db.session.delete(batch)
        db.session.flush()


def _drive_for(actor: Actor, action: BranchAction) -> PledgeDrive | None:
    day = action.starts_at.astimezone(LONDON).date()
    if not actor.can(Permission.PAPER_KEY) or find_storage_off(actor.organisation_id) is not None:
        return None
    if day > today() or day.year < today().year - FIRST_DAY_YEARS:
        return None
    drive = next(iter(list_drives(action.campaign_id)), None)
    return drive if drive and drive.status in (DriveStatus.OPEN, DriveStatus.CLOSED) else None


def _details(actor: Actor, action: BranchAction, drive: PledgeDrive, claimed: int) -> BatchDetails:
    detail = queries.find_detail(actor, action)
    assert detail is not None
    return BatchDetails(
        label=action.title,
        held_on=action.starts_at.astimezone(LONDON).date(),
        claimed=claimed,
        wording_version=max(one.version for one in list_wordings(drive)),
        unit_id=detail.unit_id,
        action_id=action.id,
    )
