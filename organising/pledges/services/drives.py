"""Drives: created, worded, opened, closed and archived by the campaign's coordinator."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import db, new_id
from ...platform.errors import Conflict, Forbidden, Invalid
from ...platform.permissions import Permission
from ...platform.slugs import check_slug
from ...safeguards.practice import check_live
from ..keys import make_drive_key
from ..models import PledgeDrive, PledgeWording
from ..queries import get_text


@dataclass(frozen=True)
class DriveDetails:
    """What a coordinator writes about a drive. ``goal``: people, or ``None`` for no goal."""

    slug: str
    title: str
    standfirst: str
    wording: str
    goal: int | None


def create_drive(actor: Actor, details: DriveDetails) -> PledgeDrive:
    """A draft with its first wording and its own key. Raises :class:`Conflict` for a short address that is taken."""
    actor.check(Permission.CAMPAIGN_EDIT)
    if actor.campaign_id is None:
        raise Forbidden("Your organisation takes part in no campaign.")
    _check(details)
    drive = PledgeDrive(
        id=new_id(),
        campaign_id=actor.campaign_id,
        author_label=actor.author_label,
        slug=details.slug,
        title=details.title,
        standfirst=details.standfirst,
        goal=details.goal,
        wording_version=1,
    )
    try:
        with db.session.begin_nested():
            db.session.add(drive)
            db.session.flush()
    except IntegrityError:
        raise Conflict("Another pledge already has this short address. Choose another.") from None
    _add_wording(actor, drive, details.wording)
    make_drive_key(drive.id)
    record(actor, "pledge_drive.created", "pledge_drive", drive.id)
    return drive


def edit_drive(actor: Actor, drive: PledgeDrive, details: DriveDetails) -> bool:
    """Change a drive; a changed text becomes a new version. Returns whether the text changed.

    The short address of a drive that was ever open stays: it is printed on leaflets.
    """
    check_own(actor, drive)
    _check(details)
    if details.slug != drive.slug and drive.opened_at is not None:
        raise Invalid("The short address stays once a pledge was open.")
    before = get_text(drive)
    drive.slug, drive.title, drive.standfirst, drive.goal = (
        details.slug, details.title, details.standfirst, details.goal
    )  # fmt: skip
    after = (details.title, details.standfirst, details.wording)
    changed = after != (before.title, before.standfirst, before.wording)
    if changed:
        drive.wording_version += 1
        _add_wording(actor, drive, details.wording)
    record(actor, "pledge_drive.edited", "pledge_drive", drive.id, wording_version=drive.wording_version)
    return changed


def open_drive(actor: Actor, drive: PledgeDrive) -> bool:
    """Let people sign; returns whether that changed anything. Raises ``PracticeMode``."""
    check_own(actor, drive)
    check_live(actor)
    return _turn(actor, drive, "opened", drive.open(now()))


def close_drive(actor: Actor, drive: PledgeDrive) -> bool:
    """Take no more signatures; returns whether that changed anything."""
    return _turn(actor, drive, "closed", drive.close(now()) if check_own(actor, drive) else False)


def archive_drive(actor: Actor, drive: PledgeDrive) -> bool:
    """End a closed drive: its key and ballots go, the totals stay. Returns whether that changed anything."""
    changed = _turn(actor, drive, "archived", drive.archive(now()) if check_own(actor, drive) else False)
    if changed:
        db.session.flush()
        db.session.execute(text("SELECT app.forget_drive(:d)"), {"d": drive.id})
    return changed


def _turn(actor: Actor, drive: PledgeDrive, verb: str, changed: bool) -> bool:
    if changed:
        record(actor, f"pledge_drive.{verb}", "pledge_drive", drive.id)
    return changed


def _add_wording(actor: Actor, drive: PledgeDrive, wording: str) -> None:
    db.session.add(
        PledgeWording(
            campaign_id=drive.campaign_id,
            author_label=actor.author_label,
            drive_id=drive.id,
            version=drive.wording_version,
            title=drive.title,
            standfirst=drive.standfirst,
            wording=wording,
        )
    )
    db.session.flush()


def _check(details: DriveDetails) -> None:
    check_slug(details.slug)


def check_own(actor: Actor, drive: PledgeDrive) -> bool:
    """Raise :class:`Forbidden` unless this actor may change this drive; ``True`` otherwise."""
    actor.check(Permission.CAMPAIGN_EDIT)
    if drive.organisation_id != actor.organisation_id:
        raise Forbidden("Only the organisation that made this pledge can change it.")
    return True
