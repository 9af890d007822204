"""What of actions goes with time: names at actions, photographs taken out of reports."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from organising.actions.models import ActionRole, BranchAction
from organising.platform.db import db
from organising.platform.retention import days_of

from . import report_photos

NAMES = "actions.names"


def forget_names(at: datetime) -> int:
    """Delete the current organisation's tasks of people by name, where the action is long over; colleagues' stay."""
    over = select(BranchAction.id).where(BranchAction.ends_at <= at - timedelta(days=days_of(NAMES)))
    gone = delete(ActionRole).where(ActionRole.user_id.is_(None), ActionRole.action_id.in_(over))
    changed: Any = db.session.execute(gone.execution_options(synchronize_session=False))
    return int(changed.rowcount)


RETENTION = report_photos.RETENTION | {NAMES: forget_names}
