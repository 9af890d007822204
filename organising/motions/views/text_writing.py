"""Writing a model text, and throwing a draft away."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.motions import differing
from organising.motions.forms.texts import ModelForm
from organising.motions.models.texts import ModelVersion
from organising.motions.queries import texts as queries
from organising.motions.services import texts as services
from organising.motions.services.texts import DraftMoved
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.permissions import Permission

from .blueprint import blueprint
from .texts import campaign_asks


@blueprint.route("/texts/new", methods=["GET", "POST"])
@requires(Permission.MOTION_TEXTS_DRAFT)
def new_text() -> Response | str:
    """Begin a model text as a draft of one's own organisation."""
    actor = current_actor()
    form = ModelForm.of(None, campaign_asks(actor), is_draft=False)
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return make_response(_page(form), 422)
    version = services.begin(actor, form.language.data or "en", form.model())
    text_id = version.text_id
    db.session.commit()
    publishes = actor.can(Permission.MOTIONS_PUBLISH)
    next_step = (
        _("When it is ready, publish it.")
        if publishes
        else _("When it is ready, offer it to the coordinator.")
    )
    flash(f"{_('The draft is saved.')} {next_step}", "success")
    return redirect(url_for("motions.model_text", motion_text_id=text_id), 303)


@blueprint.route("/texts/<uuid:motion_text_id>/draft", methods=["GET", "POST"])
@requires(Permission.MOTION_TEXTS_DRAFT)
def text_draft(motion_text_id: UUID) -> Response | str:
    """Edit the draft; where there is none, begin the next version with the words of the last."""
    actor, versions = current_actor(), queries.list_versions(motion_text_id)
    latest = queries.standing_of(versions)
    if latest.organisation_id != actor.organisation_id:
        raise NotFound
    draft = queries.draft_of(versions)
    form = ModelForm.of(draft or latest, campaign_asks(actor), is_draft=draft is not None)
    if request.method == "GET":
        return _page(form, latest=draft or latest, number=versions[0].number + (draft is None))
    if not form.validate():
        return make_response(_page(form, latest=draft or latest, number=versions[0].number), 422)
    try:
        services.save(actor, motion_text_id, form.model(), form.revision.shown)
        db.session.commit()
    except DraftMoved as moved:
        theirs = moved.version
        form.revision.data = str(theirs.revision)
        page = _page(form, latest=theirs, number=theirs.number, moved=moved)
        db.session.rollback()
        return make_response(page, 409)
    flash(_("Saved."), "success")
    number = versions[0].number + (draft is None)
    return redirect(url_for("motions.model_text", motion_text_id=motion_text_id, version=number), 303)


@blueprint.post("/texts/<uuid:motion_text_id>/draft/removal")
@requires(Permission.MOTION_TEXTS_DRAFT)
def discard_text(motion_text_id: UUID) -> Response:
    """Throw the draft away."""
    is_last = len(queries.list_versions(motion_text_id)) < 2
    services.discard(current_actor(), motion_text_id)
    db.session.commit()
    flash(_("The draft is gone."), "success")
    place = (
        url_for("motions.texts") if is_last else url_for("motions.model_text", motion_text_id=motion_text_id)
    )
    return redirect(place, 303)


def _page(
    form: ModelForm, *, latest: ModelVersion | None = None, number: int = 1, moved: DraftMoved | None = None
) -> str:
    return render_template(
        "motions/text_form.html",
        actor=current_actor(),
        form=form,
        latest=latest,
        number=number,
        moved=moved,
        differences=differing.compare(moved.version.text, form.model().text) if moved else None,
    )
