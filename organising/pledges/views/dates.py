"""When a drive opens, closes and ends: at once, or at a time."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.actor import Actor
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from ..drive_forms import DatesForm
from ..models import PledgeDrive
from ..services import drives as services
from ..services.dates import Dates, set_dates
from .blueprint import blueprint, settings


@blueprint.route("/pledges/drives/<uuid:drive_id>/dates", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def dates(drive_id: UUID) -> AnyResponse:
    """Choose when it opens and closes by itself; open, close or archive it now."""
    actor, drive = current_actor(), get_or_404(PledgeDrive, drive_id)
    form = DatesForm(obj=drive)
    if request.method == "POST" and form.validate():
        chosen = Dates(form.opens_at.data, form.closes_at.data, bool(form.is_announced.data))
        try:
            changed = set_dates(actor, drive, chosen)
            db.session.commit()
        except (Conflict, Invalid) as error:
            db.session.rollback()
            form.show(error)
        else:
            flash(_("Saved. It happens by itself.") if changed else _("Nothing changed."), "success")
            return redirect(url_for("pledges.dates", drive_id=drive_id), 303)
    body = render_template("pledges/dates.html", **settings(drive, "dates"), form=form)
    return make_response(body, 422 if form.errors else 200)


@blueprint.post("/pledges/drives/<uuid:drive_id>/opening")
@requires(Permission.CAMPAIGN_EDIT)
def open_drive(drive_id: UUID) -> AnyResponse:
    """Let people sign."""
    return _turn(drive_id, services.open_drive, _("The pledge is open. Share its links."))


@blueprint.post("/pledges/drives/<uuid:drive_id>/closure")
@requires(Permission.CAMPAIGN_EDIT)
def close_drive(drive_id: UUID) -> AnyResponse:
    """Take no more signatures."""
    return _turn(drive_id, services.close_drive, _("The pledge is closed. Its page stays, and says so."))


@blueprint.post("/pledges/drives/<uuid:drive_id>/archive")
@requires(Permission.CAMPAIGN_EDIT)
def archive_drive(drive_id: UUID) -> AnyResponse:
    """End a closed pledge for good."""
    return _turn(
        drive_id, services.archive_drive, _("The pledge is archived. Its totals stay, its key is gone.")
    )


def _turn(drive_id: UUID, verb: Callable[[Actor, PledgeDrive], bool], words: str) -> AnyResponse:
    changed = verb(current_actor(), get_or_404(PledgeDrive, drive_id))
    db.session.commit()
    flash(words if changed else _("Nothing changed."), "success" if changed else "info")
    return redirect(url_for("pledges.dates", drive_id=drive_id), 303)
