"""Planning an action and changing its plan."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from organising.actions import queries, services
from organising.actions.forms import PlanForm, plan_values
from organising.actions.models import BranchAction
from organising.actions.states import State
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission

from . import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
def new() -> Answer:
    """A new action: kept as a draft, or sent in at once."""
    actor = current_actor()
    form = PlanForm(
        data={"lead": str(actor.user_id), "unit": _own_unit(actor), "kind": request.args.get("kind", "")}
    )
    form.offer(actor)
    if request.method == "GET":
        return _form_page(form, None)
    try:
        if not form.validate():
            return _form_page(form, None), 422
        action = services.plan_action(actor, form.plan())
        if "draft" not in request.form:
            services.submit_action(actor, action.id, action.version)
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _form_page(form, None), 422
    return _saved(action, "new")


def _own_unit(actor: Actor) -> str:
    return str(actor.unit_id or "")


@blueprint.route("/<uuid:action_id>/edit", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
def edit(action_id: UUID) -> Answer:
    """Change the plan of an action that is still to come."""
    actor = current_actor()
    record = queries.get_record(actor, action_id)
    if not record.standing.is_own:
        raise NotFound
    if not record.standing.in_reach:
        raise Forbidden(_("This action belongs to another unit. Its officers and your staff can change it."))
    form = PlanForm(data=plan_values(record))
    form.offer(actor)
    form.keep_choices(record)
    if request.method == "GET":
        return _form_page(form, record)
    try:
        if not form.validate():
            return _form_page(form, record), 422
        action = services.edit_action(actor, action_id, _version(form), form.plan())
        if "submit" in request.form and action.state in (State.DRAFT, State.CHANGES_REQUESTED):
            services.submit_action(actor, action_id, action.version)
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _form_page(form, queries.get_record(actor, action_id)), 422
    except services.EditedMeanwhile:
        db.session.rollback()
        return _conflict_page(form, queries.get_record(actor, action_id))
    return _saved(action, "edit")


def _version(form: PlanForm) -> int:
    return form.version.data or 0


def _conflict_page(form: PlanForm, record: queries.ActionRecord) -> Answer:
    """What was typed stays; what stands now is shown; saving again is then a decision."""
    form.version.raw_data, form.version.data = None, record.action.version
    return _form_page(form, record, is_conflict=True), 409


def _form_page(form: PlanForm, record: queries.ActionRecord | None, is_conflict: bool = False) -> str:
    return render_template(
        "actions/plan.html", actor=current_actor(), form=form, record=record, is_conflict=is_conflict
    )


def _saved(action: BranchAction, saved: str) -> Response:
    address = url_for("actions.show", action_id=action.id, saved=saved)
    state = State(action.state)
    db.session.commit()
    said = {
        State.DRAFT: _("The draft is saved. Only your own people can see it."),
        State.SUBMITTED: _("It is sent in. A colleague who may approve will look at it."),
        State.SCHEDULED: _("It is in the diary, and every partner can see it."),
    }
    flash(said.get(state, _("Saved.")), "success")
    return redirect(address, 303)  # type: ignore[return-value]
