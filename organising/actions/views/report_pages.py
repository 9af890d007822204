"""A report after it was sent: checked against what is known, asked about, and its earlier wordings."""

from uuid import UUID

from flask import Response, flash, get_template_attribute, redirect, render_template, request, url_for
from flask_babel import gettext as _

from organising.actions import queries, services
from organising.actions.forms import StepForm
from organising.actions.linked_motions import find_motion
from organising.actions.queries.checking import compare_report
from organising.actions.queries.reports import find_answer, list_versions
from organising.actions.report_forms import QuestionForm
from organising.actions.report_history import list_steps
from organising.actions.services.report_photos import open_photo, put_photo_back, remove_photo, say_shown
from organising.actions.states import HAPPENED, State, may
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission

from . import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.get("/<uuid:action_id>/report/check")
@requires(Permission.ACTIONS_CREATE)
def compare(action_id: UUID) -> Answer:
    """The report's numbers beside what is known otherwise; to confirm, or to ask about."""
    return _check_page(action_id, QuestionForm(formdata=None))


@blueprint.post("/<uuid:action_id>/report/question")
@requires(Permission.ACTIONS_CREATE)
def ask_back(action_id: UUID) -> Answer:
    """Ask those who reported; the action's page and their first page show it until they correct the report."""
    form = QuestionForm()
    try:
        if not form.validate():
            return _check_page(action_id, form), 422
        version = form.version.data or 0
        services.ask_back(current_actor(), action_id, version, form.comment.data or "")
    except Invalid as refusal:
        db.session.rollback()
        form.comment.errors = [*form.comment.errors, *map(str, refusal.details.values())]
        return _check_page(action_id, form), 422
    db.session.commit()
    flash(_("Asked. It stands on their first page until they answer, or correct the report."), "success")
    return redirect(url_for("actions.show", action_id=action_id), 303)  # type: ignore[return-value]


@blueprint.get("/<uuid:action_id>/report/versions")
@requires(Permission.ACTIONS_CREATE)
def report_versions(action_id: UUID) -> Answer:
    """What the report said before, with the differences; while nobody has checked it, with a way back."""
    record = _reported(action_id)
    return render_template(
        "actions/report_versions.html",
        actor=current_actor(),
        record=record,
        action=record.action,
        steps=list_steps(list_versions(record.action)),
        may_return="correct" in record.verbs,
    )


@blueprint.post("/<uuid:action_id>/report/versions/<int:number>/return")
@requires(Permission.ACTIONS_CREATE)
def go_back(action_id: UUID, number: int) -> Answer:
    """Let the report say again what it said in an earlier wording."""
    form = StepForm()
    if not form.validate():
        raise Invalid(_("This form was damaged. Load the page again."))
    services.go_back(current_actor(), action_id, form.version.data or 0, number)
    db.session.commit()
    flash(_("The report says again what it said then. The wording in between is kept below."), "success")
    return redirect(url_for("actions.report_versions", action_id=action_id), 303)  # type: ignore[return-value]


@blueprint.get("/<uuid:action_id>/report/photos/<int:number>")
@requires(Permission.ACTIONS_CREATE)
def report_photo(action_id: UUID, number: int) -> Response:
    """A photograph, small for a list, for those who see the report; no cache keeps it on the way."""
    content = open_photo(_reported(action_id).action, number, small=bool(request.args.get("small")))
    answer = Response(content, content_type="image/jpeg")
    answer.headers["Content-Disposition"] = f"inline; filename=photo-{number}.jpg"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/<uuid:action_id>/report/photos/<int:number>/removal")
@requires(Permission.ACTIONS_CREATE)
def remove_report_photo(action_id: UUID, number: int) -> Answer:
    """Take a photograph out; the page offers to undo it."""
    remove_photo(current_actor(), action_id, number)
    db.session.commit()
    undo = get_template_attribute("actions/_parts.html", "photo_removed")(action_id, number)
    flash(undo, "success")
    return _to_photos(action_id)


@blueprint.post("/<uuid:action_id>/report/photos/<int:number>/removal/undo")
@requires(Permission.ACTIONS_CREATE)
def put_report_photo_back(action_id: UUID, number: int) -> Answer:
    """Undo the taking out."""
    put_photo_back(current_actor(), action_id, number)
    db.session.commit()
    flash(_("The photograph is back."), "success")
    return _to_photos(action_id)


@blueprint.post("/<uuid:action_id>/report/photos/<int:number>/consent")
@requires(Permission.ACTIONS_CREATE)
def show_report_photo(action_id: UUID, number: int) -> Answer:
    """Say whether everyone who can be recognised agreed to be shown."""
    may_be_shown = request.form.get("shown") == "yes"
    say_shown(current_actor(), action_id, number, may_be_shown)
    db.session.commit()
    flash(_("It may be shown.") if may_be_shown else _("It stays with your own people."), "success")
    return _to_photos(action_id)


def _to_photos(action_id: UUID) -> Response:
    return redirect(url_for("actions.show", action_id=action_id, _anchor="photos"), 303)  # type: ignore[return-value]


def _reported(action_id: UUID) -> queries.ActionRecord:
    """A report of one's own organisation, for those who see its private part. Raises :class:`NotFound`."""
    record = queries.get_record(current_actor(), action_id)
    if not record.sees_private or record.action.state not in HAPPENED or record.report is None:
        raise NotFound
    return record


def _check_page(action_id: UUID, form: QuestionForm) -> str:
    record = _reported(action_id)
    if record.standing.is_author:
        raise Forbidden(_("You planned, changed or reported this action, so someone else has to check it."))
    if not may(current_actor(), "check", record.standing):
        raise Forbidden(_("Your role in this organisation does not allow this."))
    form.version.data = form.version.data or record.action.version
    return render_template(
        "actions/report_check.html",
        actor=current_actor(),
        record=record,
        action=record.action,
        report=record.report,
        is_open=record.action.state == State.REPORTED,
        motion=find_motion(record.action),
        beside=compare_report(current_actor(), record),
        answered=find_answer(record),
        form=form,
    )
