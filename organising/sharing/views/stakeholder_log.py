"""The short log about a stakeholder: headlines by partners, each changed by its author's organisation."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...platform.access import current_actor, requires
from ...platform.cautions import NeedsConfirmation
from ...platform.db import db
from ...platform.errors import Invalid
from ...platform.permissions import Permission
from ..forms.stakeholders import EntryForm
from ..services import stakeholders as services
from .blueprint import blueprint
from .stakeholders import Answer, stakeholder_page


@blueprint.post("/stakeholders/<uuid:stakeholder_id>/log")
@requires(Permission.STAKEHOLDERS_EDIT)
def log_stakeholder(stakeholder_id: UUID) -> Answer:
    """Add a headline."""
    actor = current_actor()
    row, form = services.get_stakeholder(actor, stakeholder_id), EntryForm()
    try:
        if not form.validate():
            return stakeholder_page(row, form), 422
        services.add_entry(actor, row.id, form.draft(), key=form.key(), confirmed=form.confirmed())
    except NeedsConfirmation as question:
        return stakeholder_page(row, form, question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return stakeholder_page(row, form), 422
    db.session.commit()
    flash(_("Logged. Every partner can see it."), "success")
    return redirect(url_for(".stakeholder", stakeholder_id=stakeholder_id, logged=1), 303)


@blueprint.route("/stakeholders/<uuid:stakeholder_id>/log/<uuid:entry_id>/edit", methods=["GET", "POST"])
@requires(Permission.STAKEHOLDERS_EDIT)
def edit_entry(stakeholder_id: UUID, entry_id: UUID) -> Answer:
    """Change a headline of one's own organisation's."""
    actor = current_actor()
    entry = services.get_own_entry(actor, stakeholder_id, entry_id)
    form, cautions = EntryForm(obj=entry, entry_kind=entry.kind), []
    if request.method == "POST" and form.validate():
        try:
            services.edit_entry(actor, stakeholder_id, entry_id, form.draft(), confirmed=form.confirmed())
        except NeedsConfirmation as question:
            cautions = question.cautions
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            db.session.commit()
            flash(_("Change kept."), "success")
            return _to(stakeholder_id)
    shown = render_template(
        "sharing/entry_form.html",
        form=form,
        row=services.get_stakeholder(actor, stakeholder_id),
        cautions=cautions,
    )
    return (shown, 422) if request.method == "POST" else shown


@blueprint.post("/stakeholders/<uuid:stakeholder_id>/log/<uuid:entry_id>/removal")
@requires(Permission.STAKEHOLDERS_EDIT)
def take_entry(stakeholder_id: UUID, entry_id: UUID) -> Response:
    """Take a headline out; the answer offers the way back."""
    services.remove_entry(current_actor(), stakeholder_id, entry_id)
    db.session.commit()
    return redirect(url_for(".stakeholder", stakeholder_id=stakeholder_id, removed=entry_id), 303)


@blueprint.post("/stakeholders/<uuid:stakeholder_id>/log/<uuid:entry_id>/removal/undo")
@requires(Permission.STAKEHOLDERS_EDIT)
def put_entry_back(stakeholder_id: UUID, entry_id: UUID) -> Response:
    """Put a headline back."""
    services.restore_entry(current_actor(), stakeholder_id, entry_id)
    db.session.commit()
    flash(_("The headline is back."), "success")
    return _to(stakeholder_id)


def _to(stakeholder_id: UUID) -> Response:
    return redirect(url_for(".stakeholder", stakeholder_id=stakeholder_id), 303)
