"""The steps of a model text: offered, published or sent back, withdrawn. Each a button."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.motions.forms.texts import NoteForm, WithdrawalForm
from organising.motions.services import texts as services
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict
from organising.platform.given import as_version
from organising.platform.permissions import Permission

from .blueprint import blueprint
from .texts import text_page


@blueprint.post("/texts/<uuid:motion_text_id>/offer")
@requires(Permission.MOTION_TEXTS_DRAFT)
def offer_text(motion_text_id: UUID) -> Response:
    """Ask the coordinator to publish the draft."""
    return _press(
        motion_text_id,
        lambda: services.offer(current_actor(), motion_text_id),
        _("The campaign’s coordinator reads it now, and publishes it or says what should change."),
    )


@blueprint.post("/texts/<uuid:motion_text_id>/offer/removal")
@requires(Permission.MOTION_TEXTS_DRAFT)
def take_offer_back(motion_text_id: UUID) -> Response:
    """Take it back from the coordinator."""
    return _press(
        motion_text_id,
        lambda: services.take_offer_back(current_actor(), motion_text_id),
        _("It is your own draft again."),
    )


@blueprint.post("/texts/<uuid:motion_text_id>/publication")
@requires(Permission.MOTIONS_PUBLISH)
def publish_text(motion_text_id: UUID) -> Response:
    """Let every partner use it."""
    revision = as_version(request.form.get("revision"))
    return _press(
        motion_text_id,
        lambda: services.publish(current_actor(), motion_text_id, revision),
        _("Published. Every partner can use it from now on, and this version never changes."),
    )


@blueprint.post("/texts/<uuid:motion_text_id>/return")
@requires(Permission.MOTIONS_PUBLISH)
def send_text_back(motion_text_id: UUID) -> Response:
    """Say what should change before it is published."""
    form = NoteForm()
    if not form.validate():
        return make_response(text_page(motion_text_id, note=form), 422)
    note = (form.note.data or "").strip()
    return _press(
        motion_text_id,
        lambda: services.send_back(current_actor(), motion_text_id, note),
        _("Its writers read what you ask for."),
        back=url_for("motions.texts"),
    )


@blueprint.post("/texts/<uuid:motion_text_id>/withdrawal")
@requires(Permission.MOTIONS_PUBLISH)
def withdraw_text(motion_text_id: UUID) -> Response:
    """Take a version out of use."""
    form = WithdrawalForm()
    if not form.validate():
        return make_response(text_page(motion_text_id, withdrawal=form), 422)
    reason = " ".join((form.reason.data or "").split())
    return _press(
        motion_text_id,
        lambda: services.withdraw(current_actor(), motion_text_id, form.number.shown, reason),
        _("Withdrawn. Whoever has used it reads why."),
    )


@blueprint.post("/texts/<uuid:motion_text_id>/withdrawal/removal")
@requires(Permission.MOTIONS_PUBLISH)
def restore_text(motion_text_id: UUID) -> Response:
    """Put a version back into use."""
    number = as_version(request.form.get("number"))
    return _press(
        motion_text_id,
        lambda: services.restore(current_actor(), motion_text_id, number),
        _("Back in use."),
    )


def _press(text_id: UUID, step: Callable[[], bool], done: str, *, back: str = "") -> Response:
    try:
        changed = step()
        db.session.commit()
    except Conflict as refused:
        db.session.rollback()
        return make_response(text_page(text_id, problem=refused.message), 409)
    if changed:
        flash(done, "success")
    return redirect(back or url_for("motions.model_text", motion_text_id=text_id), 303)
