"""Saved segments: named filters of the grid, for all partners."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying.forms import SegmentForm, as_id
from organising.lobbying.queries.grid import TargetCriteria
from organising.lobbying.queries.segments import get_own_segment, list_segments, read_criteria
from organising.lobbying.services.segments import remove_segment, restore_segment, save_segment
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.views.targets import filter_form, grid_url
from organising.organisations.queries import list_campaign_organisations
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.cautions import NeedsConfirmation
from organising.platform.db import db
from organising.platform.errors import Invalid, NotFound
from organising.platform.forms import PlainForm
from organising.platform.permissions import Permission


@blueprint.get("/segments")
@requires(Permission.TARGETS_VIEW)
def segments() -> str:
    """What partners saved, each with the words of its filters."""
    actor = current_actor()
    partners = list_campaign_organisations(actor.campaign_id, with_former=True)
    form = filter_form(actor, TargetCriteria(), partners)
    found = [(one, read_criteria(one)) for one in list_segments(actor)]
    return render_template(
        "lobbying/segments.html",
        rows=[(one, criteria.to_args(), form.describe(criteria)) for one, criteria in found],
        form=PlainForm(),
        may_edit=actor.can(Permission.TARGETS_EDIT_LED),
        removed=_removed(actor),
    )


@blueprint.route("/segments/new", methods=["GET", "POST"])
@requires(Permission.TARGETS_EDIT_LED)
def new_segment() -> str | Response | tuple[str, int]:
    """Save the filters that the address or the form carries."""
    actor = current_actor()
    form = SegmentForm()
    cautions = []
    if form.validate_on_submit():
        try:
            segment = save_segment(actor, form.name.data or "", form.filter, confirmed=form.confirmed())
            db.session.commit()
        except NeedsConfirmation as question:
            cautions = question.cautions
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            flash(_("Saved. All partners can use “%(name)s”.", name=segment.name), "success")
            return redirect(grid_url(form.filter), 303)
    elif not form.is_submitted():
        form.criteria.data = request.query_string.decode("utf-8", "replace")
    partners = list_campaign_organisations(actor.campaign_id, with_former=True)
    criteria = form.filter
    page = render_template(
        "lobbying/segment_new.html",
        form=form,
        cautions=cautions,
        described=filter_form(actor, criteria, partners).describe(criteria),
        back=grid_url(criteria),
    )
    return (page, 422) if form.errors or cautions else page


@blueprint.post("/segments/<uuid:segment_id>/removal")
@requires(Permission.TARGETS_EDIT_LED)
def remove_segment_page(segment_id: UUID) -> Response:
    """Take a segment of one's own organisation from the list; the answer offers the way back."""
    remove_segment(current_actor(), segment_id)
    db.session.commit()
    return redirect(url_for(".segments", removed=segment_id), 303)


@blueprint.post("/segments/<uuid:segment_id>/restoration")
@requires(Permission.TARGETS_EDIT_LED)
def restore_segment_page(segment_id: UUID) -> Response:
    """Put a removed segment back."""
    restore_segment(current_actor(), segment_id)
    db.session.commit()
    flash(_("The segment is back."), "success")
    return redirect(url_for(".segments"), 303)


def _removed(actor: Actor) -> UUID | None:
    """The segment that was taken away just now, if the address names one of the organisation's own."""
    segment_id = as_id(request.args.get("removed"))
    if segment_id is None:
        return None
    try:
        return segment_id if get_own_segment(actor, segment_id).removed_at else None
    except NotFound:
        return None
