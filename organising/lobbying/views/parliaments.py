"""Parliaments: their dates, and what a dissolution does to the campaign."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from organising.lobbying.forms.parliaments import ParliamentForm
from organising.lobbying.models import Approach
from organising.lobbying.queries.dissolution import count_touched, select_members
from organising.lobbying.services.approach_steps import resume_approaches
from organising.lobbying.views.blueprint import blueprint
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid
from organising.platform.forms import PlainForm
from organising.platform.permissions import Permission
from organising.platform.tenancy import writing_reference
from organising.representatives.models import Chamber
from organising.representatives.queries.parliaments import find_successor, get_parliament, list_parliaments
from organising.representatives.services import parliaments as services

Answer = Response | str | tuple[str, int]


@blueprint.get("/parliaments")
@requires(Permission.TARGETS_VIEW)
def parliaments() -> str:
    """Every parliament that is known, by chamber."""
    found = list_parliaments()
    return render_template(
        "lobbying/parliaments.html",
        chambers=[
            (one, [p for p in found if p.chamber == one])
            for one in Chamber
            if any(p.chamber == one for p in found)
        ],
        today=today(),
        may_edit=current_actor().can(Permission.CAMPAIGN_EDIT),
    )


@blueprint.route("/parliaments/new", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def new_parliament() -> Answer:
    """Add the parliament that was elected."""
    actor = current_actor()
    form = ParliamentForm()
    if form.validate_on_submit():
        try:
            with writing_reference(actor):
                parliament_id = services.add_parliament(actor, form.draft()).id
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            flash(_("The parliament is kept."), "success")
            return redirect(url_for(".parliament", parliament_id=parliament_id), 303)
    shown = render_template("lobbying/parliament_form.html", form=form, parliament=None)
    return shown, 422 if form.errors else 200


@blueprint.get("/parliaments/<uuid:parliament_id>")
@requires(Permission.TARGETS_VIEW)
def parliament(parliament_id: UUID) -> str:
    """One parliament: its dates, what its dissolution touches, and the way on after the election."""
    actor = current_actor()
    found = get_parliament(parliament_id)
    return render_template(
        "lobbying/parliament.html",
        parliament=found,
        touched=count_touched(actor, found),
        successor=find_successor(found),
        today=today(),
        may_edit=actor.can(Permission.CAMPAIGN_EDIT),
        form=PlainForm(),
    )


@blueprint.route("/parliaments/<uuid:parliament_id>/dates", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def parliament_dates(parliament_id: UUID) -> Answer:
    """Set a parliament's dates; the page says what a dissolution will do."""
    actor = current_actor()
    found = get_parliament(parliament_id)
    form = ParliamentForm(obj=found)
    if form.is_submitted():
        # Which parliament it is stays as it was.
        form.chamber.data, form.number.data = found.chamber, found.number
    if form.validate_on_submit():
        try:
            with writing_reference(actor):
                services.edit_parliament(actor, parliament_id, form.draft())
        except Invalid as invalid:
            form.show(invalid.details)
        except Conflict as conflict:
            form.form_errors.append(conflict.message)
        else:
            flash(_("The dates are kept."), "success")
            return redirect(url_for(".parliament", parliament_id=parliament_id), 303)
    shown = render_template(
        "lobbying/parliament_form.html", form=form, parliament=found, touched=count_touched(actor, found)
    )
    return shown, 422 if form.errors or form.form_errors else 200


@blueprint.post("/parliaments/<uuid:parliament_id>/dissolution/removal")
@requires(Permission.CAMPAIGN_EDIT)
def take_back_dissolution(parliament_id: UUID) -> Response:
    """Undo a dissolution: the day was wrong."""
    actor = current_actor()
    with writing_reference(actor):
        number = services.take_back_dissolution(actor, parliament_id)
    resume_approaches(actor, Approach.person_id.in_(select_members(get_parliament(parliament_id))))
    db.session.commit()
    flash(
        ngettext(
            "The dissolution is taken back. %(num)d member is in office again.",
            "The dissolution is taken back. %(num)d members are in office again.",
            number,
        ),
        "success",
    )
    return redirect(url_for(".parliament", parliament_id=parliament_id), 303)
