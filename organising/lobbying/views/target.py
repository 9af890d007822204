"""The target page: who someone is, where they stand, what was said to them, and what comes next."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import AllocationForm, EmptyForm, FollowUpForm, as_id
from organising.lobbying.queries.dossier import Dossier
from organising.lobbying.queries.timeline import find_note
from organising.lobbying.services import NeedsConfirmation, add_follow_up
from organising.lobbying.views.blueprint import blueprint
from organising.organisations.queries import list_campaign_organisations
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import Person


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
        allocation_form=_allocation_form(actor, dossier),
        today=dossier.on,
        form=EmptyForm(),
        may_log=actor.can(Permission.ENGAGEMENTS_LOG),
        may_claim=actor.can(Permission.POSITIONS_CLAIM),
        may_promise=actor.can(Permission.COMMITMENTS_EDIT),
        logged=_own(actor, "logged"),
        withdrawn=_own(actor, "withdrawn"),
        kept=request.args.get("kept", ""),
        done_now=as_id(request.args.get("done_now")),
    )


@blueprint.route("/representatives/<uuid:person_id>/follow-ups/new", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_LOG)
def new_follow_up(person_id: UUID) -> str | Response | tuple[str, int]:
    """Plan something to do about someone."""
    actor = current_actor()
    person: Person = get_or_404(Person, person_id)
    form = FollowUpForm()
    cautions = []
    if form.validate_on_submit():
        try:
            add_follow_up(actor, person_id, form.draft(), confirmed=form.confirmed())
            db.session.commit()
        except NeedsConfirmation as question:
            cautions = question.cautions
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            flash(_("Follow-up planned."), "success")
            return redirect(_after(person_id, "follow-up", "follow-ups"), 303)
    page = render_template(
        "lobbying/new_follow_up.html",
        form=form,
        person=person,
        cautions=cautions,
        seat=queries.list_seats([person_id]).get(person_id),
    )
    return (page, 422) if form.errors or cautions else page


def _after(person_id: UUID, what: str, place: str) -> str:
    """The target page's address once something is kept: the page tells the device to forget its draft."""
    return url_for(".target", person_id=person_id, kept=f"{what}-{person_id}", _anchor=place)


def _allocation_form(actor: Actor, dossier: Dossier) -> FlaskForm:
    if not dossier.allocation.may_edit:
        return EmptyForm()
    form = AllocationForm()
    form.show_allocation(
        dossier.allocation,
        list_campaign_organisations(actor.campaign_id),
        url_for(".target", person_id=dossier.person.id),
    )
    return form


def _own(actor: Actor, name: str) -> UUID | None:
    """The engagement that the address names, if it is the organisation's own: what was done just now."""
    engagement_id = as_id(request.args.get(name))
    if engagement_id is None or find_note(actor, engagement_id) is None:
        return None
    return engagement_id
