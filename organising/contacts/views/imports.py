"""Taking in a file of contacts: looked at row by row, written by a worker, undone as a whole."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...files.doors import takes_files
from ...platform.access import current_actor, requires
from ...platform.actor import Actor
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid
from ...platform.forms import PlainForm
from ...platform.given import as_version
from ...platform.pagination import page
from ...platform.permissions import Permission
from ...platform.sheets import MOST_BYTES, MOST_ROWS
from ...platform.spreadsheet import download
from ...safeguards.practice import check_live
from ..forms.imports import FileForm, SettingsForm, import_values
from ..models import ContactImport, ImportState
from ..queries.duplicates import list_by_id
from ..queries.imports import find_piece, list_findings, list_imports, list_same_file, list_staying
from ..queries.keeps import list_keeps
from ..services.importing import (
    CONTACT_LISTS,
    ask_for_import,
    can_undo,
    change_settings,
    keep_file,
    resume_import,
    stop_import,
    throw_away,
)
from ..services.pieces import open_rows
from ..services.refused import opened, refused_rows
from ..services.undoing import ask_for_undo
from ..words import COLUMNS, KNOWN_RULES
from .blueprint import blueprint

PAGE = 25
MOST_SHOWN = 50
SAMPLE = 3
# A form has a little beside its file.
MARGIN = 2**20


@blueprint.url_value_preprocessor
def admit_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Take larger uploads where a file of contacts is given than the rest of the product does."""
    if endpoint == "contacts.imports":
        request.max_content_length = MOST_BYTES + MARGIN


@blueprint.route("/imports", methods=["GET", "POST"])
@requires(Permission.CONTACTS_IMPORT)
@takes_files(CONTACT_LISTS)
def imports() -> str | Response | tuple[str, int]:
    """Files that were taken in, and the place to give another."""
    form = FileForm()
    if request.method == "GET":
        check_live(current_actor())
        return _list(form)
    given = request.files.get("file")
    if given is None or not given.filename:
        form.show({"file": _("Choose a file.")})
        return _list(form), 422
    content = given.stream.read(MOST_BYTES + 1)
    # A large one was put down in a nameless file meanwhile: it goes at once.
    given.close()
    try:
        kept = keep_file(current_actor(), given.filename, content)
    except Invalid as invalid:
        form.show(invalid.details)
        db.session.rollback()
        return _list(form), 422
    after = url_for(".show_import", import_id=kept.id)
    db.session.commit()
    return redirect(after, 303)


@blueprint.get("/imports/<uuid:import_id>")
@requires(Permission.CONTACTS_IMPORT)
def show_import(import_id: UUID) -> str:
    """What a file would do, or has done, and how far it has come."""
    return _show(get_or_404(ContactImport, import_id))


@blueprint.post("/imports/<uuid:import_id>")
@requires(Permission.CONTACTS_IMPORT)
def set_import(import_id: UUID) -> Response | tuple[str, int]:
    """Say what the columns are, and look again."""
    kept, form = get_or_404(ContactImport, import_id), SettingsForm()
    form.offer()
    if not form.validate():
        return _show(kept, form), 422
    try:
        change_settings(current_actor(), import_id, form.settings(100), version=form.version.shown)
    except Invalid as invalid:
        form.show(invalid.details)
        return _show(kept, form), 422
    except Conflict as conflict:
        return _refused(kept, conflict)
    db.session.commit()
    return redirect(url_for(".show_import", import_id=import_id, _anchor="check"), 303)


@blueprint.post("/imports/<uuid:import_id>/application")
@requires(Permission.CONTACTS_IMPORT)
def apply_import(import_id: UUID) -> Response | tuple[str, int]:
    """Have it written as it was looked at."""
    version = as_version(request.form.get("version"))
    return _carry_out(import_id, lambda actor: ask_for_import(actor, import_id, version=version))


@blueprint.post("/imports/<uuid:import_id>/undo")
@requires(Permission.CONTACTS_IMPORT)
def undo_import(import_id: UUID) -> Response | tuple[str, int]:
    """Have a whole import undone."""
    return _carry_out(import_id, lambda actor: ask_for_undo(actor, import_id))


@blueprint.post("/imports/<uuid:import_id>/stop")
@requires(Permission.CONTACTS_IMPORT)
def stop_writing(import_id: UUID) -> Response | tuple[str, int]:
    """Hold up the writing of a file."""
    return _carry_out(import_id, lambda actor: stop_import(actor, import_id))


@blueprint.post("/imports/<uuid:import_id>/stop/removal")
@requires(Permission.CONTACTS_IMPORT)
def resume_writing(import_id: UUID) -> Response | tuple[str, int]:
    """Go on with the writing of a file."""
    return _carry_out(import_id, lambda actor: resume_import(actor, import_id))


@blueprint.get("/imports/<uuid:import_id>/faults")
@requires(Permission.CONTACTS_IMPORT)
def refused(import_id: UUID) -> Response:
    """The refused rows as a file, to be mended and given again."""
    kept = get_or_404(ContactImport, import_id)
    text = "".join(refused_rows(current_actor(), kept))
    db.session.commit()
    return download(text, "refused-rows.csv")


@blueprint.post("/imports/<uuid:import_id>/removal")
@requires(Permission.CONTACTS_IMPORT)
def drop_import(import_id: UUID) -> Response | tuple[str, int]:
    """Throw a file away that was looked at only."""
    answer = _carry_out(import_id, lambda actor: throw_away(actor, import_id), url_for(".imports"))
    if isinstance(answer, Response):
        flash(_("Thrown away. Nothing of it was written."), "success")
    return answer


def _carry_out(
    import_id: UUID, act: Callable[[Actor], object], onwards: str | None = None
) -> Response | tuple[str, int]:
    """Do it to an import and go ``onwards``, by default to its page; or show the page with why it can't be done."""
    kept = get_or_404(ContactImport, import_id)
    try:
        act(current_actor())
    except Conflict as conflict:
        return _refused(kept, conflict)
    db.session.commit()
    return redirect(onwards or url_for(".show_import", import_id=import_id), 303)


def _refused(kept: ContactImport, conflict: Conflict) -> tuple[str, int]:
    db.session.rollback()
    db.session.refresh(kept)
    flash(conflict.message, "error")
    return _show(kept), 409


def _list(form: FileForm) -> str:
    found = page(
        list_imports(),
        order_by=[ContactImport.created_at, ContactImport.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
        descending=True,
    )
    return render_template(
        "contacts/imports.html", form=form, page=found, most_rows=MOST_ROWS, most_bytes=MOST_BYTES >> 20
    )


def _show(kept: ContactImport, form: SettingsForm | None = None) -> str:
    actor = current_actor()
    meanings = dict(kept.meanings)
    if form is not None:
        # As they were chosen, though they were refused.
        sent = {name: value for name, value in request.form.items() if name.startswith("column-")}
        meanings = {name.removeprefix("column-"): value for name, value in sent.items()}
    if form is None:
        form = SettingsForm(formdata=None, data=import_values(kept))
        form.offer()
    form.version.data = str(kept.version)
    is_checked = kept.state == ImportState.CHECKED
    after = request.args.get("after", 0, type=int)
    faults = [opened(one) for one in list_findings(kept.id, wrong=True, after=after, most=MOST_SHOWN + 1)]
    known = (
        [opened(one) for one in list_findings(kept.id, wrong=False, most=MOST_SHOWN)] if is_checked else []
    )
    staying = list_staying(kept.id) if kept.stayed else []
    return render_template(
        "contacts/import.html",
        kept=kept,
        form=form,
        is_checked=is_checked,
        samples=_samples(kept) if is_checked else [],
        faults=faults[:MOST_SHOWN],
        next_after=faults[MOST_SHOWN - 1].row.number if len(faults) > MOST_SHOWN else None,
        after=after,
        known=known,
        known_names=_names({one.row.contact_id for one in known if one.row.contact_id}),
        staying=staying,
        reasons=list_keeps({one.id: one for one in staying}, kept.id),
        meanings=meanings,
        columns=COLUMNS,
        rules=KNOWN_RULES,
        same=list_same_file(kept.digest_key, kept.id),
        can_undo=can_undo(kept),
        here=url_for(".show_import", import_id=kept.id),
        button_form=PlainForm(formdata=None),
        actor=actor,
    )


def _samples(kept: ContactImport) -> list[tuple[str, list[str]]]:
    """Each column's name with the first values in it."""
    piece = find_piece(kept.id, 0)
    rows = open_rows(piece)[:SAMPLE] if piece else []
    return [
        (header, [row.cells[place] for row in rows if row.cells[place]])
        for place, header in enumerate(kept.headers)
    ]


def _names(contact_ids: set[UUID]) -> dict[UUID, str]:
    return {one.id: one.name for one in list_by_id(contact_ids).values()} if contact_ids else {}
