"""Importing published files: given, compared, looked at, applied; and the history of imports."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from organising.files.doors import takes_files
from organising.platform.access import current_actor, requires
from organising.platform.db import db, get_or_404
from organising.platform.errors import Conflict, Invalid
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import download, table
from organising.representatives.forms import ApplyForm, StepForm, UploadForm
from organising.representatives.models import ImportBatch, ImportUpload, UploadState
from organising.representatives.queries.imports import list_batches, list_batches_of, list_uploads
from organising.representatives.services import uploads
from organising.representatives.views.blueprint import blueprint

PAGE = 50
MOST_CHANGES = 200
OUTCOMES = ("created", "updated", "closed", "unchanged")


@blueprint.errorhandler(413)
def too_large(error: RequestEntityTooLarge) -> tuple[str, int]:
    """More than the application takes: say what to do instead."""
    return render_template(
        "errors/error.html",
        title=_("That is too large for this page"),
        message=_("Files of up to 16 MB in all can be imported here. Whoever runs the server loads larger ones with “organising representatives import FILE”. Nothing was changed."),
    ), 413  # fmt: skip


@blueprint.get("/imports")
@requires(Permission.REPRESENTATIVES_IMPORT)
def imports() -> str:
    """What was imported, by all partners and the command line, and what waits here to be applied."""
    found = page(
        list_batches(),
        order_by=[ImportBatch.created_at, ImportBatch.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
        descending=True,
    )
    waiting = list_uploads(UploadState.COMPARED, UploadState.WAITING, UploadState.RUNNING, UploadState.FAILED)
    totals = {one.id: total_counts(one.counts) for one in found.items}
    return render_template(
        "representatives/imports.html", page=found, waiting=waiting, totals=totals, outcomes=outcome_words()
    )


@blueprint.route("/imports/new", methods=["GET", "POST"])
@requires(Permission.REPRESENTATIVES_IMPORT)
@takes_files(uploads.PUBLISHED)
def new_import() -> str | AnyResponse | tuple[str, int]:
    """Give files; they are compared, and nothing is written."""
    form = UploadForm()
    lines: list[str] = []
    if form.validate_on_submit():
        try:
            upload = uploads.keep_upload(current_actor(), form.given(), as_of=form.as_of.data)
        except Invalid as error:
            db.session.rollback()
            lines = error.details.get("lines") or [error.message]
        else:
            db.session.commit()
            return redirect(url_for(".show_import", upload_id=upload.id), 303)
    status = 422 if lines or form.errors else 200
    return render_template("representatives/import_new.html", form=form, lines=lines), status


@blueprint.get("/imports/<uuid:upload_id>")
@requires(Permission.REPRESENTATIVES_IMPORT)
def show_import(upload_id: UUID) -> str:
    """What an import would change or changed, and how far it has come."""
    return _show(upload_id)


@blueprint.get("/imports/<uuid:upload_id>/changes.csv")
@requires(Permission.REPRESENTATIVES_IMPORT)
def import_changes(upload_id: UUID) -> Response:
    """Every change, and all that is left out, as CSV."""
    upload = get_or_404(ImportUpload, upload_id)
    rows: list[tuple[object, ...]] = []
    for one in upload.difference["files"]:
        rows += [(one["name"], *change) for change in one["changes"]]
        rows += [(one["name"], "", "left out", place, reason) for place, reason in one["rejected"]]
    header = [_("File"), _("What"), _("Outcome"), _("Whom or what"), _("How")]
    return download(table(header, rows), "changes.csv")


@blueprint.post("/imports/<uuid:upload_id>/application")
@requires(Permission.REPRESENTATIVES_IMPORT)
def apply_import(upload_id: UUID) -> AnyResponse | tuple[str, int]:
    """Have a job apply what was looked at."""
    upload, form = get_or_404(ImportUpload, upload_id), ApplyForm()
    if not form.validate_on_submit():
        return _show(upload.id), 422
    try:
        uploads.ask_to_apply(current_actor(), upload.id, form.fingerprint.data or "")
    except Conflict as error:
        db.session.rollback()
        return _show(upload_id, error.message), 409
    db.session.commit()
    return redirect(url_for(".show_import", upload_id=upload_id), 303)


@blueprint.post("/imports/<uuid:upload_id>/comparison")
@requires(Permission.REPRESENTATIVES_IMPORT)
def compare_import(upload_id: UUID) -> AnyResponse | tuple[str, int]:
    """Compare kept files afresh."""
    get_or_404(ImportUpload, upload_id)
    if StepForm().validate_on_submit():
        try:
            uploads.compare_again(current_actor(), upload_id)
        except (Conflict, Invalid) as error:
            db.session.rollback()
            said = " ".join([error.message, *error.details.get("lines", [])])
            return _show(upload_id, said), error.status
        db.session.commit()
    return redirect(url_for(".show_import", upload_id=upload_id), 303)


@blueprint.post("/imports/<uuid:upload_id>/removal")
@requires(Permission.REPRESENTATIVES_IMPORT)
def discard_import(upload_id: UUID) -> AnyResponse | tuple[str, int]:
    """Forget kept files; what was imported stays."""
    get_or_404(ImportUpload, upload_id)
    if StepForm().validate_on_submit():
        try:
            uploads.discard_upload(current_actor(), upload_id)
        except Conflict as error:
            db.session.rollback()
            return _show(upload_id, error.message), 409
        db.session.commit()
        flash(_("The files were forgotten. Nothing on record was changed by that."), "success")
    return redirect(url_for(".imports"), 303)


def _show(upload_id: UUID, problem: str = "") -> str:
    upload = get_or_404(ImportUpload, upload_id)
    files = upload.difference["files"]
    return render_template(
        "representatives/import.html",
        upload=upload,
        problem=problem,
        files=[_shown(one) for one in files],
        kinds=kind_words(),
        outcomes=outcome_words(),
        before=list_batches_of([one["sha256"] for one in files])
        if upload.state == UploadState.COMPARED
        else (),
        most=MOST_CHANGES,
        form=ApplyForm(formdata=None, fingerprint=upload.fingerprint),
    )


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "total": len(one["changes"]),
        "changes": one["changes"][:MOST_CHANGES],
        "left_out": len(one["rejected"]),
        "rejected": one["rejected"][:MOST_CHANGES],
    }


def total_counts(counts: dict[str, dict[str, int]]) -> Counter[str]:
    """How many entries of all kinds had each outcome."""
    total: Counter[str] = Counter()
    for numbers in counts.values():
        total.update(numbers)
    return total


def outcome_words() -> dict[str, str]:
    """What outcomes are called."""
    words = (_("New"), _("Changed"), _("Ended"), _("As it was"))
    return dict(zip(OUTCOMES, words, strict=True))


def kind_words() -> dict[str, str]:
    """What kinds of entries are called; one that is not named here is called as it is."""
    return {
        "person": _("Person"), "area": _("Area"), "party": _("Party"), "term": _("Term of office"),
        "contact_point": _("Address"), "institution": _("Institution"), "overlap": _("Overlap"),
        "hexagon": _("Hexagon"), "responsibility": _("Responsibility"), "parliament": _("Parliament"),
        "question": _("Question for you"), "name": _("Name"), "body": _("Body"), "affiliation": _("Post"),
        "contest": _("Election"), "item": _("In Parliament"), "act": _("What a member did"),
    }  # fmt: skip
