"""Undoing a whole import: who was added goes, who was changed is as before to the byte; what people did by hand stays."""

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, exists, update

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.bulk import run
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import Conflict
from ...platform.locks import take_turns
from ...platform.many import among
from ..models import Contact, ContactImport, ContactTag, ImportedRow, ImportPiece, ImportState, RowDeed, Tag
from ..queries.imports import list_to_change, list_to_undo
from ..queries.keeps import list_keeps
from .importing import can_undo, go_on_soon, open_import
from .keeping import kept_values_of, rewrite
from .pieces import PIECE
from .snapshots import can_restore, is_as_after, put_back, restore_rows


def ask_for_undo(actor: Actor, import_id: UUID) -> ContactImport:
    """Have what is written of a file undone. Raises Conflict while it is being written, and when the time is over."""
    kept = open_import(actor, import_id)
    if kept.state in (ImportState.UNDOING, ImportState.UNDONE):
        return kept
    if kept.state not in (ImportState.DONE, ImportState.STOPPED):
        raise Conflict(_("This file is still being written, or never was."))
    if not can_undo(kept):
        raise Conflict(_("This import can no longer be undone."))
    kept.begin(ImportState.UNDOING, now())
    kept.stayed = 0
    db.session.execute(delete(ImportPiece).where(ImportPiece.import_id == kept.id))
    record(actor, "contacts.import_undo_began", "contact_import", kept.id)
    go_on_soon(kept)
    return kept


def undo_step(system: Actor, kept: ContactImport) -> bool:
    """Undo the next rows, the last first; answers whether there are more. For the job."""
    began = time.monotonic()
    actor = replace(system, user_id=kept.user_id, display_name=kept.author_label)
    rows = list_to_undo(kept.id, PIECE)
    held = {row.contact_id for row in rows if row.contact_id}
    contacts = {one.id: one for one in list_to_change(held, locking=True)}
    staying = _remove(kept, [row for row in rows if row.deed == RowDeed.ADDED], contacts)
    staying |= _restore([row for row in rows if row.deed == RowDeed.UPDATED], contacts)
    _settle(rows, staying)
    kept.stayed += len(staying)
    kept.done += len(rows)
    kept.pace = len(rows) / max(time.monotonic() - began, 0.001)
    if len(rows) == PIECE:
        db.session.flush()
        return True
    _drop_tags(kept)
    kept.state, kept.undone_at, kept.changed_at, kept.pace = ImportState.UNDONE, now(), now(), None
    record(actor, "contacts.import_undone", "contact_import", kept.id, stayed=kept.stayed)
    db.session.flush()
    return False


def _remove(kept: ContactImport, rows: Sequence[ImportedRow], contacts: Mapping[UUID, Contact]) -> set[UUID]:
    """Remove who was added; returns the rows of those with whom somebody has done anything since: they stay."""
    ids = {row.contact_id: row.id for row in rows if row.contact_id and row.contact_id in contacts}
    touched = set(list_keeps({key: contacts[key] for key in ids}, kept.id))
    going = [one for one in ids if one not in touched]
    if going:
        # First no row points at them: that is one statement, and not one for each.
        away = update(ImportedRow).where(among(ImportedRow.id, [ids[one] for one in going]))
        db.session.execute(away.values(contact_id=None).execution_options(synchronize_session=False))
        run(db.session(), "DELETE FROM contact WHERE id = ANY(%s)", [going])
    return {ids[one] for one in touched}


def _restore(rows: Sequence[ImportedRow], contacts: Mapping[UUID, Contact]) -> set[UUID]:
    """Make who was changed what they were, to the byte where nothing was changed since; returns the rows that stay."""
    staying, whole = set(), []
    values = kept_values_of([one for one in contacts.values() if one.id in {row.contact_id for row in rows}])
    for row in rows:
        contact = contacts.get(row.contact_id) if row.contact_id else None
        if contact is None:
            continue
        if contact.merged_into_id is not None or row.before is None:
            staying.add(row.id)
            continue
        snapshot, present = json.loads(row.before), values[contact.id]
        is_same = "rows" in snapshot and is_as_after(snapshot, present)
        if is_same and can_restore(contact.organisation_id, snapshot["rows"]):
            whole.append(snapshot["rows"])
        else:
            rewrite(contact, put_back(snapshot, present, contact.submission_key))
    restore_rows(whole)
    return staying


def _settle(rows: Collection[ImportedRow], staying: set[UUID]) -> None:
    for stays, ids in (
        (True, list(staying)),
        (False, [row.id for row in rows if row.id not in staying]),
    ):
        if ids:
            settled = update(ImportedRow).where(among(ImportedRow.id, ids))
            settled = settled.values(undone_at=now(), before_cipher=None, stays=stays)
            db.session.execute(settled.execution_options(synchronize_session=False))
    db.session.expire_all()


def _drop_tags(kept: ContactImport) -> None:
    """Take away the tags that came with the file and that nobody bears now."""
    if not kept.made_tags:
        return
    take_turns("tags", kept.organisation_id)
    borne = exists().where(ContactTag.organisation_id == Tag.organisation_id, ContactTag.tag_id == Tag.id)
    made = [UUID(one) for one in kept.made_tags]
    unused = delete(Tag).where(Tag.id.in_(made), ~borne)
    db.session.execute(unused.execution_options(synchronize_session=False))
