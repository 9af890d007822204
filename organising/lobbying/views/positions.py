"""Claiming where someone stands, and settling it where partners disagree."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import PositionForm, ResolverForm, SettlementForm, as_id
from organising.lobbying.services import (
    Caution,
    DisputeMoved,
    NeedsConfirmation,
    claim_position,
    name_resolver,
    settle_dispute,
)
from organising.lobbying.services.positions import suggests_only
from organising.lobbying.views.blueprint import blueprint
from organising.organisations.queries import list_campaign_organisations, list_open_asks
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db, get_or_404
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission
from organising.representatives.models import Person


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
            is_suggestion = claim_position(actor, person_id, form.draft()).is_suggestion
            db.session.commit()
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            flash(
                _("Suggested. An organiser can take it up.") if is_suggestion else _("Position kept."),
                "success",
            )
            kept = f"position-{person_id}"
            return redirect(url_for(".target", person_id=person_id, kept=kept, _anchor="positions"), 303)
    page = render_template(
        "lobbying/new_position.html",
        form=form,
        suggests_only=suggests_only(actor),
        person=person,
        seat=queries.list_seats([person_id]).get(person_id),
    )
    return (page, 422) if form.errors else page


@blueprint.get("/representatives/<uuid:person_id>/disputes/<uuid:ask_id>")
@requires(Permission.TARGETS_VIEW)
def dispute(person_id: UUID, ask_id: UUID) -> str | tuple[str, int]:
    """What partners say of one person on one ask, side by side, and how it is settled."""
    return _dispute_page(person_id, ask_id)


@blueprint.post("/representatives/<uuid:person_id>/disputes/<uuid:ask_id>/settlements")
@requires(Permission.POSITIONS_CLAIM)
def settle(person_id: UUID, ask_id: UUID) -> str | Response | tuple[str, int]:
    """Say where they stand, and why; an earlier settlement stays on record."""
    actor = current_actor()
    form = SettlementForm()
    try:
        settle_dispute(actor, person_id, ask_id, form.draft(), confirmed=form.confirmed())
        db.session.commit()
    except NeedsConfirmation as question:
        return _dispute_page(person_id, ask_id, form=form, cautions=question.cautions)
    except DisputeMoved as moved:
        form.show({"moved": moved.message})
        return _dispute_page(person_id, ask_id, form=form)
    except Invalid as invalid:
        form.show(invalid.details or {"form": invalid.message})
        return _dispute_page(person_id, ask_id, form=form)
    flash(_("Settled. The partners concerned are told."), "success")
    kept = f"settlement-{person_id}-{ask_id}"
    return redirect(url_for(".target", person_id=person_id, kept=kept, _anchor="positions"), 303)


@blueprint.post("/representatives/<uuid:person_id>/disputes/<uuid:ask_id>/resolver")
@requires(Permission.DISPUTES_RESOLVE)
def name_dispute_resolver(person_id: UUID, ask_id: UUID) -> str | Response | tuple[str, int]:
    """Name the partner that settles it; the coordinator still may."""
    form = ResolverForm()
    try:
        name_resolver(current_actor(), person_id, ask_id, as_id(form.organisation.data))
        db.session.commit()
    except Invalid as invalid:
        form.show(invalid.details)
        return _dispute_page(person_id, ask_id, resolver_form=form)
    flash(_("Named. They are told."), "success")
    return redirect(url_for(".dispute", person_id=person_id, ask_id=ask_id), 303)


def _dispute_page(
    person_id: UUID,
    ask_id: UUID,
    *,
    form: SettlementForm | None = None,
    resolver_form: ResolverForm | None = None,
    cautions: list[Caution] | None = None,
) -> str | tuple[str, int]:
    actor = current_actor()
    found = queries.get_dispute(actor, person_id, ask_id)
    shown = form or SettlementForm(formdata=None)
    # The form is sent with what its reader sees now, whatever it was first opened with.
    shown.seen.data = found.fingerprint
    naming = resolver_form or ResolverForm(formdata=None)
    naming.offer(list_campaign_organisations(actor.campaign_id))
    if found.resolver and resolver_form is None:
        naming.organisation.data = str(found.resolver.organisation_id)
    page = render_template(
        "lobbying/dispute.html",
        dispute=found,
        seat=queries.list_seats([person_id]).get(person_id),
        form=shown,
        resolver_form=naming,
        cautions=cautions or [],
        may_settle=queries.may_settle(actor, found.resolver),
        may_name=actor.can(Permission.DISPUTES_RESOLVE),
        today=today(),
    )
    return (page, 422) if form is not None or resolver_form is not None else page


def _from_address() -> dict[str, str]:
    """What a link to the form fills in: a branch officer's suggestion that an organiser takes up."""
    names = ("ask_id", "position", "basis", "confidence", "evidence_url")
    return {name: request.args[name] for name in names if name in request.args}
