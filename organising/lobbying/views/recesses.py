"""When a chamber does not sit: the coordinator enters it, and reminders of what needs a sitting wait."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying.forms.recesses import RecessForm
from organising.lobbying.views.blueprint import blueprint
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.forms import PlainForm
from organising.platform.permissions import Permission
from organising.platform.tenancy import writing_reference
from organising.representatives.queries.recesses import list_recesses
from organising.representatives.services.recesses import add_recess, remove_recess

KEPT = ("chamber", "name", "starts_on", "ends_on")


@blueprint.get("/campaign/recesses")
@requires(Permission.CAMPAIGN_EDIT)
def recesses() -> str:
    """Recesses that are known, and the form for another."""
    return _page(RecessForm())


@blueprint.post("/campaign/recesses")
@requires(Permission.CAMPAIGN_EDIT)
def create_recess() -> Response | tuple[str, int]:
    """Keep a recess; one that begins on the same day takes the new words."""
    form = RecessForm()
    if not form.validate():
        return _page(form), 422
    actor = current_actor()
    try:
        with writing_reference(actor):
            add_recess(actor, form.draft())
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(form), 422
    flash(_("Recess kept."), "success")
    return redirect(url_for(".recesses"), 303)


@blueprint.post("/campaign/recesses/<uuid:recess_id>/removal")
@requires(Permission.CAMPAIGN_EDIT)
def delete_recess(recess_id: UUID) -> Response:
    """Take a recess out; the answer offers to put it back."""
    actor = current_actor()
    with writing_reference(actor):
        gone = remove_recess(actor, recess_id)
        taken: dict[str, Any] = {
            "chamber": gone.chamber,
            "name": gone.name,
            "starts_on": gone.starts_on.isoformat(),
            "ends_on": gone.ends_on.isoformat(),
        }
    return redirect(url_for(".recesses", **taken), 303)


def _page(form: RecessForm) -> str:
    db.session.expire_all()
    found = list_recesses()
    day = today()
    return render_template(
        "lobbying/recesses.html",
        form=form,
        to_come=[one for one in found if one.ends_on >= day],
        over=[one for one in found if one.ends_on < day],
        taken={name: request.args[name] for name in KEPT if name in request.args},
        button_form=PlainForm(formdata=None),
    )
