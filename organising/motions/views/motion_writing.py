"""Writing a motion, changing it, and telling of one that a body decided before anything of it stood here."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from organising.actions.models import BranchAction
from organising.actions.services.rules import get_own
from organising.actions.states import Kind
from organising.motions.forms.motions import MotionForm, PastForm, fresh_key, known_forum, values_of
from organising.motions.models import Motion
from organising.motions.models.texts import ModelVersion
from organising.motions.queries import motions as queries
from organising.motions.queries.localising import fill_for_unit
from organising.motions.queries.texts import find_published
from organising.motions.services.linking import link_action
from organising.motions.services.outcomes import tell_past
from organising.motions.services.rules import EditedMeanwhile
from organising.motions.services.steps import take_step
from organising.motions.services.writing import edit_motion, write_motion
from organising.motions.states import State
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, today
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.given import as_id
from organising.platform.permissions import Permission

from .blueprint import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MOTIONS_DRAFT)
def new() -> Answer:
    """A new motion: of a model text (``?text=``), for an action in the diary (``?action=``), or in one's own words."""
    actor = current_actor()
    form = MotionForm(data=_first_values(actor))
    form.offer(actor)
    if request.method == "GET":
        return _page(form, None)
    try:
        if not form.validate():
            return _page(form, None), 422
        motion = write_motion(actor, form.draft(), form.key())
        if (action_id := as_id(form.action.data)) is not None:
            link_action(actor, motion.id, motion.version, action_id)
        if "draft" not in request.form and motion.state == State.DRAFTED:
            take_step(actor, motion.id, "submit", motion.version, gaps_seen=bool(form.gaps_seen.data))
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _page(form, None), 422
    return _saved(motion, "new")


@blueprint.route("/past", methods=["GET", "POST"])
@requires(Permission.MOTIONS_DRAFT)
def past() -> Answer:
    """Tell what a body decided already: one form, and no states before it."""
    actor = current_actor()
    form = PastForm(data=_first_values(actor) | {"outcome": State.CARRIED, "on": today()})
    form.offer(actor)
    if request.method == "GET":
        return _page(form, None, is_past=True)
    try:
        if not form.validate():
            return _page(form, None, is_past=True), 422
        motion = tell_past(actor, form.draft(), form.told(), form.key())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _page(form, None, is_past=True), 422
    return _saved(motion, "past")


@blueprint.route("/<uuid:motion_id>/edit", methods=["GET", "POST"])
@requires(Permission.MOTIONS_DRAFT)
def edit(motion_id: UUID) -> Answer:
    """Change a motion of which nobody knows yet what becomes of it."""
    actor = current_actor()
    record = own_record(motion_id)
    form = MotionForm(data=values_of(record))
    form.offer(actor, record)
    if request.method == "GET":
        return _page(form, record)
    try:
        if not form.validate():
            return _page(form, record), 422
        motion = edit_motion(actor, motion_id, form.version.shown, form.draft())
        if "submit" in request.form and motion.state == State.DRAFTED:
            take_step(actor, motion.id, "submit", motion.version, gaps_seen=bool(form.gaps_seen.data))
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _page(form, own_record(motion_id)), 422
    except EditedMeanwhile:
        db.session.rollback()
        present = own_record(motion_id)
        form.version.raw_data, form.version.data = None, str(present.motion.version)
        return _page(form, present, is_conflict=True), 409
    return _saved(motion, "edit")


def own_record(motion_id: UUID) -> queries.MotionRecord:
    """A motion of one's own organisation, for those who may change it. Raises ``NotFound`` and ``Forbidden``."""
    record = queries.get_record(current_actor(), motion_id)
    if not record.standing.is_own:
        raise NotFound
    if not record.standing.in_reach or record.detail is None:
        raise Forbidden(_("This motion belongs to another unit. Its officers and your staff can change it."))
    return record


def _model() -> ModelVersion | None:
    return find_published(as_id(request.values.get("text") or request.form.get("text_version")))


def _first_values(actor: Actor) -> dict[str, Any]:
    """What the form begins with: the model's words, and what the action in the diary says."""
    unit_id = actor.unit_id or as_id(request.args.get("unit")) or actor.subtree_id
    values: dict[str, Any] = {
        "lead": str(actor.user_id),
        "unit": str(unit_id or ""),
        "forum": known_forum(request.args.get("forum")),
        "submission_key": fresh_key(),
    }
    model = _model()
    if model is not None:
        words = fill_for_unit(actor, unit_id, model.text)
        values |= words.as_dict() | {"text_version": str(model.id)}
        values["forum"] = values["forum"] or (model.forums[0] if len(model.forums) == 1 else "")
    action = _action(actor)
    if action is not None:
        values |= {"action": str(action.id), "area": action.area, "postcode": action.postcode}
        values["meeting_on"] = _day_of(action)
        values["title"] = values.get("title") or action.title
    return values


def _action(actor: Actor) -> BranchAction | None:
    action_id = as_id(request.args.get("action"))
    if action_id is None:
        return None
    action = get_own(actor, action_id)
    return action if action.kind == Kind.MOTION else None


def _day_of(action: BranchAction) -> date:
    return action.starts_at.astimezone(LONDON).date()


def _page(
    form: MotionForm, record: queries.MotionRecord | None, *, is_past: bool = False, is_conflict: bool = False
) -> str:
    return render_template(
        "motions/write.html",
        actor=current_actor(),
        form=form,
        record=record,
        motion=record.motion if record else None,
        is_past=is_past,
        is_conflict=is_conflict,
        model=find_published(as_id(form.text_version.data)),
    )


def _saved(motion: Motion, saved: str) -> Response:
    address = url_for("motions.show", motion_id=motion.id, saved=saved)
    state = State(motion.state)
    db.session.commit()
    said = {
        State.DRAFTED: _("The draft is saved. Only your own people can see it."),
        State.SUBMITTED: _(
            "It is sent in. Partners see the body and the day; the text and its movers stay with you."
        ),
    }
    flash(said.get(state, _("Saved.")), "success")
    return redirect(address, 303)  # type: ignore[return-value]
