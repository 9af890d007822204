"""Writing: a new statement, another text, the plan, a correction."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.organisations.models import CoalitionStatus
from organising.organisations.queries import list_partners
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.differences import compare_texts
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.given import as_version
from organising.platform.permissions import Permission
from organising.statements import queries
from organising.statements.forms import CorrectionForm, NewForm, PlanForm, TextForm
from organising.statements.models import Statement
from organising.statements.services import drafting, planning
from organising.statements.services.drafting import TextMoved
from organising.statements.states import Kind, State

from .blueprint import blueprint


@blueprint.route("/statements/new", methods=["GET", "POST"])
@requires(Permission.STATEMENTS_DRAFT)
def new() -> Response | str:
    """Begin a statement of one's own organisation."""
    form = NewForm()
    if request.method == "GET":
        form.kind.data = (
            request.args.get("kind") if request.args.get("kind") in list(Kind) else form.kind.data
        )
        return render_template("statements/text.html", form=form, statement=None, theirs=None)
    if not form.validate():
        return make_response(
            render_template("statements/text.html", form=form, statement=None, theirs=None), 422
        )
    statement = drafting.begin(
        current_actor(), form.chosen_kind(), " ".join((form.title.data or "").split()), form.text()
    )
    statement_id = statement.id
    db.session.commit()
    flash(_("The draft is saved. Next: whom it is put to, and by when."), "success")
    return redirect(url_for("statements.plan", statement_id=statement_id), 303)


@blueprint.route("/statements/<uuid:statement_id>/text", methods=["GET", "POST"])
@requires(Permission.STATEMENTS_DRAFT)
def text(statement_id: UUID) -> Response | str:
    """Another text. Of one that stands: everybody who signed has to sign anew, and the page says so first."""
    actor, statement = current_actor(), _own(statement_id)
    _check_writable(statement)
    latest = queries.get_version(statement, statement.number)
    wanted = queries.find_version(statement, as_version(request.args.get("of"))) or latest
    form = TextForm(data={"headline": wanted.headline, "body": wanted.body, "number": statement.number})
    if request.method == "GET":
        return _text_page(form, statement)
    if not form.validate():
        return _text_page(form, statement, status=422)
    was_frozen = statement.is_frozen
    try:
        drafting.save_text(
            actor,
            statement_id,
            form.text(),
            form.number.shown,
            of_number=as_version(request.args.get("of")) or None,
        )
        db.session.commit()
    except TextMoved as moved:
        db.session.rollback()
        form.number.data = str(moved.number)
        return _text_page(form, _own(statement_id), status=409, moved=moved)
    flash(
        _("Saved. The text is open again and every sign-off is void: lock it and ask anew.")
        if was_frozen
        else _("Saved."),
        "success",
    )
    return redirect(url_for("statements.show", statement_id=statement_id), 303)


def _text_page(
    form: TextForm, statement: Statement, *, status: int = 200, moved: TextMoved | None = None
) -> Response:
    theirs = queries.get_version(statement, statement.number) if moved else None
    body = render_template(
        "statements/text.html",
        form=form,
        statement=statement,
        moved=moved,
        theirs=theirs,
        differences=compare_texts(theirs.body, form.text().body) if theirs else None,
        signed=[one for one in queries.list_signatories(statement) if one.withdrawn_at is None],
    )
    return make_response(body, status)


@blueprint.route("/statements/<uuid:statement_id>/plan", methods=["GET", "POST"])
@requires(Permission.STATEMENTS_DRAFT)
def plan(statement_id: UUID) -> Response | str:
    """Whom it is put to, by when, and when everybody may read it."""
    actor, statement = current_actor(), _own(statement_id)
    _check_writable(statement)
    partners = [one for one in list_partners(statement.campaign_id) if one.status is not CoalitionStatus.LEFT]
    form = PlanForm.of(statement, queries.list_asked(statement), partners)
    if request.method == "GET":
        return render_template("statements/plan.html", form=form, statement=statement, actor=actor)
    refused = not form.validate()
    if not refused:
        try:
            planning.plan(actor, statement_id, form.wanted())
            db.session.commit()
        except Invalid as error:
            db.session.rollback()
            statement, refused = _own(statement_id), True
            form.show(error.details)
    if refused:
        page = render_template("statements/plan.html", form=form, statement=statement, actor=actor)
        return make_response(page, 422)
    flash(_("Saved."), "success")
    return redirect(url_for("statements.show", statement_id=statement_id), 303)


@blueprint.route("/statements/<uuid:statement_id>/correction", methods=["GET", "POST"])
@requires(Permission.STATEMENTS_PUBLISH)
def correction(statement_id: UUID) -> Response | str:
    """Put right what is released, with a note that everybody reads. Words that somebody signed stay as they are."""
    actor, statement = current_actor(), _own(statement_id)
    if statement.state != State.RELEASED:
        raise NotFound
    latest = queries.get_version(statement, statement.number)
    is_bound = bool(queries.list_signatories(statement))
    form = CorrectionForm(data={"headline": latest.headline, "body": latest.body})
    if is_bound:
        form.headline.data, form.body.data = latest.headline, latest.body
    if request.method == "POST" and form.validate():
        drafting.correct(actor, statement_id, form.text(), form.words())
        db.session.commit()
        flash(_("The correction is on the page, with its date."), "success")
        return redirect(url_for("statements.show", statement_id=statement_id), 303)
    status = 422 if request.method == "POST" else 200
    page = render_template("statements/correction.html", form=form, statement=statement, is_bound=is_bound)
    return make_response(page, status)


def _own(statement_id: UUID) -> Statement:
    """A statement of one's own organisation; a partner's answers as one that never was."""
    statement = queries.get_statement(statement_id)
    if statement.organisation_id != current_actor().organisation_id:
        raise NotFound
    return statement


def _check_writable(statement: Statement) -> None:
    if statement.state == State.RELEASED:
        raise Forbidden(_("It is released. A coordinator corrects it with a note."))
    if statement.is_frozen:
        drafting.check_publisher(current_actor())
