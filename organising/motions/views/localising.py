"""A model text made one's own: begun for a unit with its gaps filled, and brought up to a newer version while it is a draft."""

from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from organising.actions.queries import list_own_units
from organising.motions.forms.localising import TakeOverForm, UseForm
from organising.motions.placeholders import list_gaps
from organising.motions.queries import motions as motion_queries
from organising.motions.queries.localising import fill_for_unit
from organising.motions.queries.texts import find_version, get_text, list_versions, standing_of
from organising.motions.services.localising import find_newer_version, take_newer_over
from organising.motions.services.rules import EditedMeanwhile
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.given import as_id, as_version
from organising.platform.permissions import Permission

from .blueprint import blueprint

Answer = Response | str


@blueprint.get("/texts/<uuid:motion_text_id>/use")
@requires(Permission.MOTIONS_DRAFT)
def use_text(motion_text_id: UUID) -> Answer:
    """Choose for which branch and body: shows what is filled in, and leads to the draft. With one choice it leads there at once."""
    actor = current_actor()
    text = get_text(motion_text_id)
    number = as_version(request.args.get("version"))
    version = find_version(text.id, number) if number else standing_of(list_versions(text.id))
    if version is None or not version.is_usable:
        raise NotFound
    form = UseForm.of(request.args, actor, version, list_own_units(actor))
    if form.is_settled:
        return redirect(url_for("motions.new", **form.chosen(version)), 303)  # type: ignore[return-value]
    filled = fill_for_unit(actor, form.unit_id, version.text)
    return render_template(
        "motions/use_text.html",
        actor=actor,
        form=form,
        text=text,
        version=version,
        forum=form.chosen_forum,
        filled=filled,
        gaps=list_gaps(filled),
    )


@blueprint.route("/<uuid:motion_id>/newer-version", methods=["GET", "POST"])
@requires(Permission.MOTIONS_DRAFT)
def newer_version(motion_id: UUID) -> Answer:
    """What is new in the model, and taking it over: own changes stay, and where both changed one chooses."""
    actor = current_actor()
    if request.method == "GET":
        return _page(motion_id)
    form = TakeOverForm()
    try:
        if not form.validate():
            return make_response(
                _page(motion_id, refusal=_("This form was damaged. Load the page again.")), 422
            )
        take_newer_over(actor, motion_id, form.version.shown, as_id(form.to.data), form.choices(request.form))
    except Invalid as refused:
        db.session.rollback()
        return make_response(_page(motion_id, refusal=refused.message), 422)
    except (EditedMeanwhile, Conflict) as refused:
        db.session.rollback()
        return make_response(_page(motion_id, refusal=refused.message), 409)
    db.session.commit()
    flash(_("Taken over. Your own changes are kept."), "success")
    return redirect(url_for("motions.show", motion_id=motion_id), 303)  # type: ignore[return-value]


def _page(motion_id: UUID, *, refusal: str = "") -> str:
    record = motion_queries.get_record(current_actor(), motion_id)
    newer = find_newer_version(current_actor(), record)
    if newer is None:
        raise NotFound
    return render_template(
        "motions/newer.html",
        record=record,
        motion=record.motion,
        newer=newer,
        refusal=refusal,
        given=request.form,
        form=TakeOverForm(
            formdata=None, data={"version": record.motion.version, "to": str(newer.version.id)}
        ),
    )
