"""What a colleague does about a request: each a button or a short form on its page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.given import as_id
from organising.platform.permissions import Permission
from organising.rights.forms import CorrectForm, EndForm, ExtendForm, IdentityForm, LinkForm, PauseForm
from organising.rights.queries import get_request
from organising.rights.services import access, correction, flags, requests

from .blueprint import blueprint
from .showing import render_request

Answer = Response | tuple[str, int]


@blueprint.post("/rights/<uuid:rights_id>/contact")
@requires(Permission.RIGHTS_DESK)
def link(rights_id: UUID) -> Answer:
    """Say which contact it is about."""
    chosen = as_id(request.form.get("contact"))
    return _do(
        rights_id, lambda actor: requests.link_contact(actor, rights_id, chosen), "link_form", LinkForm
    )


@blueprint.post("/rights/<uuid:rights_id>/identity")
@requires(Permission.RIGHTS_DESK)
def identify(rights_id: UUID) -> Answer:
    """Note how somebody made sure who they are."""
    by = request.form.get("identity_by", "")
    return _do(
        rights_id, lambda actor: requests.check_identity(actor, rights_id, by), "identity_form", IdentityForm
    )


@blueprint.post("/rights/<uuid:rights_id>/pause")
@requires(Permission.RIGHTS_DESK)
def pause(rights_id: UUID) -> Answer:
    """Stop the clock while something is awaited."""
    reason = request.form.get("reason", "")
    return _do(rights_id, lambda actor: requests.pause(actor, rights_id, reason), "pause_form", PauseForm)


@blueprint.post("/rights/<uuid:rights_id>/pause/removal")
@requires(Permission.RIGHTS_DESK)
def resume(rights_id: UUID) -> Answer:
    """It came: the clock runs on."""
    return _do(rights_id, lambda actor: requests.resume(actor, rights_id))


@blueprint.post("/rights/<uuid:rights_id>/extension")
@requires(Permission.RIGHTS_DESK)
def extend(rights_id: UUID) -> Answer:
    """Take two months more, and tell the person why."""
    reason = request.form.get("reason", "")
    return _do(
        rights_id,
        lambda actor: requests.extend(actor, rights_id, reason),
        "extend_form",
        ExtendForm,
        _("Extended. The person is told why."),
    )


@blueprint.post("/rights/<uuid:rights_id>/left-out")
@requires(Permission.RIGHTS_DESK)
def leave_out(rights_id: UUID) -> Answer:
    """Say what tells of somebody else."""
    refs = request.form.getlist("left_out")
    return _do(
        rights_id, lambda actor: access.leave_out(actor, rights_id, refs), said=_("Noted what is left out.")
    )


@blueprint.post("/rights/<uuid:rights_id>/link")
@requires(Permission.RIGHTS_DESK)
def send_link(rights_id: UUID) -> Answer:
    """Mail the link to the bundle; links that were sent before open nothing any more."""
    return _do(
        rights_id, lambda actor: access.send_link(actor, rights_id), said=_("The link is on its way to them.")
    )


@blueprint.post("/rights/<uuid:rights_id>/correction")
@requires(Permission.RIGHTS_DESK)
def correct(rights_id: UUID) -> Answer:
    """Put one thing right on the contact."""
    given = [request.form.get(name, "") for name in ("field", "wrong", "right")]
    return _do(
        rights_id,
        lambda actor: correction.correct(actor, rights_id, *given),
        "correct_form",
        CorrectForm,
        _("Put right on the contact."),
    )


@blueprint.post("/rights/<uuid:rights_id>/flag")
@requires(Permission.RIGHTS_DESK)
def obey(rights_id: UUID) -> Answer:
    """Do what an objection or a restriction asks."""
    return _do(
        rights_id,
        lambda actor: flags.obey(actor, rights_id),
        said=_("Done: lists and mail obey it from now on."),
    )


@blueprint.post("/rights/contacts/<uuid:contact_id>/flags/<kind>/removal")
@requires(Permission.RIGHTS_DESK)
def lift(contact_id: UUID, kind: str) -> Response:
    """Take a flag off a contact again."""
    if kind not in flags.FLAGS:
        raise NotFound
    flags.lift(current_actor(), contact_id, kind)
    db.session.commit()
    flash(_("Lifted."), "success")
    return redirect(url_for("contacts.show", contact_id=contact_id), 303)


@blueprint.post("/rights/<uuid:rights_id>/end")
@requires(Permission.RIGHTS_DESK)
def end(rights_id: UUID) -> Answer:
    """Close it with what the person is told."""
    outcome, answer = request.form.get("outcome", ""), request.form.get("answer", "")
    return _do(
        rights_id,
        lambda actor: requests.end(actor, rights_id, outcome, answer),
        "end_form",
        EndForm,
        _("Closed."),
    )


def _do(
    rights_id: UUID, act: Callable[[Actor], object], name: str = "", form: Any = None, said: str = ""
) -> Answer:
    """Do it and show the page again; with the form as it was typed, or a sentence, where it can't be done."""
    get_request(rights_id)
    try:
        act(current_actor())
    except Invalid as invalid:
        db.session.rollback()
        row = get_request(rights_id)
        if form is None:
            flash(invalid.message, "error")
            return render_request(row), 422
        shown = form()
        shown.show(invalid.details or {"": invalid.message})
        return render_request(row, **{name: shown}), 422
    except Conflict as conflict:
        db.session.rollback()
        flash(conflict.message, "error")
        return render_request(get_request(rights_id)), 409
    db.session.commit()
    if said:
        flash(said, "success")
    return redirect(url_for(".show", rights_id=rights_id), 303)
