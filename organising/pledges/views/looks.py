"""How a drive's public page looks: its colour, and whether partners' logos stand on it."""

from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...organisations.logos import list_signatories
from ...platform.access import Readers, cookieless, current_actor, own_context, public, requires
from ...platform.db import db, get_or_404
from ...platform.errors import Invalid
from ...platform.permissions import Permission
from ...platform.tenancy import ANONYMOUS, use_context
from ..drive_forms import LookForm
from ..models import PledgeDrive
from ..queries import get_public_drive
from ..services.looks import look_digest, look_sheet, set_look
from .blueprint import blueprint, settings


@blueprint.route("/pledges/drives/<uuid:drive_id>/look", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def look(drive_id: UUID) -> AnyResponse:
    """Choose the colour for light and dark; what is hard to read is refused, with the nearest that is not."""
    actor, drive = current_actor(), get_or_404(PledgeDrive, drive_id)
    form = LookForm(obj=drive)
    offered: dict[str, str] = {}
    if request.method == "POST" and form.validate():
        try:
            changed = set_look(actor, drive, form.given())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            offered = form.show(error)
        else:
            flash(_("Saved.") if changed else _("Nothing changed."), "success")
            return redirect(url_for("pledges.look", drive_id=drive_id), 303)
    body = render_template(
        "pledges/look.html",
        **settings(drive, "look"),
        form=form,
        offered=offered,
        signatories=list_signatories(drive.campaign_id),
    )
    return make_response(body, 422 if form.errors else 200)


@blueprint.get("/look/<slug>/<digest>.css")
@public("the style sheet of a public page", readers=Readers.STAFF)
@own_context
@cookieless
def look_css(slug: str, digest: str) -> Response:
    """A drive's colours as a style sheet, under an address that changes with them: kept for a year."""
    with use_context(ANONYMOUS):
        drive = get_public_drive(slug)
        response = Response(look_sheet(drive), mimetype="text/css")
        current = look_digest(drive)
    # An address of yesterday gets today's colours, and nobody keeps them under it.
    lasting = "public, max-age=31536000, immutable" if digest == current else "no-cache"
    response.headers["Cache-Control"] = lasting
    return response
