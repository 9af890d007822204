"""Reporting, from a phone in the street: of a planned action, or of what already happened."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from organising.actions import queries, services
from organising.actions.forms import PastReportForm, ReportForm, fresh_key, report_values
from organising.actions.models import BranchAction
from organising.actions.states import HAPPENED, State
from organising.actions.words import kind_words
from organising.platform.access import current_actor, requires
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission

from . import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.route("/report", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
def report_past() -> Answer:
    """Report what already happened: one form, no plan before it."""
    actor = current_actor()
    form = PastReportForm(
        data={"day": today(), "area": queries.find_last_area(actor), "submission_key": fresh_key()}
    )
    form.offer(actor)
    if request.method == "GET":
        return _page("actions/report_past.html", form)
    try:
        if not form.validate():
            return _page("actions/report_past.html", form), 422
        plan = form.plan(kind_words(form.kind.data))
        action = services.report_past_action(actor, plan, form.what_came(), form.key())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _page("actions/report_past.html", form), 422
    return _thanks(action, "past")


@blueprint.route("/<uuid:action_id>/report", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
def report(action_id: UUID) -> Answer:
    """Report an action that was planned here."""
    actor = current_actor()
    record = _own_record(action_id)
    form = ReportForm(data={"submission_key": fresh_key()})
    if request.method == "GET":
        if "report" not in record.verbs:
            return _nothing_to_report(record)
        return _page("actions/report.html", form, record)
    try:
        if not form.validate():
            return _page("actions/report.html", form, record), 422
        action = services.report_action(actor, action_id, form.what_came(), form.key())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _page("actions/report.html", form, queries.get_record(actor, action_id)), 422
    return _thanks(action, "report")


@blueprint.route("/<uuid:action_id>/report/correction", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
def correct(action_id: UUID) -> Answer:
    """Correct a report that nobody has checked yet."""
    actor = current_actor()
    record = _own_record(action_id)
    if record.action.state != State.REPORTED:
        return _nothing_to_report(record)
    form = ReportForm(data=report_values(record) | {"version": record.action.version})
    if request.method == "GET":
        return _page("actions/report.html", form, record, is_correction=True)
    try:
        if not form.validate():
            return _page("actions/report.html", form, record, is_correction=True), 422
        version = form.version.data or 0
        action = services.correct_report(actor, action_id, version, form.what_came())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _page(
            "actions/report.html", form, queries.get_record(actor, action_id), is_correction=True
        ), 422
    return _thanks(action, "report")


def _own_record(action_id: UUID) -> queries.ActionRecord:
    """The record, where it's the organisation's own and within reach."""
    record = queries.get_record(current_actor(), action_id)
    if not record.standing.is_own:
        raise NotFound
    if not record.standing.in_reach:
        raise Forbidden(_("This action belongs to another unit. Its officers and your staff can report it."))
    return record


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
    return redirect(address, 303)  # type: ignore[return-value]


def _page(
    template: str,
    form: ReportForm | PastReportForm,
    record: queries.ActionRecord | None = None,
    is_correction: bool = False,
) -> str:
    return render_template(
        template, actor=current_actor(), form=form, record=record, is_correction=is_correction
    )
