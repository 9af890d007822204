"""A drive's text and its versions, for the campaign's coordinator."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from ...platform.access import current_actor, requires
from ...platform.db import db, get_or_404
from ...platform.differences import compare_texts
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from ..drive_forms import DriveForm, one_line, paragraphs
from ..models import PledgeDrive
from ..queries import get_wording, list_translations, list_wordings, whole_text
from ..services import drives as services
from ..texts import language_labels
from .blueprint import blueprint, settings


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
    """Change a pledge; a changed text becomes a new version, and earlier signers keep theirs."""
    drive = get_or_404(PledgeDrive, drive_id)
    form = DriveForm(obj=drive, wording=get_wording(drive))
    if form.is_submitted() and form.validate():
        try:
            changed = services.edit_drive(current_actor(), drive, _details(form))
            db.session.commit()
        except (Conflict, Invalid) as error:
            form.slug.errors = [error.message]
        else:
            flash(_("Saved as a new version of the text.") if changed else _("Saved."), "success")
            return redirect(url_for("pledges.edit_drive", drive_id=drive_id), 303)
    return _page(form, drive)


@blueprint.get("/pledges/drives/<uuid:drive_id>/versions")
@requires(Permission.CAMPAIGN_EDIT)
def versions(drive_id: UUID) -> str:
    """Every version of the English text, and what each changed in the one before."""
    drive = get_or_404(PledgeDrive, drive_id)
    texts = list_wordings(drive)
    earlier = [*texts[1:], None]
    return render_template(
        "pledges/versions.html",
        **settings(drive, "edit_drive"),
        versions=[
            (new, compare_texts(whole_text(old) if old else "", whole_text(new)), old is None)
            for new, old in zip(texts, earlier, strict=True)
        ],
    )


def _page(form: DriveForm, drive: PledgeDrive | None) -> AnyResponse:
    body = render_template(
        "pledges/drive.html",
        form=form,
        **(settings(drive, "edit_drive") if drive else {"drive": None}),
        lagging=[one for one in list_translations(drive) if one.version and not one.is_current]
        if drive
        else [],
        languages=language_labels(),
    )
    return make_response(body, 422 if form.errors else 200)


def _details(form: DriveForm) -> services.DriveDetails:
    return services.DriveDetails(
        slug=(form.slug.data or "").strip().lower(),
        title=one_line(form.title.data),
        standfirst=one_line(form.standfirst.data),
        wording=paragraphs(form.wording.data),
        goal=form.goal.data,
    )
