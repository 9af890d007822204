"""Follow-ups: what is due, what is done, and the way back."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import EmptyForm, as_id
from organising.lobbying.services import finish_follow_up, reopen_follow_up
from organising.lobbying.views.blueprint import blueprint
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.permissions import Permission
from organising.platform.ui import with_query


@blueprint.get("/follow-ups")
@requires(Permission.ENGAGEMENTS_LOG)
def follow_ups() -> str:
    """One's own or the organisation's, open or done: ``?whose=ours&done=1``."""
    actor = current_actor()
    whose = "ours" if request.args.get("whose") == "ours" else "mine"
    done = request.args.get("done") == "1"
    rows = queries.list_follow_ups(actor, whose=whose, done=done)
    return render_template(
        "lobbying/follow_ups.html",
        rows=rows,
        whose=whose,
        done=done,
        seats=queries.list_seats([row.follow_up.person_id for row in rows]),
        form=EmptyForm(),
        done_now=as_id(request.args.get("done_now")),
        today=today(),
    )


@blueprint.post("/follow-ups/<uuid:follow_up_id>/completion")
@requires(Permission.ENGAGEMENTS_LOG)
def finish(follow_up_id: UUID) -> Response:
    """Mark one done; the answer offers the way back."""
    finish_follow_up(current_actor(), follow_up_id)
    db.session.commit()
    return _back(done_now=follow_up_id)


@blueprint.post("/follow-ups/<uuid:follow_up_id>/completion/removal")
@requires(Permission.ENGAGEMENTS_LOG)
def reopen(follow_up_id: UUID) -> Response:
    """Undo a completion."""
    reopen_follow_up(current_actor(), follow_up_id)
    db.session.commit()
    flash(_("Open again."), "success")
    return _back()


def _back(done_now: UUID | None = None) -> Response:
    """To the page of the product that the button stood on, with the way back from what was just done."""
    address = request.form.get("back", "")
    own = address.startswith("/") and not address.startswith(("//", "/\\"))
    place = address if own else url_for(".follow_ups")
    return redirect(with_query(place, done_now=done_now), 303)
