"""What partners answer: comments while the text is open, and their name once it stands."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.organisations.queries import find_status, get_own_organisation
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.given import as_id
from organising.platform.permissions import Permission
from organising.statements import queries
from organising.statements.forms import CommentForm, ResolutionForm, SignForm
from organising.statements.services import consulting, signing
from organising.statements.services.signing import NotTheText, why_not_sign

from .blueprint import blueprint
from .listing import statement_page


@blueprint.post("/statements/<uuid:statement_id>/comments")
@requires(Permission.STATEMENTS_DRAFT)
def comment(statement_id: UUID) -> Response:
    """Comment on the text, or answer a comment."""
    form, answers = CommentForm(), as_id(request.form.get("answers"))
    if not form.validate():
        return make_response(statement_page(statement_id, comment=form, answers=answers), 422)
    try:
        made = consulting.comment(current_actor(), statement_id, form.remark(), answers=answers)
        anchor = f"comment-{answers or made.id}"
        db.session.commit()
    except (Conflict, Invalid) as error:
        db.session.rollback()
        for name, reason in error.details.items():
            if name in form:
                form[name].errors = [*form[name].errors, str(reason)]
        page = statement_page(statement_id, comment=form, problem=error.message, answers=answers)
        return make_response(page, error.status)
    flash(_("Your comment is there for everybody who is asked."), "success")
    return redirect(url_for("statements.show", statement_id=statement_id, _anchor=anchor), 303)


@blueprint.post("/statements/<uuid:statement_id>/comments/<uuid:comment_id>/removal")
@requires(Permission.STATEMENTS_DRAFT)
def take_comment_back(statement_id: UUID, comment_id: UUID) -> Response:
    """Take an own comment back."""
    changed = consulting.take_comment_back(current_actor(), statement_id, comment_id)
    db.session.commit()
    flash(_("Taken back.") if changed else _("That was done already."), "success")
    return redirect(url_for("statements.show", statement_id=statement_id, _anchor="comments"), 303)


@blueprint.post("/statements/<uuid:statement_id>/comments/<uuid:comment_id>/resolution")
@requires(Permission.STATEMENTS_DRAFT)
def resolve(statement_id: UUID, comment_id: UUID) -> Response:
    """Accept, close or open a thread again."""
    form = ResolutionForm()
    consulting.get_comment(queries.get_statement(statement_id), comment_id)
    if not form.validate():
        reason = next(iter(form.errors.values()))[0]
        return make_response(statement_page(statement_id, problem=reason), 422)
    try:
        made = consulting.resolve(current_actor(), statement_id, comment_id, form.chosen(), form.line())
        number = made.number
        db.session.commit()
    except Conflict as error:
        db.session.rollback()
        return make_response(statement_page(statement_id, problem=error.message), 409)
    flash(_("The words are in version %(number)d.", number=number) if number else _("Noted."), "success")
    return redirect(
        url_for("statements.show", statement_id=statement_id, _anchor=f"comment-{comment_id}"), 303
    )


@blueprint.route("/statements/<uuid:statement_id>/signature", methods=["GET", "POST"])
@requires(Permission.STATEMENTS_SIGN)
def signature(statement_id: UUID) -> Response:
    """Read the text that stands, and put one's organisation's name under exactly that."""
    form = SignForm()
    if request.method == "GET":
        return _page(statement_id, _prefilled(statement_id))
    if not form.validate_to_sign():
        return _page(statement_id, form, 422)
    try:
        signing.sign(current_actor(), statement_id, form.given())
        db.session.commit()
    except Conflict as error:
        return _refused(statement_id, form, error)
    flash(_("Signed: %(name)s stands under it.", name=form.given().name), "success")
    return redirect(url_for("statements.show", statement_id=statement_id), 303)


@blueprint.post("/statements/<uuid:statement_id>/signature/refusal")
@requires(Permission.STATEMENTS_SIGN)
def decline(statement_id: UUID) -> Response:
    """Say that the organisation does not sign."""
    form = SignForm()
    if not form.validate():
        return _page(statement_id, form, 422)
    actor = current_actor()
    try:
        signing.decline(actor, statement_id, form.given(actor.organisation_name))
        db.session.commit()
    except Conflict as error:
        return _refused(statement_id, form, error)
    flash(_("The author reads that you do not sign. You can think again until the last moment."), "success")
    return redirect(url_for("statements.show", statement_id=statement_id), 303)


@blueprint.post("/statements/<uuid:statement_id>/signature/removal")
@requires(Permission.STATEMENTS_SIGN)
def take_name_back(statement_id: UUID) -> Response:
    """Take the own name off, at once."""
    changed = signing.take_name_back(current_actor(), statement_id)
    db.session.commit()
    flash(_("Taken back, at once.") if changed else _("That was done already."), "success")
    return redirect(url_for("statements.show", statement_id=statement_id), 303)


def _prefilled(statement_id: UUID) -> SignForm:
    actor, statement = current_actor(), queries.get_statement(statement_id)
    before = queries.find_own_sign_off(actor, statement) or queries.find_void_sign_off(actor, statement)
    return SignForm(
        formdata=None,
        name=before.name if before else get_own_organisation(actor).name,
        signatory=before.signatory if before else "",
        title=before.signatory_title if before else "",
    )


def _page(statement_id: UUID, form: SignForm, status: int = 200, problem: str = "") -> Response:
    actor, statement = current_actor(), queries.get_statement(statement_id)
    version = queries.find_version(statement)
    if version is None or not queries.is_asked_to_sign(actor, statement):
        raise NotFound
    # The text on this page, and no other, is what a press on the button is bound to.
    form.digest.data = version.digest
    form.digest.raw_data = None
    body = render_template(
        "statements/signature.html",
        actor=actor,
        statement=statement,
        version=version,
        form=form,
        problem=problem,
        why_not=why_not_sign(actor, statement),
        own=queries.find_own_sign_off(actor, statement),
        status=find_status(actor),
        owner=queries.list_owner_names([statement])[statement.organisation_id],
        signatories=queries.list_signatories(statement),
    )
    return make_response(body, status)


def _refused(statement_id: UUID, form: SignForm, error: Conflict) -> Response:
    db.session.rollback()
    if isinstance(error, NotTheText):
        form.has_read.data = False
    return _page(statement_id, form, error.status, error.message)
