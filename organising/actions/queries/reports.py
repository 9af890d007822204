"""Reading what hangs on a report: whom they met, its versions, and what waits for an answer or a check."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from organising.platform.db import db
from organising.platform.errors import NotFound

from ..models import ActionEvent, BranchAction, ReportMeeting, ReportPhoto, ReportVersion
from .reading import ActionRecord


def list_meetings(action: BranchAction) -> Sequence[ReportMeeting]:
    """Whom they met, in the order in which they were named."""
    return db.session.scalars(
        select(ReportMeeting)
        .where(ReportMeeting.action_id == action.id)
        .options(joinedload(ReportMeeting.person))
        .order_by(ReportMeeting.created_at, ReportMeeting.id)
    ).all()


def list_versions(action: BranchAction) -> Sequence[ReportVersion]:
    """All wordings of the report, the newest first."""
    return db.session.scalars(
        select(ReportVersion)
        .where(ReportVersion.action_id == action.id)
        .order_by(ReportVersion.number.desc())
    ).all()


def get_version(action: BranchAction, number: int) -> ReportVersion:
    """One wording. Raises :class:`NotFound`."""
    found = db.session.scalars(
        select(ReportVersion).where(ReportVersion.action_id == action.id, ReportVersion.number == number)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def open_question(record: ActionRecord) -> str | None:
    """What whoever checks the report wants to know, until a correction answers it; for those who see the report."""
    if record.report is None or record.report.asked_back_at is None:
        return None
    return next((one.comment for one in record.events if one.what == "asked_back"), None)


def find_answer(record: ActionRecord) -> ActionEvent | None:
    """What those who reported said to the last question about the report, where they said anything."""
    last = next((one for one in record.events if one.what in ("asked_back", "answered")), None)
    return last if last is not None and last.what == "answered" else None


def list_photos(action: BranchAction, *, removed: bool = False) -> Sequence[ReportPhoto]:
    """The photographs in their order, without their content; ``removed``: those that were taken out, too."""
    statement = select(ReportPhoto).where(ReportPhoto.action_id == action.id).order_by(ReportPhoto.number)
    return db.session.scalars(
        statement if removed else statement.where(ReportPhoto.removed_at.is_(None))
    ).all()


def get_photo(action: BranchAction, number: int, *, removed: bool = False) -> ReportPhoto:
    """One photograph. Raises :class:`NotFound`."""
    found = next((one for one in list_photos(action, removed=removed) if one.number == number), None)
    if found is None:
        raise NotFound
    return found
