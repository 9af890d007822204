"""Templates of actions: the list, one to read and use, and the page on which one is written."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from organising.actions import queries, services
from organising.actions.models import ActionTemplate
from organising.actions.preparing_forms import TemplateForm, risk_values, template_values
from organising.actions.services.preparing import suggested_risks
from organising.actions.starting_points import starting_checklist
from organising.actions.states import Kind
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission

from . import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.get("/templates")
@requires(Permission.ACTIONS_VIEW)
def templates() -> str:
    """The organisation's own templates and the coalition's."""
    actor = current_actor()
    return render_template(
        "actions/templates.html",
        templates=queries.list_templates(actor),
        may_edit=services.may_edit_templates(actor),
    )


@blueprint.get("/templates/<uuid:action_template_id>")
@requires(Permission.ACTIONS_VIEW)
def template(action_template_id: UUID) -> str:
    """One template as it reads."""
    actor = current_actor()
    found = queries.get_template(actor, action_template_id)
    return render_template("actions/template.html", template=found, may_edit=_may_edit(found))


def _may_edit(found: ActionTemplate) -> bool:
    actor = current_actor()
    own = found.organisation_id == actor.organisation_id and services.may_edit_templates(actor)
    return own and (not found.for_coalition or services.may_give_to_coalition(actor))


@blueprint.route("/templates/new", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
def new_template() -> Answer:
    """Write one; it begins with what its kind begins with."""
    actor = current_actor()
    if not services.may_edit_templates(actor):
        raise Forbidden(_("Templates are kept by your organisation’s staff."))
    if request.method == "GET":
        return _form_page(_begun(request.args.get("kind", "")), None)
    form = TemplateForm()
    form.offer()
    refused = _refused(form, None)
    if refused is not None:
        return refused
    try:
        kept = services.keep_template(actor, form.draft())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _form_page(form, None), 422
    return _kept(kept)


def _begun(kind: str) -> TemplateForm:
    known = kind in set(Kind)
    lines = starting_checklist(kind) if known else []
    form = TemplateForm(data={"kind": kind if known else "", "checklist": "\n".join(lines)})
    form.offer()
    risks = suggested_risks(kind) if known else []
    form.show(risk_values([risk.__dict__ for risk in risks]))
    return form


@blueprint.route("/templates/<uuid:action_template_id>/edit", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
def edit_template(action_template_id: UUID) -> Answer:
    """Change one; actions made after it stay as they are."""
    actor = current_actor()
    found = queries.get_template(actor, action_template_id)
    if found.organisation_id != actor.organisation_id:
        raise NotFound
    if not _may_edit(found):
        raise Forbidden(_("Templates are kept by your organisation’s staff."))
    if request.method == "GET":
        form = TemplateForm(data=template_values(found))
        form.offer()
        form.show(risk_values(found.risks))
        return _form_page(form, found)
    form = TemplateForm()
    form.offer()
    refused = _refused(form, found)
    if refused is not None:
        return refused
    try:
        changed = services.change_template(actor, action_template_id, form.version.shown, form.draft())
    except Invalid as refusal:
        db.session.rollback()
        form.tell(refusal)
        return _form_page(form, queries.get_template(actor, action_template_id)), 422
    except services.EditedMeanwhile as refusal:
        db.session.rollback()
        found = queries.get_template(actor, action_template_id)
        form.version.data = str(found.version)
        form.form_errors.append(f"{refusal.message} {_('Saving again puts yours in its place.')}")
        return _form_page(form, found), 409
    return _kept(changed)


@blueprint.post("/templates/<uuid:action_template_id>/removal")
@requires(Permission.ACTIONS_CREATE)
def remove_template(action_template_id: UUID) -> Answer:
    """Take it away."""
    services.remove_template(current_actor(), action_template_id)
    db.session.commit()
    flash(_("The template is gone. Actions made after it stay as they are."), "success")
    return redirect(url_for("actions.templates"), 303)  # type: ignore[return-value]


def _refused(form: TemplateForm, found: ActionTemplate | None) -> Answer | None:
    if form.validate():
        return None
    if form.rows.errors:
        form.tell_lengths()
    return _form_page(form, found), 422


def _form_page(form: TemplateForm, found: ActionTemplate | None) -> str:
    return render_template(
        "actions/template_form.html",
        form=form,
        template=found,
        may_give=services.may_give_to_coalition(current_actor()),
    )


def _kept(kept: ActionTemplate) -> Response:
    address = url_for("actions.template", action_template_id=kept.id)
    db.session.commit()
    flash(_("The template is saved."), "success")
    return redirect(address, 303)  # type: ignore[return-value]
