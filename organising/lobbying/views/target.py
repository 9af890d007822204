"""The target page: who someone is, where they stand, what was said to them, and what comes next."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import EmptyForm, FollowUpForm, PositionForm, as_id
from organising.lobbying.queries.timeline import find_note
from organising.lobbying.services import NeedsConfirmation, add_follow_up, claim_position
from organising.lobbying.views.blueprint import blueprint
from organising.organisations.queries import list_open_asks
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db, get_or_404
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import Person
from organising.representatives.queries import list_contact_points, list_holdings


@blueprint.get("/representatives/<uuid:person_id>")
@requires(Permission.REPRESENTATIVES_VIEW)
def target(person_id: UUID) -> str:
    """One representative, over all partners."""
    actor = current_actor()
    person: Person = get_or_404(Person, person_id)
    positions = queries.list_positions(actor, person_id)
    return render_template(
        "lobbying/target.html",
        person=person,
        seat=queries.list_seats([person_id]).get(person_id),
        holdings=list_holdings(person_id),
        contact_points=list_contact_points(person_id),
        known=[one for one in positions if one.current.newest or one.suggestions],
        not_known=[one for one in positions if not one.current.newest and not one.suggestions],
        timeline=queries.list_timeline(actor, person_id),
        follow_ups=queries.list_person_follow_ups(actor, person_id),
        pressure=queries.measure_pressure(actor, person_id),
        today=today(),
        form=EmptyForm(),
        may_log=actor.can(Permission.ENGAGEMENTS_LOG),
        logged=_own(actor, "logged"),
        withdrawn=_own(actor, "withdrawn"),
        kept=request.args.get("kept", ""),
        done_now=as_id(request.args.get("done_now")),
    )


@blueprint.route("/representatives/<uuid:person_id>/positions/new", methods=["GET", "POST"])
@requires(Permission.POSITIONS_CLAIM)
def new_position(person_id: UUID) -> str | Response | tuple[str, int]:
    """Claim where someone stands, on evidence from outside the contact log."""
    actor = current_actor()
    person: Person = get_or_404(Person, person_id)
    form = PositionForm(**_from_address())
    form.offer(list_open_asks(actor.campaign_id))
    if form.validate_on_submit():
        try:
            claim = claim_position(actor, person_id, form.draft())
            is_suggestion = claim.is_suggestion
            db.session.commit()
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            flash(
                _("Suggested. An organiser can take it up.") if is_suggestion else _("Position kept."),
                "success",
            )
            return redirect(_after(person_id, "position", "positions"), 303)
    page = render_template(
        "lobbying/new_position.html",
        form=form,
        person=person,
        seat=queries.list_seats([person_id]).get(person_id),
    )
    return (page, 422) if form.errors else page


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


def _own(actor: Actor, name: str) -> UUID | None:
    """The engagement that the address names, if it is the organisation's own: what was done just now."""
    engagement_id = as_id(request.args.get(name))
    if engagement_id is None or find_note(actor, engagement_id) is None:
        return None
    return engagement_id


def _from_address() -> dict[str, str]:
    """What a link to the form fills in: a branch officer's suggestion that an organiser takes up."""
    names = ("ask_id", "position", "basis", "confidence", "evidence_url")
    return {name: request.args[name] for name in names if name in request.args}
