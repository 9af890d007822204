"""A drive's milestones: to be reached, and history."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.clock import now
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid, NotFound
from ...platform.permissions import Permission
from ..drive_forms import MilestoneForm, told_labels
from ..models import PledgeDrive, PledgeMilestone
from ..queries import list_milestones
from ..services import milestones as services
from .blueprint import blueprint, settings


@blueprint.route("/pledges/drives/<uuid:drive_id>/milestones", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def milestones(drive_id: UUID) -> AnyResponse:
    """All milestones, and a form for another."""
    form = MilestoneForm()
    if request.method == "POST" and form.validate():
        saved = _save(drive_id, form, None)
        if saved is not None:
            return saved
    return _page(drive_id, form, None)


@blueprint.route("/pledges/drives/<uuid:drive_id>/milestones/<uuid:milestone_id>", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def edit_milestone(drive_id: UUID, milestone_id: UUID) -> AnyResponse:
    """Change a milestone that is not reached yet."""
    milestone = _milestone(drive_id, milestone_id)
    form = MilestoneForm(obj=milestone)
    if request.method == "POST" and form.validate():
        saved = _save(drive_id, form, milestone_id)
        if saved is not None:
            return saved
    elif request.method == "GET" and milestone.reached_at is not None:
        raise Conflict(_("This milestone was reached: it is history, and cannot be changed."))
    return _page(drive_id, form, milestone_id)


@blueprint.post("/pledges/drives/<uuid:drive_id>/milestones/<uuid:milestone_id>/removal")
@requires(Permission.CAMPAIGN_EDIT)
def remove_milestone(drive_id: UUID, milestone_id: UUID) -> AnyResponse:
    """Take away a milestone that is not reached yet."""
    services.remove_milestone(current_actor(), get_or_404(PledgeDrive, drive_id), milestone_id)
    db.session.commit()
    flash(_("The milestone is gone."), "success")
    return redirect(url_for("pledges.milestones", drive_id=drive_id), 303)


@blueprint.post("/pledges/drives/<uuid:drive_id>/milestones/<uuid:milestone_id>/banner-end")
@requires(Permission.CAMPAIGN_EDIT)
def end_banner(drive_id: UUID, milestone_id: UUID) -> AnyResponse:
    """Take a banner off the public page before its days are over."""
    changed = services.take_banner_down(
        current_actor(), get_or_404(PledgeDrive, drive_id), milestone_id, now()
    )
    db.session.commit()
    flash(_("The banner is down.") if changed else _("Nothing changed."), "success")
    return redirect(url_for("pledges.milestones", drive_id=drive_id), 303)


def _milestone(drive_id: UUID, milestone_id: UUID) -> PledgeMilestone:
    milestone = get_or_404(PledgeMilestone, milestone_id)
    if milestone.drive_id != drive_id:
        raise NotFound
    return milestone


def _save(drive_id: UUID, form: MilestoneForm, milestone_id: UUID | None) -> AnyResponse | None:
    try:
        services.save_milestone(
            current_actor(), get_or_404(PledgeDrive, drive_id), form.given(), milestone_id
        )
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        form.number.errors = [error.message]
        return None
    flash(_("The milestone is saved."), "success")
    return redirect(url_for("pledges.milestones", drive_id=drive_id), 303)


def _page(drive_id: UUID, form: MilestoneForm, milestone_id: UUID | None) -> AnyResponse:
    drive = get_or_404(PledgeDrive, drive_id)
    body = render_template(
        "pledges/milestones.html",
        **settings(drive, "milestones"),
        form=form,
        editing=milestone_id,
        milestones=list_milestones(drive_id),
        now=now(),
        told=told_labels(),
    )
    return make_response(body, 422 if form.errors else 200)
