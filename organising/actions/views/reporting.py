"""Reporting, from a phone in the street: of a planned action, or of what already happened.

A page with its script sends a report in the background and asks for JSON: the phone keeps it until this says that it
is here. Without the script it is a form like any other. Either way, what is sent twice is kept once.
"""

from uuid import UUID

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from organising.actions import queries, services
from organising.actions.known_attendance import find_known
from organising.actions.models import BranchAction
from organising.actions.queries.reports import list_meetings, open_question
from organising.actions.report_forms import PastReportForm, ReportForm, fresh_key, report_values
from organising.actions.report_people import list_in_office
from organising.actions.services.report_photos import PHOTOS
from organising.actions.states import HAPPENED, State
from organising.actions.words import kind_words
from organising.files.doors import takes_files
from organising.platform.access import Readers, cookieless, current_actor, public, requires
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission

from . import blueprint

Answer = Response | str | tuple[str, int] | tuple[Response, int]
JSON = "application/json"


@blueprint.route("/report", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
@takes_files(PHOTOS)
def report_past() -> Answer:
    """Report what already happened: one form, no plan before it."""
    actor = current_actor()
    form = PastReportForm(
        data={"day": today(), "area": queries.find_last_area(actor), "submission_key": fresh_key()}
    )
    form.offer(actor)
    form.open_met()
    if request.method == "GET" or form.wants_more:
        return _page("actions/report_past.html", form)
    try:
        if not _is_right(form):
            return _refused("actions/report_past.html", form)
        plan = form.plan(kind_words(form.kind.data))
        action = services.report_past_action(actor, plan, form.what_came(), form.key())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _refused("actions/report_past.html", form)
    return _thanks(action, "past")


@blueprint.route("/<uuid:action_id>/report", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
@takes_files(PHOTOS)
def report(action_id: UUID) -> Answer:
    """Report an action that was planned here."""
    actor = current_actor()
    record = _own_record(action_id)
    known = find_known(record.action)
    # Proposed on the empty page only: what is sent without a number says that nobody counted.
    proposed = {"attendance": known.number} if known is not None and request.method == "GET" else {}
    form = ReportForm(data={"submission_key": fresh_key(), **proposed})
    form.open_met()
    if request.method == "GET" or form.wants_more:
        if "report" not in record.verbs:
            return _nothing_to_report(record)
        return _page("actions/report.html", form, record)
    try:
        if not _is_right(form):
            return _refused("actions/report.html", form, record)
        action = services.report_action(actor, action_id, form.what_came(), form.key())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _refused("actions/report.html", form, queries.get_record(actor, action_id))
    return _thanks(action, "report")


@blueprint.route("/<uuid:action_id>/report/correction", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
@takes_files(PHOTOS)
def correct(action_id: UUID) -> Answer:
    """Correct a report that nobody has checked yet."""
    actor = current_actor()
    record = _own_record(action_id)
    if record.action.state != State.REPORTED:
        return _nothing_to_report(record)
    form = ReportForm(
        data=report_values(record) | {"version": record.action.version, "submission_key": fresh_key()}
    )
    form.open_met(_kept_met(record))
    if request.method == "GET" or form.wants_more:
        return _page("actions/report.html", form, record, is_correction=True)
    try:
        if not _is_right(form):
            return _refused("actions/report.html", form, record, is_correction=True)
        version = form.version.data or 0
        answer = form.answer.data or ""
        action = services.correct_report(actor, action_id, version, form.what_came(), answer=answer)
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _refused("actions/report.html", form, queries.get_record(actor, action_id), is_correction=True)
    return _thanks(action, "report")


@blueprint.get("/report/people.json")
@public("who sits in a parliament or holds a public office is a public fact", readers=Readers.STAFF)
@cookieless
def report_people() -> Response:
    """All in office, ``[[id, name, party and seat]]``: a phone keeps them, and finds them without signal."""
    answer = jsonify(list_in_office())
    answer.headers["Cache-Control"] = "public, max-age=43200"
    return answer


@blueprint.get("/report/token.json")
@requires(Permission.ACTIONS_CREATE)
def report_token() -> Response:
    """Whose reports whoever is signed in may send now, with what the sending has to carry."""
    actor = current_actor()
    answer = jsonify(owner=f"{actor.user_id}.{actor.organisation_id}", token=generate_csrf())
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _own_record(action_id: UUID) -> queries.ActionRecord:
    """The record, where it's the organisation's own and within reach."""
    record = queries.get_record(current_actor(), action_id)
    if not record.standing.is_own:
        raise NotFound
    if not record.standing.in_reach:
        raise Forbidden(_("This action belongs to another unit. Its officers and your staff can report it."))
    return record


def _kept_met(record: queries.ActionRecord) -> list[dict[str, str]]:
    return [
        {"who": one.person.name, "person_id": str(one.person_id), "attended_by": one.attended_by}
        for one in list_meetings(record.action)
    ]


def _is_right(form: ReportForm | PastReportForm) -> bool:
    """Every field looked at, so that all that is wrong is said at once."""
    shaped, clear = form.validate(), form.find_people()
    return shaped and clear


def wants_json() -> bool:
    """Whether a script asks, which has the page already."""
    return request.accept_mimetypes.best == JSON


def _nothing_to_report(record: queries.ActionRecord) -> Response:
    """Not now: say why, on the action's page. A report sent before the connection broke is found there."""
    action = record.action
    if action.state in HAPPENED:
        flash(_("This action has been reported already. Here is the report."), "info")
    elif action.starts_at > now():
        flash(_("This action has not started yet, so there is nothing to report."), "info")
    else:
        flash(_("This action can't be reported as it stands now."), "info")
    return redirect(url_for("actions.show", action_id=action.id, saved="report"), 303)  # type: ignore[return-value]


def _thanks(action: BranchAction, saved: str) -> Response:
    address = url_for("actions.show", action_id=action.id, saved=saved)
    db.session.commit()
    flash(_("Thank you. It is reported, and every partner can see the numbers."), "success")
    if wants_json():
        return jsonify(location=address)
    return redirect(address, 303)  # type: ignore[return-value]


def _refused(
    template: str,
    form: ReportForm | PastReportForm,
    record: queries.ActionRecord | None = None,
    is_correction: bool = False,
) -> Answer:
    """What is wrong: the page with everything typed, or the reasons alone for a script that has it."""
    if wants_json():
        wrong = {name or "": [str(reason) for reason in reasons] for name, reasons in form.errors.items()}
        return jsonify(errors=wrong), 422
    return _page(template, form, record, is_correction), 422


def _page(
    template: str,
    form: ReportForm | PastReportForm,
    record: queries.ActionRecord | None = None,
    is_correction: bool = False,
) -> str:
    return render_template(
        template,
        actor=current_actor(),
        form=form,
        record=record,
        is_correction=is_correction,
        question=open_question(record) if record is not None else None,
        known=find_known(record.action) if record is not None else None,
    )
