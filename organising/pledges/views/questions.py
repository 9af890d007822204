"""What a drive asks after signing: the sectors it offers, and up to three questions of its own."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.permissions import Permission
from ..drive_forms import QuestionsForm
from ..models import PledgeDrive
from ..queries import list_places
from ..services.questions import PLACES, offer_sectors, save_question
from .blueprint import blueprint, settings


@blueprint.route("/pledges/drives/<uuid:drive_id>/questions", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def questions(drive_id: UUID) -> AnyResponse:
    """Choose the sectors, and write the questions."""
    actor, drive = current_actor(), get_or_404(PledgeDrive, drive_id)
    form = QuestionsForm()
    if request.method == "GET":
        form.fill(drive.sectors, list_places(drive))
    elif form.validate():
        changed = [offer_sectors(actor, drive, form.sectors.data or [])]
        changed += [save_question(actor, drive, place, form.given(place)) for place in PLACES]
        db.session.commit()
        flash(_("Saved.") if any(changed) else _("Nothing changed."), "success")
        return redirect(url_for("pledges.questions", drive_id=drive_id), 303)
    body = render_template(
        "pledges/questions.html",
        **settings(drive, "questions"),
        form=form,
        places=[(place, *form.of_place(place)) for place in PLACES],
    )
    return make_response(body, 422 if form.errors else 200)
