"""The queue of what waits for approval: each looked at, several approved at once; comments; who else may approve."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from organising.actions import queries, services
from organising.actions.models import BranchAction
from organising.actions.preparing_forms import CommentForm, QueueForm
from organising.actions.states import needs_risk_assessment
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid
from organising.platform.pagination import page
from organising.platform.permissions import Permission

from . import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.get("/approvals")
@requires(Permission.ACTIONS_CREATE)
def approvals() -> str:
    """What waits for this person's approval, the soonest first."""
    return _queue(QueueForm(formdata=None))


def _queue(form: QueueForm, refused: list[services.Refused] | None = None) -> str:
    actor = current_actor()
    if not queries.can_approve(actor):
        raise Forbidden(_("Administrators approve, and organisers to whom they gave it."))
    found = page(
        queries.to_approve(actor),
        order_by=[BranchAction.starts_at, BranchAction.id],
        cursor=request.args.get("cursor"),
        size=50,
    )
    return render_template(
        "actions/approvals.html",
        page=found,
        rows=[(action, _risk(action)) for action in found.items],
        form=form,
        refused=refused or [],
        delegates=queries.list_delegates(actor) if actor.can(Permission.MEMBERS_MANAGE) else None,
    )


def _risk(action: BranchAction) -> queries.Prepared | None:
    """The risks of an action that needs them written down."""
    if not needs_risk_assessment(action.kind, action.is_public):
        return None
    return queries.Prepared(queries.list_risks(action), (), (), (), ())


@blueprint.post("/approvals")
@requires(Permission.ACTIONS_CREATE)
def approve_many() -> Answer:
    """Approve those that were ticked, each as it was seen."""
    form = QueueForm()
    seen = form.seen()
    try:
        if not form.validate():
            raise Invalid(_("This form was damaged. Load the page again."))
        if not seen:
            raise Invalid(_("Tick those that you approve."))
        approved, refused = services.approve_many(current_actor(), seen, form.comment.data)
    except Invalid as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.message)
        return _queue(form), 422
    db.session.commit()
    if approved:
        flash(
            ngettext("%(num)d action is approved.", "%(num)d actions are approved.", len(approved)), "success"
        )
    if refused:
        return _queue(QueueForm(formdata=None), refused), 409
    return redirect(url_for("actions.approvals"), 303)  # type: ignore[return-value]


@blueprint.post("/<uuid:action_id>/comments")
@requires(Permission.ACTIONS_CREATE)
def comment(action_id: UUID) -> Answer:
    """Say something without deciding."""
    form = CommentForm()
    try:
        if not form.validate():
            raise Invalid(_("Use at most 2,000 characters."))
        services.comment_action(current_actor(), action_id, form.comment.data or "")
    except Invalid as refusal:
        db.session.rollback()
        flash(refusal.message, "error")
    else:
        db.session.commit()
        flash(_("Your comment is in the history, for your own people."), "success")
    return redirect(url_for("actions.show", action_id=action_id, _anchor="history"), 303)  # type: ignore[return-value]


@blueprint.post("/approvals/delegates/<uuid:user_id>")
@requires(Permission.MEMBERS_MANAGE)
def give_approval(user_id: UUID) -> Answer:
    """Let an organiser approve."""
    services.give_approval(current_actor(), user_id)
    db.session.commit()
    flash(_("They may approve colleagues’ actions, never their own."), "success")
    return redirect(url_for("actions.approvals", _anchor="delegates"), 303)  # type: ignore[return-value]


@blueprint.post("/approvals/delegates/<uuid:user_id>/removal")
@requires(Permission.MEMBERS_MANAGE)
def take_approval_back(user_id: UUID) -> Answer:
    """End it."""
    services.take_approval_back(current_actor(), user_id)
    db.session.commit()
    flash(_("They no longer approve."), "success")
    return redirect(url_for("actions.approvals", _anchor="delegates"), 303)  # type: ignore[return-value]
