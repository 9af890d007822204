"""The steps of an action, each a button: one service, one commit, back to its page."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from organising.actions import services
from organising.actions.forms import StepForm
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission

from . import blueprint
from .listing import render_action

Answer = Response | tuple[str, int]


def _take(action_id: UUID, step: Callable[[StepForm], object], said: str) -> Answer:
    """Parse the button's form, take the step, commit, and go back to the action."""
    form = StepForm()
    try:
        if not form.validate():
            raise Invalid(_("This form was damaged. Load the page again."))
        step(form)
    except Invalid as refusal:
        db.session.rollback()
        form.comment.errors = [*form.comment.errors, *map(str, refusal.details.values())] or [refusal.message]
        return render_action(action_id, form), 422
    db.session.commit()
    flash(said, "success")
    return redirect(url_for("actions.show", action_id=action_id), 303)  # type: ignore[return-value]


def _version(form: StepForm) -> int:
    return form.version.data or 0


@blueprint.post("/<uuid:action_id>/submission")
@requires(Permission.ACTIONS_CREATE)
def submit(action_id: UUID) -> Answer:
    """Send a draft in: straight into the diary, or to whoever may approve."""
    return _take(
        action_id,
        lambda form: services.submit_action(current_actor(), action_id, _version(form)),
        _("It is sent in. Every partner can see the headline."),
    )


@blueprint.post("/<uuid:action_id>/approval")
@requires(Permission.ACTIONS_CREATE)
def approve(action_id: UUID) -> Answer:
    """Approve a colleague's action."""
    return _take(
        action_id,
        lambda form: services.approve_action(current_actor(), action_id, _version(form), form.comment.data),
        _("Approved."),
    )


@blueprint.post("/<uuid:action_id>/changes-request")
@requires(Permission.ACTIONS_CREATE)
def request_changes(action_id: UUID) -> Answer:
    """Give it back with a comment."""
    return _take(
        action_id,
        lambda form: services.request_changes(
            current_actor(), action_id, _version(form), form.comment.data or ""
        ),
        _("It is back with the people who planned it, with your comment."),
    )


@blueprint.post("/<uuid:action_id>/schedule")
@requires(Permission.ACTIONS_CREATE)
def schedule(action_id: UUID) -> Answer:
    """Confirm that an approved action goes ahead."""
    return _take(
        action_id,
        lambda form: services.schedule_action(current_actor(), action_id, _version(form)),
        _("It is in the diary."),
    )


@blueprint.post("/<uuid:action_id>/cancellation")
@requires(Permission.ACTIONS_CREATE)
def cancel(action_id: UUID) -> Answer:
    """Call it off; the page then offers to undo."""
    return _take(
        action_id,
        lambda form: (services.cancel_following if form.follow.data else services.cancel_action)(
            current_actor(), action_id, _version(form), form.comment.data
        ),
        _("It is called off. You can undo this below."),
    )


@blueprint.post("/<uuid:action_id>/cancellation/removal")
@requires(Permission.ACTIONS_CREATE)
def restore(action_id: UUID) -> Answer:
    """Undo the calling off."""
    return _take(
        action_id,
        lambda form: services.restore_action(current_actor(), action_id, _version(form)),
        _("It is back as it was."),
    )


@blueprint.post("/<uuid:action_id>/report/check")
@requires(Permission.ACTIONS_CREATE)
def check(action_id: UUID) -> Answer:
    """Accept the numbers of a colleague's report."""
    return _take(
        action_id,
        lambda form: services.check_report(current_actor(), action_id, _version(form)),
        _("The report is checked."),
    )


@blueprint.post("/<uuid:action_id>/closure")
@requires(Permission.ACTIONS_CREATE)
def close(action_id: UUID) -> Answer:
    """Nothing more to do here."""
    return _take(
        action_id,
        lambda form: services.close_action(current_actor(), action_id, _version(form)),
        _("Closed."),
    )
