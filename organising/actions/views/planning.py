"""Planning an action, once or as a series, and changing its plan."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from organising.actions import queries, services
from organising.actions.forms import FOLLOWING, PlanForm, plan_values, series_of, values_like
from organising.actions.models import ActionTemplate, BranchAction
from organising.actions.states import State
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.given import as_id
from organising.platform.permissions import Permission

from . import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
def new() -> Answer:
    """A new action or series: kept as a draft, or sent in at once. It may be made after a template or another action."""
    actor = current_actor()
    template, like = _template(actor), _like(actor)
    form = PlanForm(data=_first_values(actor, template, like))
    form.offer(actor)
    if request.method == "GET":
        return _form_page(form, None, template=template, like=like)
    try:
        if not form.validate():
            return _form_page(form, None, template=template, like=like), 422
        actions = _plan(actor, form, _model(actor, template, like))
        if "draft" not in request.form:
            services.submit_all(actor, actions)
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _form_page(form, None, template=_template(actor), like=_like(actor)), 422
    return _saved(actions, "new")


def _plan(actor: Actor, form: PlanForm, model: services.Model) -> list[BranchAction]:
    series = series_of(form)
    if series is None:
        return [services.plan_action(actor, form.plan(), model=model)]
    return services.plan_series(actor, form.plan(), *series, model=model)


def _template(actor: Actor) -> ActionTemplate | None:
    template_id = as_id(request.values.get("template"))
    return queries.get_template(actor, template_id) if template_id else None


def _like(actor: Actor) -> queries.ActionRecord | None:
    action_id = as_id(request.values.get("like"))
    return queries.get_record(actor, action_id) if action_id else None


def _model(
    actor: Actor, template: ActionTemplate | None, like: queries.ActionRecord | None
) -> services.Model:
    """What the new action takes over; of a partner's action nothing but the headline that was shown."""
    if like is not None and like.sees_private and like.standing.in_reach:
        return services.Model(action_id=like.action.id)
    return services.Model(template_id=template.id if template else None)


def _first_values(
    actor: Actor, template: ActionTemplate | None, like: queries.ActionRecord | None
) -> dict[str, Any]:
    unit_id = actor.unit_id or actor.subtree_id
    values: dict[str, Any] = {
        "lead": str(actor.user_id),
        "unit": str(unit_id or ""),
        "kind": request.args.get("kind", ""),
    }
    if template is not None:
        values |= {"kind": template.kind, "summary": template.summary, "template": str(template.id)}
    if like is not None:
        values |= values_like(like) | {"like": str(like.action.id)}
    return values


@blueprint.route("/<uuid:action_id>/edit", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
def edit(action_id: UUID) -> Answer:
    """Change the plan of an action that is still to come, or of it and all that follow in its series."""
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
        actions = _edit(actor, action_id, form)
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _form_page(form, queries.get_record(actor, action_id)), 422
    except services.EditedMeanwhile:
        db.session.rollback()
        return _conflict_page(form, queries.get_record(actor, action_id))
    return _saved(actions, "edit")


def _edit(actor: Actor, action_id: UUID, form: PlanForm) -> list[BranchAction]:
    change = services.edit_following if form.follow.data == FOLLOWING else _edit_one
    actions = change(actor, action_id, form.version.data or 0, form.plan())
    if "submit" in request.form:
        waiting = [one for one in actions if one.state in (State.DRAFT, State.CHANGES_REQUESTED)]
        services.submit_all(actor, waiting)
    return actions


def _edit_one(actor: Actor, action_id: UUID, version: int, plan: services.Plan) -> list[BranchAction]:
    return [services.edit_action(actor, action_id, version, plan)]


def _conflict_page(form: PlanForm, record: queries.ActionRecord) -> Answer:
    """What was typed stays; what stands now is shown; saving again is then a decision."""
    form.version.raw_data, form.version.data = None, record.action.version
    return _form_page(form, record, is_conflict=True), 409


def _form_page(
    form: PlanForm,
    record: queries.ActionRecord | None,
    is_conflict: bool = False,
    template: ActionTemplate | None = None,
    like: queries.ActionRecord | None = None,
) -> str:
    return render_template(
        "actions/plan.html",
        actor=current_actor(),
        form=form,
        record=record,
        is_conflict=is_conflict,
        template=template,
        like=like,
        templates=queries.list_templates(current_actor()) if record is None else (),
        following=len(services.list_following(record.action)) if record and record.detail else 0,
    )


def _saved(actions: list[BranchAction], saved: str) -> Response:
    action = actions[0]
    address = url_for("actions.show", action_id=action.id, saved=saved)
    state = State(action.state)
    db.session.commit()
    said = {
        State.DRAFT: _("The draft is saved. Only your own people can see it."),
        State.SUBMITTED: _("It is sent in. A colleague who may approve will look at it."),
        State.SCHEDULED: _("It is in the diary, and every partner can see it."),
    }
    flash(said.get(state, _("Saved.")), "success")
    if len(actions) > 1:
        more = len(actions) - 1
        flash(
            ngettext(
                "The same for %(num)d more of the series.", "The same for %(num)d more of the series.", more
            ),
            "success",
        )
    return redirect(address, 303)  # type: ignore[return-value]
