"""Practice mode and going live; and the page that answers where practice mode refuses something."""

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...platform.access import current_actor, find_actor, requires, signed_in
from ...platform.db import db
from ...platform.errors import Conflict
from ...platform.permissions import Permission
from ...platform.web import answer
from ...safeguards.practice import PracticeMode, find_live, holds_invented_people
from ..services import going_live as services
from .blueprint import blueprint


@blueprint.get("/organisation/going-live")
@signed_in("every member may know what is missing, and who can bring it about")
def going_live() -> str:
    """The four things, and the button."""
    actor = current_actor()
    return render_template(
        "assurance/going_live.html",
        checks=services.list_checks(actor),
        live=find_live(actor.organisation_id),
        invented=holds_invented_people(),
        may_manage=actor.can(Permission.ASSURANCE_MANAGE),
    )


@blueprint.post("/organisation/going-live")
@requires(Permission.ASSURANCE_MANAGE)
def go_live() -> Response:
    """From now on people are real."""
    try:
        services.go_live(current_actor())
        db.session.commit()
    except Conflict as conflict:
        db.session.rollback()
        flash(conflict.message, "error")
    else:
        flash(_("Your organisation is live. Contacts may be imported, and pledges opened."), "success")
    return redirect(url_for(".going_live"), 303)


@blueprint.post("/organisation/going-live/removal")
@requires(Permission.ASSURANCE_MANAGE)
def go_back() -> Response:
    """Back to practice."""
    changed = services.go_back(current_actor())
    db.session.commit()
    flash(
        _("Back in practice mode. Pledge pages and imports are shut; what is kept stays.")
        if changed
        else _("Nothing changed."),
        "success",
    )
    return redirect(url_for(".going_live"), 303)


@blueprint.app_errorhandler(PracticeMode)
def refused(error: PracticeMode) -> FlaskResponse:
    """What is missing, and who can do it."""
    db.session.rollback()
    actor = find_actor()
    if actor is None:
        return answer(error.status, error.code, error.message)
    return make_response(
        render_template("assurance/practice.html", checks=services.list_checks(actor)), error.status
    )
