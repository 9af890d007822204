"""A drive's settings, for the campaign's coordinator."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.actor import Actor
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid
from ...platform.forms import PlainForm
from ...platform.permissions import Permission
from ..forms import DriveForm
from ..models import PledgeDrive
from ..queries import get_wording, list_wordings
from ..services import drives as services
from .blueprint import blueprint, tabs


@blueprint.route("/pledges/drives/new", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def new_drive() -> AnyResponse:
    """Write a new pledge; it stays a draft until it is opened."""
    form = DriveForm()
    if form.is_submitted() and form.validate():
        try:
            drive_id = services.create_drive(current_actor(), _details(form)).id
            db.session.commit()
        except (Conflict, Invalid) as error:
            form.slug.errors = [error.message]
        else:
            flash(_("The draft is saved. Open it when people may sign."), "success")
            return redirect(url_for("pledges.edit_drive", drive_id=drive_id), 303)
    return _page(form, None)


@blueprint.route("/pledges/drives/<uuid:drive_id>", methods=["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def edit_drive(drive_id: UUID) -> AnyResponse:
    """Change a pledge; a changed wording becomes a new version, and earlier signers keep theirs."""
    drive = get_or_404(PledgeDrive, drive_id)
    form = DriveForm(obj=drive, wording=get_wording(drive))
    if form.is_submitted() and form.validate():
        try:
            changed = services.edit_drive(current_actor(), drive, _details(form))
            db.session.commit()
        except (Conflict, Invalid) as error:
            form.slug.errors = [error.message]
        else:
            flash(_("Saved as a new version of the wording.") if changed else _("Saved."), "success")
            return redirect(url_for("pledges.edit_drive", drive_id=drive_id), 303)
    return _page(form, drive)


@blueprint.post("/pledges/drives/<uuid:drive_id>/opening")
@requires(Permission.CAMPAIGN_EDIT)
def open_drive(drive_id: UUID) -> AnyResponse:
    """Let people sign."""
    return _turn(drive_id, services.open_drive, _("The pledge is open. Share its links."))


@blueprint.post("/pledges/drives/<uuid:drive_id>/closure")
@requires(Permission.CAMPAIGN_EDIT)
def close_drive(drive_id: UUID) -> AnyResponse:
    """Take no more signatures."""
    return _turn(drive_id, services.close_drive, _("The pledge is closed. Its page stays, and says so."))


@blueprint.post("/pledges/drives/<uuid:drive_id>/archive")
@requires(Permission.CAMPAIGN_EDIT)
def archive_drive(drive_id: UUID) -> AnyResponse:
    """End a closed pledge for good."""
    return _turn(
        drive_id, services.archive_drive, _("The pledge is archived. Its totals stay, its key is gone.")
    )


def _turn(drive_id: UUID, verb: Callable[[Actor, PledgeDrive], bool], words: str) -> AnyResponse:
    changed = verb(current_actor(), get_or_404(PledgeDrive, drive_id))
    db.session.commit()
    flash(words if changed else _("Nothing changed."), "success" if changed else "info")
    return redirect(url_for("pledges.edit_drive", drive_id=drive_id), 303)


def _page(form: DriveForm, drive: PledgeDrive | None) -> AnyResponse:
    actor = current_actor()
    status = 422 if form.errors else 200
    body = render_template(
        "pledges/drive.html",
        form=form,
        drive=drive,
        tabs=tabs(actor, drive, "edit_drive") if drive else [],
        versions=list_wordings(drive) if drive else [],
        plain=PlainForm(),
    )
    return make_response(body, status)


def _details(form: DriveForm) -> services.DriveDetails:
    return services.DriveDetails(
        slug=(form.slug.data or "").strip().lower(),
        title=(form.title.data or "").strip(),
        standfirst=(form.standfirst.data or "").strip(),
        wording="\n".join((form.wording.data or "").strip().splitlines()),
        goal=form.goal.data,
    )
