"""Keying a batch: rows of the sheet, and photographs of it."""

from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...files.doors import takes_files
from ...platform.access import current_actor, requires
from ...platform.db import db
from ...platform.errors import Forbidden, Invalid
from ...platform.forms import PlainForm
from ...platform.pagination import page
from ...platform.permissions import Permission
from .. import paper_words as words
from .. import texts
from ..models import PaperRow, PledgeDrive
from ..paper_forms import RowForm, row_values
from ..queries import get_lead, list_partners
from ..queries.paper import find_lookalikes, get_batch, get_row, select_rows
from ..services.paper_rows import change_row, key_row, remove_row
from ..services.paper_scans import SCANS, add_scan, open_scan, remove_scan
from ..services.paper_signatures import get_own_partner
from .blueprint import blueprint
from .paper import batch_page, read_files

ROWS_PAGE = 100


@blueprint.post("/pledges/paper/<uuid:batch_id>/rows/new")
@requires(Permission.PAPER_KEY)
def new_row(batch_id: UUID) -> AnyResponse:
    """Key one line; the page comes back with the next line empty. Sent twice, it is kept once."""
    actor = current_actor()
    record = get_batch(actor, batch_id)
    form = RowForm()
    form.offer()
    if not form.validate():
        return batch_page(record, row=form)
    try:
        key_row(actor, batch_id, form.row(), form.key())
        db.session.commit()
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return batch_page(get_batch(actor, batch_id), row=form)
    return redirect(url_for("pledges.batch", batch_id=batch_id, _anchor="name"), 303)


@blueprint.get("/pledges/paper/<uuid:batch_id>/rows")
@requires(Permission.PAPER_KEY)
def rows(batch_id: UUID) -> str:
    """All rows of a batch, in the order of the sheet."""
    actor = current_actor()
    record = get_batch(actor, batch_id)
    if not record.reads_rows:
        raise Forbidden(_("This batch is accepted. Its signatures are for your organisation’s staff now."))
    found = page(
        select_rows(batch_id),
        order_by=[PaperRow.number, PaperRow.id],
        cursor=request.args.get("cursor"),
        size=ROWS_PAGE,
    )
    return render_template(
        "pledges/paper/rows.html",
        record=record,
        batch=record.batch,
        actor=actor,
        page=found,
        alike=find_lookalikes(actor, found.items),
        words=words,
        form=PlainForm(),
    )


@blueprint.route("/pledges/paper/<uuid:batch_id>/rows/<uuid:row_id>", methods=["GET", "POST"])
@requires(Permission.PAPER_KEY)
def row(batch_id: UUID, row_id: UUID) -> AnyResponse:
    """Put one row right."""
    actor = current_actor()
    record = get_batch(actor, batch_id)
    found = get_row(batch_id, row_id)
    if not record.is_open:
        return redirect(url_for("pledges.batch", batch_id=batch_id), 303)
    form = RowForm(data=row_values(found))
    form.offer()
    if form.is_submitted() and form.validate():
        try:
            change_row(actor, batch_id, row_id, form.row())
            db.session.commit()
        except Invalid as refusal:
            db.session.rollback()
            form.tell(refusal)
        else:
            flash(_("Row %(number)d is put right.", number=found.number), "success")
            return redirect(url_for("pledges.batch", batch_id=batch_id, _anchor="name"), 303)
    drive = db.session.get_one(PledgeDrive, record.batch.drive_id)
    body = render_template(
        "pledges/paper/row.html",
        record=record,
        batch=record.batch,
        row=found,
        row_form=form,
        own=get_own_partner(actor, drive.campaign_id),
        lead=get_lead(drive, list_partners(drive.campaign_id)),
        texts=texts,
    )
    return make_response(body, 422 if form.errors else 200)


@blueprint.post("/pledges/paper/<uuid:batch_id>/rows/<uuid:row_id>/removal")
@requires(Permission.PAPER_KEY)
def remove_batch_row(batch_id: UUID, row_id: UUID) -> AnyResponse:
    """Take a row out."""
    number = remove_row(current_actor(), batch_id, row_id)
    db.session.commit()
    flash(_("Row %(number)d is taken out.", number=number), "success")
    return redirect(url_for("pledges.batch", batch_id=batch_id, _anchor="name"), 303)


@blueprint.post("/pledges/paper/<uuid:batch_id>/scans")
@requires(Permission.PAPER_KEY)
@takes_files(SCANS)
def add_scans(batch_id: UUID) -> AnyResponse:
    """Add photographs or files of the sheet."""
    actor = current_actor()
    get_batch(actor, batch_id)
    contents = read_files(request.files.getlist(SCANS.field))
    try:
        if not contents:
            raise Invalid("", scans=_("Choose a photograph or a PDF file first."))
        for content in contents:
            add_scan(actor, batch_id, content)
        db.session.commit()
    except Invalid as refusal:
        db.session.rollback()
        return batch_page(get_batch(actor, batch_id), refusal=" ".join(map(str, refusal.details.values())))
    flash(_("Added."), "success")
    return redirect(url_for("pledges.batch", batch_id=batch_id, _anchor="sheets"), 303)


@blueprint.get("/pledges/paper/<uuid:batch_id>/scans/<int:number>")
@requires(Permission.PAPER_KEY)
def scan(batch_id: UUID, number: int) -> Response:
    """A photograph, shown; a PDF file, to be kept and opened, never within the product. Neither is stored on the way."""
    kind, content = open_scan(current_actor(), batch_id, number)
    answer = Response(content, content_type=kind)
    is_picture = kind.startswith("image/")
    name = f"sheet-{number}{'.jpg' if is_picture else '.pdf'}"
    answer.headers["Content-Disposition"] = f"{'inline' if is_picture else 'attachment'}; filename={name}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/pledges/paper/<uuid:batch_id>/scans/<int:number>/removal")
@requires(Permission.PAPER_KEY)
def remove_batch_scan(batch_id: UUID, number: int) -> AnyResponse:
    """Take a photograph out."""
    remove_scan(current_actor(), batch_id, number)
    db.session.commit()
    flash(_("The photograph is taken out and deleted."), "success")
    return redirect(url_for("pledges.batch", batch_id=batch_id, _anchor="sheets"), 303)
