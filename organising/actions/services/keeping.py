"""What of actions goes with time: names at actions, photographs taken out of reports."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from organising.actions.models import ActionRole, BranchAction
from organising.platform.db import change_rows
from organising.platform.retention import days_of

from . import report_photos

NAMES = "actions.names"


def forget_names(at: datetime) -> int:
    """Delete the current organisation's tasks of people by name, where the action is long over; colleagues' stay."""
    over = select(BranchAction.id).where(BranchAction.ends_at <= at - timedelta(days=days_of(NAMES)))
    gone = delete(ActionRole).where(ActionRole.user_id.is_(None), ActionRole.action_id.in_(over))
    return change_rows(gone)


RETENTION = report_photos.RETENTION | {NAMES: forget_names}
