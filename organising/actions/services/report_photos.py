"""Photographs of an action: drawn anew, so that neither place nor device is kept; sealed; each once, however often sent."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from organising.actions.models import BranchAction, ReportPhoto
from organising.actions.queries.reports import get_photo, list_photos
from organising.files.content.findings import Clean
from organising.files.doors import Door, open_door
from organising.files.kinds import FileKind
from organising.files.services import check_file, keep_clean
from organising.files.services.carrying import Carried, open_either, register_carried
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import change_rows, db, new_id
from organising.platform.errors import Invalid

from .outcomes import Photo
from .rules import take

PHOTOS = open_door(
    Door(
        "report photo",
        "photos",
        kinds=frozenset({FileKind.JPEG}),
        otherwise=_l("Only photographs (JPEG, PNG, WebP), and this is none by its content."),
        is_governed=True,
    )
)
MOST_PHOTOS = 12
UNDO_DAYS = 14


def keep_photos(actor: Actor, action: BranchAction, photos: Iterable[Photo]) -> None:
    """Keep those that are new: known by the phone's own id, or by being the same picture. Raises :class:`Invalid`."""
    known = list(list_photos(action, removed=True))
    for photo in photos:
        if any(one.client_id == photo.client_id for one in known):
            continue
        picture = check_file(PHOTOS, photo.content)
        digest = hashlib.sha256(picture.content).digest()
        if any(one.digest == digest and one.removed_at is None for one in known):
            continue
        if len([one for one in known if one.removed_at is None]) >= MOST_PHOTOS:
            _refuse(_("An action has %(most)d photographs at most.", most=MOST_PHOTOS))
        known.append(_kept(actor, action, photo, picture, digest, len(known)))


def _kept(
    actor: Actor, action: BranchAction, photo: Photo, picture: Clean, digest: bytes, before: int
) -> ReportPhoto:
    number = before + 1
    row = ReportPhoto(
        id=new_id(),
        organisation_id=action.organisation_id,
        action_id=action.id,
        number=number,
        client_id=photo.client_id,
        may_be_shown=photo.may_be_shown,
        digest=digest,
        size=len(picture.content),
        width=picture.width,
        height=picture.height,
        file_id=keep_clean(actor, picture, f"Photograph {number}", door=PHOTOS).id,
        added_by=actor.user_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor, "action.photo_added", "branch_action", action.id, number=row.number, shown=row.may_be_shown
    )
    return row


def open_photo(action: BranchAction, number: int, *, small: bool = False) -> bytes:
    """The picture, a JPEG, for those who see the action's private part. Raises :class:`NotFound`."""
    return open_either(get_photo(action, number), small=small)


register_carried(Carried(ReportPhoto, PHOTOS, lambda one: f"Photograph {one.number}"))


def remove_photo(actor: Actor, action_id: UUID, number: int) -> None:
    """Take one out; for a fortnight it can be put back."""
    action = take(actor, action_id, "edit").action
    if get_photo(action, number, removed=True).remove(now()):
        audit.record(actor, "action.photo_removed", "branch_action", action.id, number=number)


def put_photo_back(actor: Actor, action_id: UUID, number: int) -> None:
    """Undo :func:`remove_photo`."""
    action = take(actor, action_id, "edit").action
    if get_photo(action, number, removed=True).restore():
        audit.record(actor, "action.photo_put_back", "branch_action", action.id, number=number)


def say_shown(actor: Actor, action_id: UUID, number: int, may_be_shown: bool) -> None:
    """Say whether all who can be recognised agreed to be shown; it can be taken back at any time."""
    action = take(actor, action_id, "edit").action
    row = get_photo(action, number)
    if row.may_be_shown != may_be_shown:
        row.may_be_shown = may_be_shown
        audit.record(
            actor, "action.photo_consent", "branch_action", action.id, number=number, shown=may_be_shown
        )


def delete_removed_photos(at: datetime) -> int:
    """Delete the current organisation's photographs that were taken out a fortnight ago; answers how many."""
    gone = delete(ReportPhoto).where(ReportPhoto.removed_at <= at - timedelta(days=UNDO_DAYS))
    return change_rows(gone)


RETENTION = {"actions.removed_photos": delete_removed_photos}


def _refuse(words: str) -> NoReturn:
    raise Invalid(_("The photograph was not kept."), photos=words)
