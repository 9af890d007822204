"""What is brought or handed out: an address or a file, in versions of which the newest counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select

from organising.actions.models import ActionMaterial, ActionMaterialVersion, BranchAction
from organising.files.doors import Door, open_door
from organising.files.kinds import MATERIALS
from organising.files.services import keep_file
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Invalid, NotFound

from .preparing import LONGEST_WORDS, MOST_ROWS, take_to_prepare
from .rules import note

LONGEST_LINK = 2_000
UPLOADS = open_door(Door("material", "file", kinds=MATERIALS))


@dataclass(frozen=True)
class Upload:
    """A file as it was sent, with what it was called."""

    stream: BinaryIO
    name: str


@dataclass(frozen=True)
class Material:
    """A material by its address, or as a file."""

    title: str
    link: str = ""
    upload: Upload | None = None


def add_materials(actor: Actor, action: BranchAction, materials: Iterable[Material]) -> None:
    """Give a new action materials."""
    for one in materials:
        _write(actor, action, one, now())


def add_material(
    actor: Actor, action_id: UUID, material: Material, *, at: datetime | None = None
) -> ActionMaterial:
    """Add one. Raises ``Invalid`` by field."""
    action = take_to_prepare(actor, action_id).action
    _check_either(material.link, material.upload)
    _check_title(material.title)
    count = db.session.scalar(
        select(func.count(ActionMaterial.id)).where(
            ActionMaterial.action_id == action.id, ActionMaterial.taken_off_at.is_(None)
        )
    )
    if (count or 0) >= MOST_ROWS:
        raise Invalid("That is too much.", title=f"At most {MOST_ROWS} materials.")
    moment = at or now()
    written = _write(actor, action, material, moment)
    note(actor, action, "prepared", moment, fields=["materials"])
    return written


def replace_material(
    actor: Actor,
    action_id: UUID,
    material_id: UUID,
    link: str,
    upload: Upload | None = None,
    *,
    at: datetime | None = None,
) -> ActionMaterialVersion:
    """A new version; older ones stay to be read. Raises ``Invalid`` by field."""
    action = take_to_prepare(actor, action_id).action
    material = _get(action, material_id)
    _check_either(link, upload)
    newest = db.session.scalar(
        select(func.max(ActionMaterialVersion.number)).where(ActionMaterialVersion.material_id == material.id)
    )
    moment = at or now()
    version = _version(actor, material.id, (newest or 0) + 1, Material("", link, upload), moment)
    note(actor, action, "prepared", moment, fields=["materials"])
    return version


def remove_material(actor: Actor, action_id: UUID, material_id: UUID, *, at: datetime | None = None) -> None:
    """Take a material off; it can be put back."""
    _take_off(actor, action_id, material_id, at or now(), at or now())


def put_back_material(
    actor: Actor, action_id: UUID, material_id: UUID, *, at: datetime | None = None
) -> None:
    """Put a material back that was taken off, with its versions."""
    _take_off(actor, action_id, material_id, None, at or now())


def _take_off(
    actor: Actor, action_id: UUID, material_id: UUID, taken_off_at: datetime | None, at: datetime
) -> None:
    action = take_to_prepare(actor, action_id).action
    material = _get(action, material_id)
    if (material.taken_off_at is None) != (taken_off_at is None):
        material.taken_off_at = taken_off_at
        note(actor, action, "prepared", at, fields=["materials"])


def check_link(field: str, link: str) -> None:
    """Raise :class:`Invalid` for what is no address on the web."""
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.netloc or len(link) > LONGEST_LINK:
        message = "Give an address that begins with https://."
        raise Invalid(message, **{field: message})


def _check_either(link: str, upload: Upload | None) -> None:
    if (upload is None) == (not link):
        message = "Choose a file or give an address, one of them."
        raise Invalid(message, link=message)
    if upload is None:
        check_link("link", link)


def _check_title(title: str) -> None:
    if not title.strip():
        raise Invalid("It has no name.", title="Say what it is.")
    if len(title) > LONGEST_WORDS:
        raise Invalid("That text is too long.", title=f"Use at most {LONGEST_WORDS} characters.")


def _get(action: BranchAction, material_id: UUID) -> ActionMaterial:
    found = db.session.scalars(
        select(ActionMaterial).where(ActionMaterial.id == material_id, ActionMaterial.action_id == action.id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _write(actor: Actor, action: BranchAction, material: Material, at: datetime) -> ActionMaterial:
    written = ActionMaterial(id=new_id(), action_id=action.id, title=material.title.strip(), created_at=at)
    db.session.add(written)
    db.session.flush()
    _version(actor, written.id, 1, material, at)
    return written


def _version(
    actor: Actor, material_id: UUID, number: int, what: Material, at: datetime
) -> ActionMaterialVersion:
    version = ActionMaterialVersion(
        material_id=material_id,
        number=number,
        added_label=actor.author_label,
        link=what.link or None,
        created_at=at,
    )
    if what.upload is not None:
        version.file_id = keep_file(actor, what.upload.stream, what.upload.name, door=UPLOADS).id
    db.session.add(version)
    db.session.flush()
    return version
