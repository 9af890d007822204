"""What an organisation writes with: its templates, and how its letters are signed."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.mailings import queries
from organising.mailings.forms import SignatureForm, TemplateForm
from organising.mailings.queries.texts import find_signature, get_template, list_templates
from organising.mailings.services import texts as services
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Invalid, NotFound
from organising.platform.given import as_id
from organising.platform.permissions import Permission

from . import blueprint


@blueprint.get("/templates")
@requires(Permission.MAILINGS_DRAFT)
def templates() -> str:
    """The organisation's templates, to begin with or to take away."""
    actor = current_actor()
    return render_template(
        "mailings/templates.html", templates=list_templates(actor), removed=_removed(actor)
    )


@blueprint.route("/<uuid:mailing_id>/template", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def keep_template(mailing_id: UUID) -> Response | str | tuple[str, int]:
    """Keep a mailing's text as a template of the organisation."""
    actor = current_actor()
    mailing = queries.get_own(actor, mailing_id)
    form = TemplateForm(name=mailing.title)
    if form.validate_on_submit():
        try:
            services.save_template(actor, mailing_id, form.name.data or "")
        except Invalid as invalid:
            form.name.errors = [*form.name.errors, *invalid.details.values()]
        else:
            db.session.commit()
            flash(_("Kept as a template. A mailing can begin with it now."), "success")
            return redirect(url_for("mailings.templates"), 303)
    page = render_template("mailings/keep_template.html", mailing=mailing, form=form)
    return (page, 422) if form.errors else page


@blueprint.post("/templates/<uuid:template_id>/removal")
@requires(Permission.MAILINGS_DRAFT)
def remove_template(template_id: UUID) -> Response:
    """Take a template from the list; the answer offers the way back."""
    services.remove_template(current_actor(), template_id)
    db.session.commit()
    return redirect(url_for("mailings.templates", removed=template_id), 303)


@blueprint.post("/templates/<uuid:template_id>/restoration")
@requires(Permission.MAILINGS_DRAFT)
def restore_template(template_id: UUID) -> Response:
    """Put a removed template back."""
    services.restore_template(current_actor(), template_id)
    db.session.commit()
    flash(_("The template is back."), "success")
    return redirect(url_for("mailings.templates"), 303)


@blueprint.route("/signature", methods=["GET", "POST"])
@requires(Permission.MAILINGS_DRAFT)
def signature() -> Response | str | tuple[str, int]:
    """How the organisation's letters are signed."""
    actor = current_actor()
    known = find_signature(actor.organisation_id)
    form = SignatureForm(obj=known)
    if form.validate_on_submit():
        try:
            services.sign_with(actor, form.text.data or "")
        except Invalid as invalid:
            form.text.errors = [*form.text.errors, *invalid.details.values()]
        else:
            db.session.commit()
            flash(_("Kept. Letters that hold “{{ signature }}” end with it."), "success")
            return redirect(url_for("mailings.signature"), 303)
    page = render_template("mailings/signature.html", form=form, known=known)
    return (page, 422) if form.errors else page


def _removed(actor: Actor) -> UUID | None:
    """The template that was taken away just now, if the address names one of the organisation's own."""
    template_id = as_id(request.args.get("removed"))
    if template_id is None:
        return None
    try:
        return template_id if get_template(actor, template_id).removed_at else None
    except NotFound:
        return None
