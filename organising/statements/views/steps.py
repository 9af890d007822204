"""The steps of a statement's way, each a button."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict
from organising.platform.given import as_version
from organising.platform.permissions import Permission
from organising.statements.services import delivering
from organising.statements.services import steps as services

from .blueprint import blueprint
from .listing import statement_page


@blueprint.post("/statements/<uuid:statement_id>/consultation")
@requires(Permission.STATEMENTS_DRAFT)
def consult(statement_id: UUID) -> Response:
    """Put it to partners."""
    return _press(
        statement_id,
        lambda: services.consult(current_actor(), statement_id),
        _("Your partners are asked for their comments."),
    )


@blueprint.post("/statements/<uuid:statement_id>/consultation/removal")
@requires(Permission.STATEMENTS_DRAFT)
def take_back(statement_id: UUID) -> Response:
    """Take it back to a draft."""
    return _press(
        statement_id,
        lambda: services.take_back(current_actor(), statement_id),
        _("It is your own draft again. Partners read it no more."),
    )


@blueprint.post("/statements/<uuid:statement_id>/lock")
@requires(Permission.STATEMENTS_PUBLISH)
def lock(statement_id: UUID) -> Response:
    """Let the text stand."""
    number = as_version(request.form.get("number"))
    return _press(
        statement_id,
        lambda: services.lock(current_actor(), statement_id, number),
        _("Locked. From now on an edit voids every sign-off."),
    )


@blueprint.post("/statements/<uuid:statement_id>/opening")
@requires(Permission.STATEMENTS_PUBLISH)
def reopen(statement_id: UUID) -> Response:
    """Open the text for changes: every sign-off is void."""
    return _press(
        statement_id,
        lambda: services.reopen(current_actor(), statement_id),
        _("The text is open again. Every sign-off is void."),
    )


@blueprint.post("/statements/<uuid:statement_id>/sign-off")
@requires(Permission.STATEMENTS_PUBLISH)
def open_signoff(statement_id: UUID) -> Response:
    """Ask for names."""
    return _press(
        statement_id,
        lambda: services.open_signoff(current_actor(), statement_id),
        _("Members are asked for their names."),
    )


@blueprint.post("/statements/<uuid:statement_id>/end")
@requires(Permission.STATEMENTS_PUBLISH)
def finish(statement_id: UUID) -> Response:
    """Close the list of names."""
    return _press(
        statement_id,
        lambda: services.finish(current_actor(), statement_id),
        _("Final: text and names are closed."),
    )


@blueprint.post("/statements/<uuid:statement_id>/embargo")
@requires(Permission.STATEMENTS_PUBLISH)
def embargo(statement_id: UUID) -> Response:
    """Hand it to the clock."""
    return _press(
        statement_id,
        lambda: services.embargo(current_actor(), statement_id),
        _("Under embargo. It is released by itself at its time, and nobody can before."),
    )


@blueprint.post("/statements/<uuid:statement_id>/release")
@requires(Permission.STATEMENTS_PUBLISH)
def release(statement_id: UUID) -> Response:
    """Release it, after its embargo."""
    return _press(statement_id, lambda: services.release(current_actor(), statement_id), _("Released."))


@blueprint.post("/statements/<uuid:statement_id>/retirement")
@requires(Permission.STATEMENTS_PUBLISH)
def retire(statement_id: UUID) -> Response:
    """Take lines out of use."""
    return _press(
        statement_id,
        lambda: services.retire(current_actor(), statement_id),
        _("Out of use: no briefing shows them any more. You can undo this."),
    )


@blueprint.post("/statements/<uuid:statement_id>/retirement/removal")
@requires(Permission.STATEMENTS_PUBLISH)
def restore(statement_id: UUID) -> Response:
    """Put lines back into use."""
    return _press(
        statement_id,
        lambda: services.restore(current_actor(), statement_id),
        _("In use again, on every briefing."),
    )


@blueprint.post("/statements/<uuid:statement_id>/putting-away")
@requires(Permission.STATEMENTS_DRAFT)
def put_away(statement_id: UUID) -> Response:
    """Give up a draft."""
    return _press(
        statement_id,
        lambda: services.put_away(current_actor(), statement_id),
        _("Put away: it has left the list. You can undo this."),
    )


@blueprint.post("/statements/<uuid:statement_id>/putting-away/removal")
@requires(Permission.STATEMENTS_DRAFT)
def bring_back(statement_id: UUID) -> Response:
    """Bring a draft back."""
    return _press(
        statement_id, lambda: services.bring_back(current_actor(), statement_id), _("It is back on the list.")
    )


@blueprint.post("/statements/<uuid:statement_id>/mailing")
@requires(Permission.MAILINGS_DRAFT)
def mailing(statement_id: UUID) -> Response:
    """A released text becomes a mailing's draft; who gets it is chosen there, and it is signed off there."""
    try:
        drafted = delivering.draft_mailing(current_actor(), statement_id)
        mailing_id = drafted.id
        db.session.commit()
    except Conflict as error:
        return _refused(statement_id, error)
    flash(_("A draft of a mailing, with the text and every name. Now choose whom it goes to."), "success")
    return redirect(url_for("mailings.audience", mailing_id=mailing_id), 303)


@blueprint.post("/statements/<uuid:statement_id>/taking-on")
@requires(Permission.STATEMENTS_PUBLISH)
def take_on(statement_id: UUID) -> Response:
    """Make a partner's draft the coalition's."""
    try:
        taken = delivering.take_on(current_actor(), statement_id)
        taken_id = taken.id
        db.session.commit()
    except Conflict as error:
        return _refused(statement_id, error)
    flash(_("It is the coalition’s now, and yours to lead. The partner’s draft stays as it is."), "success")
    return redirect(url_for("statements.plan", statement_id=taken_id), 303)


def _press(statement_id: UUID, step: Callable[[], bool], done: str) -> Response:
    """Take a step; one that is refused comes back with the page as it stands now, and the reason."""
    try:
        changed = step()
        db.session.commit()
    except Conflict as error:
        return _refused(statement_id, error)
    flash(done if changed else _("That was done already."), "success")
    return redirect(url_for("statements.show", statement_id=statement_id), 303)


def _refused(statement_id: UUID, error: Conflict) -> Response:
    db.session.rollback()
    return make_response(statement_page(statement_id, problem=error.message), 409)
