"""Follow-ups: what is due, what is done, who does it, and the way back from each change."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import FollowUpForm, as_day, as_id
from organising.lobbying.queries.follow_ups import get_follow_up
from organising.lobbying.queries.subjects import Subject
from organising.lobbying.services import (
    Caution,
    NeedsConfirmation,
    add_follow_up,
    finish_follow_up,
    reopen_follow_up,
)
from organising.lobbying.services.follow_up_steps import assign_follow_up, snooze_follow_up
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.words import subject_url
from organising.organisations.queries.colleagues import list_colleagues
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db, get_or_404
from organising.platform.errors import Invalid
from organising.platform.forms import PlainForm
from organising.platform.paths import own_path
from organising.platform.permissions import Permission
from organising.platform.ui import longdate, with_query
from organising.representatives.models import Person
from organising.representatives.queries.institutions import get_institution


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
        form=PlainForm(),
        done_now=as_id(request.args.get("done_now")),
        changed=as_id(request.args.get("changed")),
        day_before=as_day(request.args.get("day_before", "")),
        owner_before=as_id(request.args.get("owner_before")),
        today=today(),
    )


@blueprint.route("/representatives/<uuid:person_id>/follow-ups/new", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_LOG)
def new_follow_up(person_id: UUID) -> str | Response | tuple[str, int]:
    """Plan something to do about someone."""
    return _plan(Subject(person=get_or_404(Person, person_id)))


@blueprint.route("/institutions/<uuid:institution_id>/follow-ups/new", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_LOG)
def new_institution_follow_up(institution_id: UUID) -> str | Response | tuple[str, int]:
    """Plan something to do about a body."""
    return _plan(Subject(institution=get_institution(institution_id)))


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


def _plan(subject: Subject) -> str | Response | tuple[str, int]:
    form = FollowUpForm()
    cautions: Sequence[Caution] = ()
    if form.validate_on_submit():
        try:
            add_follow_up(
                current_actor(),
                subject.person_id,
                form.draft(),
                institution_id=subject.institution_id,
                confirmed=form.confirmed(),
            )
            db.session.commit()
        except NeedsConfirmation as question:
            cautions = question.cautions
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            flash(_("Follow-up planned."), "success")
            # The page tells the device to forget its draft.
            after = subject_url(subject, kept=f"follow-up-{subject.id}", _anchor="follow-ups")
            return redirect(after, 303)
    shown = render_template("lobbying/new_follow_up.html", form=form, subject=subject, cautions=cautions)
    return (shown, 422) if form.errors or cautions else shown


def _back(**what: object) -> Response:
    """To the page of the product that the button stood on, with the way back from what was just done."""
    place = own_path(request.form.get("back")) or url_for(".follow_ups")
    fresh: dict[str, object] = dict.fromkeys(("done_now", "changed", "day_before", "owner_before"))
    return redirect(with_query(place, **(fresh | what)), 303)
