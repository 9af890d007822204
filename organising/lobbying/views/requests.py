"""Requests for information: listed, written down, chased and moved on."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying.forms import as_id
from organising.lobbying.forms.institutions import ReplyForm, RequestFilter, RequestForm
from organising.lobbying.institution_words import REQUEST_STATES
from organising.lobbying.models import InformationRequest
from organising.lobbying.queries import requests as asked
from organising.lobbying.queries.requests import RequestFilters
from organising.lobbying.request_states import REPLIES, STEPS, WAITING, RequestState
from organising.lobbying.services import NeedsConfirmation
from organising.lobbying.services.requests import (
    chase_request,
    make_request,
    move_request,
    undo_request_change,
)
from organising.lobbying.services.undoing import find_undoable
from organising.lobbying.views.blueprint import blueprint
from organising.organisations.queries import list_open_asks
from organising.organisations.queries.colleagues import list_colleagues
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid, NotFound
from organising.platform.pagination import page
from organising.platform.paths import own_path
from organising.platform.permissions import Permission
from organising.platform.ui import with_query
from organising.representatives.models import Institution
from organising.representatives.queries.institutions import get_institution

PAGE = 25


@blueprint.get("/requests")
@requires(Permission.TARGETS_VIEW)
def requests() -> str:
    """Requests of all partners by the day on which an answer is due: the overdue come first."""
    actor = current_actor()
    form = RequestFilter(request.args)
    form.settle()
    filters = RequestFilters(form.whose.data, "" if form.state.data == "any" else form.state.data)
    found = page(
        asked.select_requests(actor, filters),
        order_by=[InformationRequest.due_on, InformationRequest.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
    )
    return render_template(
        "lobbying/requests.html",
        filter=form,
        page=found,
        mine=asked.list_mine(actor, [one.id for one in found.items]),
        may_edit=actor.can(Permission.COMMITMENTS_EDIT),
        today=today(),
        waiting=WAITING,
        changed=_just_changed(),
        here=request.full_path,
    )


@blueprint.route("/requests/new", methods=["GET", "POST"])
@requires(Permission.COMMITMENTS_EDIT)
def new_request() -> str | Response | tuple[str, int]:
    """Write down a request to ``?institution=``, below what partners have asked there already."""
    actor = current_actor()
    found = _institution()
    ask_id = as_id(request.values.get("ask") or request.form.get("ask_id"))
    form = RequestForm()
    form.offer(list_open_asks(actor.campaign_id), list_colleagues(actor), actor.user_id)
    if not form.is_submitted():
        form.ask_id.data = str(ask_id or "")
    cautions: Any = ()
    if form.validate_on_submit():
        try:
            made = make_request(actor, found.id, form.draft(), confirmed=form.confirmed())
            db.session.commit()
        except NeedsConfirmation as question:
            cautions = question.cautions
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            flash(_("Kept. Nothing was sent: send it yourself, then chase it from here."), "success")
            return redirect(url_for(".information_request", request_id=made.id), 303)
    shown = render_template(
        "lobbying/request_new.html",
        form=form,
        institution=found,
        earlier=asked.list_same_requests(actor, found.id, None),
        cautions=cautions,
        confirmed=form.confirmed(),
        today=today(),
    )
    return (shown, 422) if form.errors or cautions else shown


@blueprint.get("/requests/<uuid:request_id>")
@requires(Permission.TARGETS_VIEW)
def information_request(request_id: UUID) -> str:
    """A request with its wording, what came of it and its history."""
    form = ReplyForm(formdata=None)
    return _show(request_id, form)


@blueprint.post("/requests/<uuid:request_id>/state")
@requires(Permission.COMMITMENTS_EDIT)
def move_information_request(request_id: UUID) -> Response | tuple[str, int]:
    """Say what became of a request. After a reply, the page offers to say how the ask stands."""
    actor = current_actor()
    form = ReplyForm()
    try:
        form.validate()
        found = move_request(
            actor, request_id, form.state.data or "", form.draft(), confirmed=form.confirmed()
        )
        db.session.commit()
    except NeedsConfirmation as question:
        return _show(request_id, form, question.cautions), 422
    except Invalid as invalid:
        form.show(invalid.details)
        return _show(request_id, form), 422
    return _back(found.id)


@blueprint.post("/requests/<uuid:request_id>/chases")
@requires(Permission.COMMITMENTS_EDIT)
def chase_information_request(request_id: UUID) -> Response:
    """Note that they were reminded today."""
    new = chase_request(current_actor(), request_id)
    db.session.commit()
    if not new:
        flash(_("That was noted today already."), "success")
    return _back(request_id)


@blueprint.post("/requests/<uuid:request_id>/changes/<uuid:change_id>/removal")
@requires(Permission.COMMITMENTS_EDIT)
def undo_information_request(request_id: UUID, change_id: UUID) -> Response:
    """Put back what stood before the last change."""
    undo_request_change(current_actor(), request_id, change_id)
    db.session.commit()
    flash(_("Put back."), "success")
    return redirect(with_query(_place(request_id), request=None, changed=None), 303)


def _back(request_id: UUID) -> Response:
    """To the page that the button stood on, with the way back from what was just done."""
    last = find_undoable(asked.list_events(request_id))
    place = with_query(_place(request_id), request=request_id, changed=last.id if last else None)
    return redirect(place, 303)


def _place(request_id: UUID) -> str:
    return own_path(request.form.get("back")) or url_for(".information_request", request_id=request_id)


def _just_changed() -> tuple[UUID, UUID] | None:
    """The request and the event that the address names: what was done just now, with the way back."""
    one, event = as_id(request.args.get("request")), as_id(request.args.get("changed"))
    return (one, event) if one and event else None


def _show(request_id: UUID, form: ReplyForm, cautions: Any = ()) -> str:
    actor = current_actor()
    found = asked.get_request(actor, request_id)
    own = found.organisation_id == actor.organisation_id
    may_edit = own and actor.can(Permission.COMMITMENTS_EDIT)
    events = asked.list_events(request_id)
    steps = STEPS[RequestState(found.state)]
    form.state.choices = [(str(one), str(REQUEST_STATES[one])) for one in steps]
    if not form.is_submitted():
        form.on.data = today()
        form.reference.data = found.reference
    return render_template(
        "lobbying/request.html",
        form=form,
        one=found,
        events=events,
        undoable=find_undoable(events) if may_edit else None,
        changed=_just_changed(),
        mail=_mail(found),
        may_edit=may_edit,
        may_claim=actor.can(Permission.COMMITMENTS_EDIT),
        is_reply=found.state in REPLIES,
        is_waiting=found.state in WAITING,
        is_overdue=found.is_overdue(today()),
        cautions=cautions,
        confirmed=form.confirmed() if form.is_submitted() else [],
        today=today(),
    )


def _mail(found: InformationRequest) -> str:
    """A link that opens the person's own mail program with the request in it; empty without an address."""
    to = found.institution.requests_email or found.institution.email
    if not to:
        return ""
    return f"mailto:{quote(to, safe='@')}?subject={quote(found.title)}&body={quote(found.wording)}"


def _institution() -> Institution:
    institution_id = as_id(request.args.get("institution"))
    if institution_id is None:
        raise NotFound
    return get_institution(institution_id)
