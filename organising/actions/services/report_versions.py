"""Earlier wordings of a report: kept whole with every change, so that two can be compared and one brought back."""

from datetime import datetime

from sqlalchemy import func, select

from organising.actions.models import ActionReport, BranchAction, ReportVersion
from organising.actions.queries.reports import list_meetings, list_versions
from organising.platform.actor import Actor
from organising.platform.db import db, new_id

from .outcomes import as_said


def keep_first_version(actor: Actor, action: BranchAction, report: ActionReport, at: datetime) -> None:
    """Keep what a report said before its first correction, where it is older than its versions."""
    if not _count(action):
        keep_version(actor, action, report, report.created_at, label=action.author_label)


def keep_version(
    actor: Actor, action: BranchAction, report: ActionReport, at: datetime, *, label: str | None = None
) -> None:
    """Keep the report as it stands now, with who wrote it."""
    version = ReportVersion(
        id=new_id(),
        organisation_id=action.organisation_id,
        action_id=action.id,
        number=_count(action) + 1,
        user_id=actor.user_id if label is None else report.reported_by,
        user_label=label or actor.display_name,
        created_at=at,
    )
    version.said = as_said(action, report, list_meetings(action))
    db.session.add(version)
    db.session.flush()


def last_said(action: BranchAction) -> str | None:
    """The newest wording, as it is kept."""
    versions = list_versions(action)
    return versions[0].said if versions else None


def _count(action: BranchAction) -> int:
    counted = select(func.count()).select_from(ReportVersion).where(ReportVersion.action_id == action.id)
    return db.session.scalar(counted) or 0
