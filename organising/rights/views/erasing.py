"""Erasing whom a request is about: asked for their name first, and answered with a receipt that names nobody."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict
from organising.platform.permissions import Permission
from organising.pledges.canonical import folded
from organising.rights.forms import NameForm
from organising.rights.queries import get_request
from organising.rights.services import erasure

from .blueprint import blueprint
from .showing import render_request
from .taking import as_file


@blueprint.post("/rights/<uuid:rights_id>/by-name")
@requires(Permission.RIGHTS_DESK)
def set_by_name(rights_id: UUID) -> Response | tuple[str, int]:
    """Say whether a name at a postcode is enough."""
    get_request(rights_id)
    try:
        erasure.set_by_name(current_actor(), rights_id, bool(request.form.get("by_name")))
    except Conflict as conflict:
        return _refused(rights_id, conflict)
    db.session.commit()
    return redirect(url_for(".show", rights_id=rights_id, _anchor="held"), 303)


@blueprint.post("/rights/<uuid:rights_id>/erasure")
@requires(Permission.RIGHTS_DESK)
def erase(rights_id: UUID) -> Response | tuple[str, int]:
    """Erase them. What goes is on the page; it can't be undone."""
    row, form = get_request(rights_id), NameForm()
    if row.is_open and folded(form.name.data or "") != folded(row.name or ""):
        form.show({"name": _("Type the name as it stands above, so that it is nobody else.")})
        return render_request(row, name_form=form), 422
    try:
        erased = erasure.erase_person(current_actor(), rights_id)
    except Conflict as conflict:
        return _refused(rights_id, conflict)
    number = erased.number
    db.session.commit()
    erasure.keep_ledger()
    flash(_("Erased. The receipt is number %(number)s.", number=number), "success")
    return redirect(url_for(".show", rights_id=rights_id), 303)


@blueprint.get("/rights/erasures/<uuid:erasure_id>/receipt/<form>")
@requires(Permission.RIGHTS_DESK)
def receipt(erasure_id: UUID, form: str) -> Response:
    """What was erased, by kind and number."""
    document = erasure.get_receipt(current_actor(), erasure_id)
    return as_file(document, form, "receipt-of-an-erasure")


def _refused(rights_id: UUID, conflict: Conflict) -> tuple[str, int]:
    db.session.rollback()
    flash(conflict.message, "error")
    return render_request(get_request(rights_id)), 409
