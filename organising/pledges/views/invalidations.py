"""Taking own signatures out of the count: counted first, with a reason, and undone as a whole."""

from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, DomainError
from ...platform.permissions import Permission
from ..invalidation_forms import CriteriaForm, ReasonForm
from ..models import PledgeDrive, PledgeInvalidation
from ..queries import list_invalidations
from ..services.invalidating import Matching, find_matching, invalidate, undo_invalidation
from .blueprint import blueprint, tabs
from .embeds import channel_labels


@blueprint.get("/pledges/drives/<uuid:drive_id>/invalidations")
@requires(Permission.SIGNERS_INVALIDATE)
def invalidations(drive_id: UUID) -> AnyResponse:
    """What was decided before; with a filter in the address, how many it means."""
    drive, form = get_or_404(PledgeDrive, drive_id), CriteriaForm(channel_labels(), request.args)
    return _page(drive, form, ReasonForm(formdata=None))


@blueprint.post("/pledges/drives/<uuid:drive_id>/invalidations")
@requires(Permission.SIGNERS_INVALIDATE)
def new_invalidation(drive_id: UUID) -> AnyResponse:
    """Take those that were shown out of the count."""
    drive, form, why = (
        get_or_404(PledgeDrive, drive_id),
        CriteriaForm(channel_labels(), request.args),
        ReasonForm(),
    )
    if not (form.validate() and why.validate()):
        return _page(drive, form, why, 422)
    try:
        row = invalidate(
            current_actor(), drive, form.criteria(),
            reason=(why.reason.data or "").strip(), words=form.words(), expected=why.expected.data or 0,
        )  # fmt: skip
        db.session.commit()
    except Conflict as error:
        db.session.rollback()
        flash(error.message, "error")
        return _page(get_or_404(PledgeDrive, drive_id), form, why, 409)
    flash(
        _("%(number)s signatures no longer count. You can put them back below.", number=row.number), "success"
    )
    return redirect(url_for("pledges.invalidations", drive_id=drive_id), 303)


@blueprint.post("/pledges/invalidations/<uuid:invalidation_id>/undo")
@requires(Permission.SIGNERS_INVALIDATE)
def undo(invalidation_id: UUID) -> AnyResponse:
    """Put them back."""
    row = get_or_404(PledgeInvalidation, invalidation_id)
    number = undo_invalidation(current_actor(), row)
    drive_id = row.drive_id
    db.session.commit()
    flash(
        _("%(number)s signatures count again.", number=number) if number else _("Nothing changed."), "success"
    )
    return redirect(url_for("pledges.invalidations", drive_id=drive_id), 303)


def _page(drive: PledgeDrive, form: CriteriaForm, why: ReasonForm, status: int = 200) -> AnyResponse:
    actor = current_actor()
    matching: Matching | None = None
    refused = ""
    asked: dict[str, Any] = request.args.to_dict()
    if any(request.args.get(name) for name in form.data) and form.validate():
        try:
            matching = find_matching(actor, drive, form.criteria())
        except DomainError as error:
            refused = error.message
    body = render_template(
        "pledges/invalidations.html",
        drive=drive,
        tabs=tabs(actor, drive, "signers"),
        organisation=actor.organisation_name,
        form=form,
        why=why,
        matching=matching,
        refused=refused,
        words=form.words(),
        action=url_for("pledges.new_invalidation", drive_id=drive.id, **asked),
        past=list_invalidations(drive.id),
    )
    return make_response(body, status if not form.errors else 422)
