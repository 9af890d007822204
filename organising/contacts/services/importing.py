"""Taking in a file of contacts: kept, looked at, and written only when somebody asks for it. A worker does the long work."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update

from ...files.content.telling import DataForm
from ...files.doors import Door, open_door
from ...files.services import check_data
from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now, today
from ...platform.db import db, get_or_404, new_id
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from ...platform.queue import enqueue_after_commit
from ...platform.sealing import blind_index, seal_bytes
from ...platform.sheets import MOST_BYTES, UnreadableSheet, read_sheet
from ...platform.workbooks import ZIP, check_contents, is_workbook
from ...safeguards.practice import check_live
from ...safeguards.storage import check_keeps_people
from ..mapping import Column
from ..models import (
    ConsentPurpose,
    ContactImport,
    ImportedRow,
    ImportFinding,
    ImportPiece,
    ImportState,
    KnownRule,
)
from ..queries.imports import list_forgotten
from .checking import SEALED, Looking, look_again, take_in
from .consents import LONGEST_EVIDENCE, wording_of

CONTACT_LISTS = open_door(
    Door(
        "list of contacts",
        "file",
        reads=frozenset({DataForm.TEXT, DataForm.ZIP}),
        most=MOST_BYTES,
        otherwise=_l("Choose an Excel workbook (XLSX) or a CSV file."),
    )
)
# A file that was looked at and left; what of a written one is needed to mend it or undo it.
FORGOTTEN_AFTER = timedelta(days=7)
UNDO_FOR = timedelta(days=30)
# A file no larger is read, and its rows looked at, while the person waits: a workbook takes ten times as long.
SMALL_BYTES = 256 * 2**10
SMALL_WORKBOOK = 32 * 2**10
FEW_ROWS = 1_000
UNWRITTEN = (ImportState.READING, ImportState.REFUSED, ImportState.CHECKING, ImportState.CHECKED)


@dataclass(frozen=True)
class Settings:
    """What somebody chose for a file. ``agreed``: purpose and channel that its people said yes to, with day and evidence."""

    meanings: Mapping[int, Column]
    known_rule: KnownRule = KnownRule.SKIP
    agreed: tuple[str, str] | None = None
    agreed_on: date | None = None
    evidence: str = ""


def keep_file(actor: Actor, name: str, content: bytes) -> ContactImport:
    """Keep a file, sealed; a small one is read at once and looked at. Raises Invalid where that can't be read."""
    actor.check(Permission.CONTACTS_IMPORT)
    check_live(actor)
    check_keeps_people(actor)
    if len(content) > MOST_BYTES:
        reason = _("The file is larger than %(most)s MB. Split it into several.", most=MOST_BYTES >> 20)
        raise Invalid(reason, file=reason)
    check_data(CONTACT_LISTS, content)
    organisation_id = actor.organisation_id
    kept = ContactImport(
        id=new_id(),
        organisation_id=organisation_id,
        digest_key=blind_index(organisation_id, "import file", hashlib.sha256(content).hexdigest()),
        rows=0,
        done=0,
        user_id=actor.user_id,
        author_label=actor.author_label,
        changed_at=now(),
        kept_until=now() + FORGOTTEN_AFTER,
        state=ImportState.READING,
        version=1,
        known_rule=KnownRule.SKIP,
        made_tags=[],
    )
    kept.file_name = name[:200] or _("a file")
    small = len(content) <= (SMALL_WORKBOOK if is_workbook(content) else SMALL_BYTES)
    if not small:
        kept.content_cipher = seal_bytes(db.session(), organisation_id, *SEALED, kept.id, content)
    db.session.add(kept)
    db.session.flush()
    try:
        if small:
            take_in(kept, read_sheet(content))
        elif content.startswith(ZIP):
            # A worker reads it later; what is no workbook at all is not kept until then.
            check_contents(content)
    except UnreadableSheet as error:
        raise Invalid(str(error), file=str(error)) from None
    _look(actor, kept)
    return kept


def change_settings(actor: Actor, import_id: UUID, settings: Settings, *, version: int) -> ContactImport:
    """Say what the columns are and what becomes of those known already. Raises Conflict, Invalid by field."""
    kept = open_import(actor, import_id)
    _still(kept, (ImportState.CHECKING, ImportState.CHECKED), version)
    wrong = _wrong_settings(settings)
    if wrong:
        raise Invalid(_("It was not kept yet."), **wrong)
    kept.meanings = {str(place): str(column) for place, column in settings.meanings.items()}
    kept.known_rule = settings.known_rule
    kept.agreed = ".".join(settings.agreed) if settings.agreed else None
    kept.agreed_on = (settings.agreed_on or today()) if settings.agreed else None
    kept.evidence = settings.evidence.strip() or None if settings.agreed else None
    # The words that stand today: they are what this person says that all of them agreed to.
    kept.wording_id = wording_of(actor, ConsentPurpose(settings.agreed[0])).id if settings.agreed else None
    kept.version += 1
    kept.kept_until = now() + FORGOTTEN_AFTER
    look_again(kept)
    _look(actor, kept)
    return kept


def _look(actor: Actor, kept: ContactImport) -> None:
    """Look at the rows now where they are few, else have a worker do it."""
    if kept.state == ImportState.CHECKING and kept.rows <= FEW_ROWS:
        looking = Looking()
        while looking.step(actor, kept):
            pass
    else:
        go_on_soon(kept)
    db.session.flush()


def ask_for_import(actor: Actor, import_id: UUID, *, version: int) -> ContactImport:
    """Have it written as it was looked at. Raises Conflict where it was changed since, or began already."""
    kept = open_import(actor, import_id)
    if kept.state in (ImportState.APPLYING, ImportState.DONE):
        return kept
    _still(kept, (ImportState.CHECKED,), version)
    check_live(actor)
    kept.begin(ImportState.APPLYING, now())
    kept.applied_at, kept.kept_until = now(), now() + UNDO_FOR
    kept.added = kept.updated = kept.skipped = kept.wrong = 0
    kept.user_id, kept.author_label = actor.user_id, actor.author_label
    record(actor, "contacts.import_began", "contact_import", kept.id, rows=kept.rows)
    go_on_soon(kept)
    return kept


def stop_import(actor: Actor, import_id: UUID) -> ContactImport:
    """Hold up the writing after the rows that a worker has in hand; a second time changes nothing. Raises Conflict."""
    kept = open_import(actor, import_id)
    if kept.stop(now()):
        record(actor, "contacts.import_stopped", "contact_import", kept.id, rows=kept.done)
    elif kept.state != ImportState.STOPPED:
        raise Conflict(_("This file is not being written now."))
    db.session.flush()
    return kept


def resume_import(actor: Actor, import_id: UUID) -> ContactImport:
    """Go on with the writing where it was held up; a second time changes nothing. Raises Conflict."""
    kept = open_import(actor, import_id)
    check_live(actor)
    check_keeps_people(actor)
    if kept.kept_until is None or kept.kept_until < now():
        raise Conflict(_("The rest of the file is no longer kept. Choose it again."))
    if kept.go_on(now()):
        record(actor, "contacts.import_resumed", "contact_import", kept.id, rows=kept.done)
        go_on_soon(kept)
    elif kept.state not in (ImportState.APPLYING, ImportState.DONE):
        raise Conflict(_("This file is not held up."))
    db.session.flush()
    return kept


def throw_away(actor: Actor, import_id: UUID) -> None:
    """Throw a file away of which nothing is written. Raises Conflict once something is."""
    kept = open_import(actor, import_id)
    if kept.state not in UNWRITTEN:
        raise Conflict(_("This file is being written, or was. Look at it again."))
    db.session.delete(kept)
    db.session.flush()


def can_undo(kept: ContactImport) -> bool:
    """Whether what is written of it can still be undone."""
    is_written = kept.state in (ImportState.DONE, ImportState.STOPPED)
    return is_written and kept.kept_until is not None and kept.kept_until > now()


def forget_files() -> int:
    """Throw away what was looked at and left, and of what is written all by which a row could be read; returns how many.

    Who is which row stays, without a word of what the file said.
    """
    forgotten = list_forgotten(now())
    for one in forgotten:
        if one.state in UNWRITTEN:
            db.session.delete(one)
            continue
        if one.state == ImportState.STOPPED:
            one.state = ImportState.DONE
        one.kept_until = None
        for model in (ImportPiece, ImportFinding):
            db.session.execute(delete(model).where(model.import_id == one.id))
        emptied = update(ImportedRow).where(ImportedRow.import_id == one.id).values(before_cipher=None)
        db.session.execute(emptied.execution_options(synchronize_session=False))
    db.session.flush()
    return len(forgotten)


def open_import(actor: Actor, import_id: UUID) -> ContactImport:
    """The import, locked until the transaction ends. Raises NotFound."""
    actor.check(Permission.CONTACTS_IMPORT)
    get_or_404(ContactImport, import_id)
    statement = select(ContactImport).where(ContactImport.id == import_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def take_import(import_id: UUID) -> ContactImport | None:
    """The import for a worker that goes on with it, locked; None where another worker has it."""
    statement = select(ContactImport).where(ContactImport.id == import_id).with_for_update(skip_locked=True)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def go_on_soon(kept: ContactImport) -> None:
    """Have a worker go on with it, once this is committed."""
    enqueue_after_commit(
        "organising.contacts.jobs.go_on",
        organisation_id=kept.organisation_id,
        row_id=kept.id,
        purpose="import",
        queue="default",
    )


def _still(kept: ContactImport, states: Collection[ImportState], version: int) -> None:
    if kept.state not in states:
        raise Conflict(_("This file is being written, or was. Look at it again."))
    if kept.version != version:
        raise Conflict(_("Somebody changed this meanwhile. Look at it again before you go on."))


def _wrong_settings(settings: Settings) -> dict[str, str]:
    wrong: dict[str, str] = {}
    columns = list(settings.meanings.values())
    named = {Column.NAME, Column.FIRST_NAME, Column.LAST_NAME} & set(columns)
    if not named:
        wrong["meanings"] = _("Say which column is the name.")
    twice = [one for one in set(columns) if columns.count(one) > 1 and one not in _REPEATED]
    if twice:
        wrong["meanings"] = _("Only one column can be the %(what)s.", what=str(twice[0]).replace("_", " "))
    if settings.agreed and not settings.evidence.strip():
        wrong["evidence"] = _("Say where it can be looked up that they said yes.")
    if len(settings.evidence) > LONGEST_EVIDENCE:
        wrong["evidence"] = _("Use at most %(most)s characters.", most=LONGEST_EVIDENCE)
    if settings.agreed_on and settings.agreed_on > today():
        wrong["agreed_on"] = _("That day is still to come.")
    return wrong


_REPEATED = (Column.EMAIL, Column.PHONE, Column.ADDRESS, Column.NOTE)
