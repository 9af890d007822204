"""The organisation's own page: its public facts, and who can see what."""

from flask import flash, request
from flask_babel import gettext as _

from ...platform.access import current_actor, requires, signed_in
from ...platform.db import db
from ...platform.permissions import Permission
from .. import queries, services
from ..forms import FactsForm
from ..models import OrganisationKind
from ..words import KIND_NAMES, STATUS_NAMES, STATUS_TONES
from . import blueprint
from .page import Answer, page, to


@blueprint.get("/organisation")
@signed_in("members may read their organisation's public facts")
def show() -> str:
    actor = current_actor()
    return page(
        "show",
        organisation=queries.get_own_organisation(actor),
        status=queries.find_status(actor),
        own_campaign=queries.find_campaign(actor),
        kind_names=KIND_NAMES,
        status_names=STATUS_NAMES,
        status_tones=STATUS_TONES,
    )


@blueprint.route("/organisation/facts", methods=["GET", "POST"])
@requires(Permission.UNITS_MANAGE)
def facts() -> Answer:
    actor = current_actor()
    form = FactsForm(obj=queries.get_own_organisation(actor))
    if request.method == "GET":
        return page("facts", form=form)
    if not form.validate():
        return page("facts", form=form), 422
    services.edit_facts(
        actor,
        name=form.name.data or "",
        short_name=form.short_name.data or "",
        kind=OrganisationKind(form.kind.data),
    )
    db.session.commit()
    flash(_("The facts are saved."), "success")
    return to("show")
