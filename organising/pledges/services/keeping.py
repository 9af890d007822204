"""What time takes away of signatures, under which rule of the retention table."""

from datetime import datetime

from ...platform.clock import LONDON
from . import paper_scans, resending, signers


def delete_scans(at: datetime) -> int:
    """Photographs of the batches whose day has come."""
    return paper_scans.delete_old_scans(at.astimezone(LONDON).date())


RETENTION = {
    "pledges.unconfirmed": signers.erase_unconfirmed,
    "pledges.details": signers.remove_details,
    "pledges.scans": delete_scans,
    "pledges.requests": resending.forget_requests,
}
