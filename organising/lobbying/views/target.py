"""The target page: who someone is, where they stand, what was said to them, and what comes next."""

from uuid import UUID

from flask import render_template, request, url_for

from organising.lobbying import queries
from organising.lobbying.forms import as_id
from organising.lobbying.services.positions import suggests_only
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.views.subject_page import allocation_form, contact_done_now
from organising.platform.access import current_actor, requires
from organising.platform.forms import PlainForm
from organising.platform.permissions import Permission


@blueprint.get("/representatives/<uuid:person_id>")
@requires(Permission.REPRESENTATIVES_VIEW)
def target(person_id: UUID) -> str:
    """One representative, over all partners."""
    actor = current_actor()
    dossier = queries.get_dossier(actor, person_id)
    return render_template(
        "lobbying/target.html",
        dossier=dossier,
        person=dossier.person,
        seat=dossier.seat,
        pressure=queries.measure_pressure(actor, person_id),
        allocation_form=allocation_form(actor, dossier.allocation, url_for(".target", person_id=person_id)),
        today=dossier.on,
        form=PlainForm(),
        may_log=actor.can(Permission.ENGAGEMENTS_LOG),
        may_claim=actor.can(Permission.POSITIONS_CLAIM),
        may_take_up=actor.can(Permission.POSITIONS_CLAIM) and not suggests_only(actor),
        may_promise=actor.can(Permission.COMMITMENTS_EDIT),
        logged=contact_done_now(actor, "logged"),
        withdrawn=contact_done_now(actor, "withdrawn"),
        kept=request.args.get("kept", ""),
        done_now=as_id(request.args.get("done_now")),
    )
