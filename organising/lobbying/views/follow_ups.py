"""Follow-ups: what is due, what is done, who does it, and the way back from each change."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import EmptyForm, as_day, as_id
from organising.lobbying.queries.colleagues import list_colleagues
from organising.lobbying.queries.follow_ups import get_follow_up
from organising.lobbying.services import finish_follow_up, reopen_follow_up
from organising.lobbying.services.follow_up_steps import assign_follow_up, snooze_follow_up
from organising.lobbying.views.blueprint import blueprint
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.paths import own_path
from organising.platform.permissions import Permission
from organising.platform.ui import longdate, with_query


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
        seats=queries.list_seats([row.follow_up.person_id for row in rows if row.follow_up.person_id]),
        colleagues=[] if done else list_colleagues(actor),
        form=EmptyForm(),
        done_now=as_id(request.args.get("done_now")),
        changed=as_id(request.args.get("changed")),
        day_before=as_day(request.args.get("day_before", "")),
        owner_before=as_id(request.args.get("owner_before")),
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


@blueprint.post("/follow-ups/<uuid:follow_up_id>/due-day")
@requires(Permission.ENGAGEMENTS_LOG)
def snooze(follow_up_id: UUID) -> Response:
    """Put one off to another day; the answer offers the way back."""
    actor = current_actor()
    before = get_follow_up(actor, follow_up_id).due_on
    putting_back = request.form.get("putting_back") == "1"
    day = as_day(request.form.get("due_on", ""))
    try:
        snooze_follow_up(actor, follow_up_id, day, putting_back=putting_back)
        db.session.commit()
    except Invalid as invalid:
        flash(_("Nothing was changed. %(why)s", why=invalid.message), "error")
        return _back()
    flash(_("Put back.") if putting_back else _("Due on %(day)s now.", day=longdate(day)), "success")
    return _back(changed=follow_up_id, day_before=before) if day != before and not putting_back else _back()


@blueprint.post("/follow-ups/<uuid:follow_up_id>/owner")
@requires(Permission.ENGAGEMENTS_LOG)
def assign(follow_up_id: UUID) -> Response:
    """Hand one to a colleague; the answer offers the way back."""
    actor = current_actor()
    before = get_follow_up(actor, follow_up_id).owner_user_id
    try:
        owner = assign_follow_up(actor, follow_up_id, as_id(request.form.get("user_id"))).owner_user_id
        db.session.commit()
    except Invalid as invalid:
        flash(_("Nothing was changed. %(why)s", why=invalid.message), "error")
        return _back()
    if owner == before:
        return _back()
    flash(_("Handed on."), "success")
    return _back(changed=follow_up_id, owner_before=before)


def _back(**what: object) -> Response:
    """To the page of the product that the button stood on, with the way back from what was just done."""
    place = own_path(request.form.get("back")) or url_for(".follow_ups")
    fresh: dict[str, object] = dict.fromkeys(("done_now", "changed", "day_before", "owner_before"))
    return redirect(with_query(place, **(fresh | what)), 303)
