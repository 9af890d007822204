"""Bringing together: partners' actions nearby, a proposal to join forces, and the answer to one."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from organising.actions import queries, services
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid, NotFound
from organising.platform.given import as_id
from organising.platform.permissions import Permission

from . import blueprint

SAID = {
    "accept": _l("Both names stand on both headlines now."),
    "decline": _l("Declined. The partner sees it."),
    "withdraw": _l("The proposal is withdrawn."),
    "leave": _l("You no longer run it together. The partner sees it."),
}


@blueprint.get("/<uuid:action_id>/partners")
@requires(Permission.ACTIONS_CREATE)
def partners(action_id: UUID) -> str:
    """Partners' actions near one of ours in the same days, and what was proposed about it."""
    actor = current_actor()
    record = queries.get_record(actor, action_id)
    if not record.standing.is_own:
        raise NotFound
    if not record.standing.in_reach:
        raise Forbidden(_("This action belongs to another unit. Its officers and your staff can change it."))
    proposals = queries.list_proposals(actor, record.action)
    alive = {one.theirs.id for one in proposals if one.theirs and one.state in services.ALIVE}
    return render_template(
        "actions/partners.html",
        record=record,
        action=record.action,
        nearby=[one for one in queries.list_nearby(actor, record.action) if one.action.id not in alive],
        proposals=proposals,
        may_accept=queries.can_approve(actor),
    )


@blueprint.post("/<uuid:action_id>/partners")
@requires(Permission.ACTIONS_CREATE)
def propose(action_id: UUID) -> Response:
    """Ask a partner to join forces."""
    other_id = as_id(request.form.get("other"))
    if other_id is None:
        raise NotFound
    try:
        services.propose_joining(current_actor(), action_id, other_id, request.form.get("words", ""))
    except (Invalid, Conflict) as refusal:
        db.session.rollback()
        flash(refusal.message, "error")
    else:
        db.session.commit()
        flash(_("Proposed. Whoever leads it there is told, and those who approve there answer."), "success")
    return redirect(url_for("actions.partners", action_id=action_id), 303)  # type: ignore[return-value]


@blueprint.post("/proposals/<uuid:proposal_id>/<any(accept, decline, withdraw, leave):verb>")
@requires(Permission.ACTIONS_CREATE)
def decide(proposal_id: UUID, verb: str) -> Response:
    """Accept, decline, withdraw or leave."""
    action_id = queries.get_proposal(current_actor(), proposal_id).our_action_id
    try:
        services.decide_joining(current_actor(), proposal_id, verb)
    except Conflict as refusal:
        db.session.rollback()
        flash(refusal.message, "error")
    else:
        db.session.commit()
        flash(str(SAID[verb]), "success")
    return redirect(url_for("actions.partners", action_id=action_id), 303)  # type: ignore[return-value]
