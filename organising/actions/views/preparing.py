"""What is prepared before an action: checklist, who does what, materials, risks."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from organising.actions import queries, services
from organising.actions.preparing_forms import (
    ChecklistForm,
    MaterialForm,
    RisksForm,
    RoleForm,
    TickForm,
    risk_values,
)
from organising.actions.services.materials import UPLOADS
from organising.actions.services.preparing import suggested_risks
from organising.actions.states import needs_risk_assessment
from organising.files.doors import takes_files
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import DomainError, Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission
from organising.safeguards.storage import KeepsNobody

from . import blueprint

Answer = Response | str | tuple[str, int]


@blueprint.get("/<uuid:action_id>/preparation")
@requires(Permission.ACTIONS_VIEW)
def preparation(action_id: UUID) -> str:
    """All that is prepared for an action, for its own people."""
    return _page(action_id)


def _page(action_id: UUID, **forms: Any) -> str:
    """The page, with the form that was refused where there is one."""
    actor, record = current_actor(), private_record(action_id)
    prepared = queries.get_prepared(record.action)
    role = forms.get("role") or RoleForm(formdata=None)
    role.offer(actor, list(record.asks))
    lines = "\n".join(one.wording or "" for one in prepared.checks)
    return render_template(
        "actions/preparation.html",
        record=record,
        action=record.action,
        prepared=prepared,
        may_change=_may_change(record),
        role=role,
        material=forms.get("material") or MaterialForm(formdata=None),
        checklist=forms.get("checklist") or ChecklistForm(formdata=None, data={"lines": lines}),
        needs_risks=needs_risk_assessment(record.action.kind, record.action.is_public),
    )


def private_record(action_id: UUID) -> queries.ActionRecord:
    """The record of an own action, for those who see its private part."""
    record = queries.get_record(current_actor(), action_id)
    if not record.standing.is_own:
        raise NotFound
    if not record.sees_private:
        raise Forbidden(_("This is for the branch that runs it and your organisation’s staff."))
    return record


def _may_change(record: queries.ActionRecord) -> bool:
    can_prepare = record.action.is_preparable and record.standing.in_reach
    return can_prepare and current_actor().can(Permission.ACTIONS_CREATE)


def _change(action_id: UUID, name: str, form: Any, act: Callable[[], object], said: str) -> Answer:
    """Do one thing, commit, and go back to the page; a refusal comes back with the form."""
    actor = current_actor()
    if name == "role":
        form.offer(actor, list(private_record(action_id).asks))
    try:
        if not form.validate():
            return _page(action_id, **{name: form}), 422
        act()
    except (Invalid, KeepsNobody) as refusal:
        db.session.rollback()
        _tell(form, refusal)
        return _page(action_id, **{name: form}), 422
    db.session.commit()
    flash(said, "success")
    return redirect(url_for("actions.preparation", action_id=action_id, _anchor=name), 303)  # type: ignore[return-value]


def _tell(form: Any, refusal: DomainError) -> None:
    if isinstance(refusal, Invalid) and hasattr(form, "tell"):
        form.tell(refusal)
    else:
        form.form_errors.append(refusal.message)


@blueprint.post("/<uuid:action_id>/checklist")
@requires(Permission.ACTIONS_CREATE)
def write_checklist(action_id: UUID) -> Answer:
    """Write the checklist anew."""
    form = ChecklistForm()
    return _change(
        action_id,
        "checklist",
        form,
        lambda: services.put_checklist(current_actor(), action_id, form.wordings()),
        _("The checklist is saved."),
    )


@blueprint.post("/<uuid:action_id>/checklist/ticks")
@requires(Permission.ACTIONS_CREATE)
def tick(action_id: UUID) -> Answer:
    """Tick and untick."""
    form = TickForm()
    return _change(
        action_id,
        "checklist",
        form,
        lambda: services.tick(current_actor(), action_id, form.given("shown"), form.given("ticked")),
        _("Saved."),
    )


@blueprint.post("/<uuid:action_id>/roles")
@requires(Permission.ACTIONS_CREATE)
def give_role(action_id: UUID) -> Answer:
    """Have somebody do something there."""
    form = RoleForm()
    return _change(
        action_id,
        "role",
        form,
        lambda: services.give_role(current_actor(), action_id, form.draft()),
        _("Noted."),
    )


@blueprint.post("/<uuid:action_id>/roles/<uuid:action_role_id>/removal")
@requires(Permission.ACTIONS_CREATE)
def take_role(action_id: UUID, action_role_id: UUID) -> Answer:
    """Have somebody no longer do it."""
    return _change(
        action_id,
        "checklist",
        TickForm(),
        lambda: services.take_role(current_actor(), action_id, action_role_id),
        _("Taken off."),
    )


@blueprint.post("/<uuid:action_id>/materials")
@requires(Permission.ACTIONS_CREATE)
@takes_files(UPLOADS)
def add_material(action_id: UUID) -> Answer:
    """Add something to bring or hand out."""
    form = MaterialForm()
    return _change(
        action_id,
        "material",
        form,
        lambda: services.add_material(current_actor(), action_id, form.material()),
        _("Added."),
    )


@blueprint.post("/<uuid:action_id>/materials/<uuid:material_id>/versions")
@requires(Permission.ACTIONS_CREATE)
@takes_files(UPLOADS)
def replace_material(action_id: UUID, material_id: UUID) -> Answer:
    """A newer version of it."""
    form = MaterialForm()
    return _change(
        action_id,
        "material",
        form,
        lambda: services.replace_material(
            current_actor(), action_id, material_id, form.link.data or "", form.upload()
        ),
        _("The new version is there; the older ones stay below it."),
    )


@blueprint.post("/<uuid:action_id>/materials/<uuid:material_id>/removal")
@requires(Permission.ACTIONS_CREATE)
def remove_material(action_id: UUID, material_id: UUID) -> Answer:
    """Take it off."""
    return _change(
        action_id,
        "material",
        MaterialForm(),
        lambda: services.remove_material(current_actor(), action_id, material_id),
        _("Taken off. You can put it back below."),
    )


@blueprint.post("/<uuid:action_id>/materials/<uuid:material_id>/removal/removal")
@requires(Permission.ACTIONS_CREATE)
def put_back_material(action_id: UUID, material_id: UUID) -> Answer:
    """Put it back."""
    return _change(
        action_id,
        "material",
        MaterialForm(),
        lambda: services.put_back_material(current_actor(), action_id, material_id),
        _("It is back, with its versions."),
    )


@blueprint.route("/<uuid:action_id>/risks", methods=["GET", "POST"])
@requires(Permission.ACTIONS_CREATE)
def risks(action_id: UUID) -> Answer:
    """The risk assessment, all rows in one form."""
    actor, record = current_actor(), private_record(action_id)
    if not record.standing.in_reach:
        raise Forbidden(_("This action belongs to another unit. Its officers and your staff can change it."))
    if request.method == "GET":
        form = RisksForm(data={"version": record.action.version})
        form.show(_first_rows(record))
        return _risks_page(record, form)
    form = RisksForm()
    if not form.validate():
        form.tell_lengths()
        return _risks_page(record, form), 422
    try:
        services.put_risks(actor, action_id, form.version.shown, form.risks())
    except Invalid as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.message)
        return _risks_page(private_record(action_id), form), 422
    except services.EditedMeanwhile:
        db.session.rollback()
        record = private_record(action_id)
        form.version.data = str(record.action.version)
        return _risks_page(record, form, is_conflict=True), 409
    db.session.commit()
    flash(_("The risk assessment is saved."), "success")
    return redirect(url_for("actions.preparation", action_id=action_id, _anchor="risks"), 303)  # type: ignore[return-value]


def _first_rows(record: queries.ActionRecord) -> list[dict[str, Any]]:
    rows = queries.list_risks(record.action)
    if rows:
        return risk_values(rows)
    return [
        {
            "hazard": r.hazard,
            "likelihood": r.likelihood,
            "severity": r.severity,
            "control": r.control,
            "owner": r.owner,
        }
        for r in suggested_risks(record.action.kind)
    ]


def _risks_page(record: queries.ActionRecord, form: RisksForm, is_conflict: bool = False) -> str:
    return render_template(
        "actions/risks.html",
        record=record,
        action=record.action,
        form=form,
        is_conflict=is_conflict,
        present=queries.list_risks(record.action),
    )
