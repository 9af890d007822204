"""Changing many targets at once: first what it would do, then the deed, then the way back."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from organising.lobbying.forms import BulkForm
from organising.lobbying.queries.changes import get_change, list_befores, may_undo
from organising.lobbying.queries.grid import TargetCriteria, TargetRow, list_rows
from organising.lobbying.services.allocation import Plan, PlanChanged, plan_change
from organising.lobbying.services.targets import allocate, undo_change
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.views.targets import describe_rows, grid_url
from organising.lobbying.words import POSITIONS, PRIORITIES, TACTICS
from organising.organisations.queries import list_asks, list_campaign_organisations
from organising.platform import audit
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.forms import PlainForm
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import download, table
from organising.safeguards.services import record_export
from organising.safeguards.terms import ExportKind

SHOWN = 50


@blueprint.post("/targets/plans")
@requires(Permission.TARGETS_EDIT_LED)
def plan_targets() -> tuple[str, int]:
    """What the change would do, to be agreed to; nothing is written."""
    actor = current_actor()
    form = _bulk_form(actor)
    try:
        plan = _plan(actor, form)
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(actor, form, None), 422
    return _page(actor, form, None if request.form.get("edit") else plan), 200


@blueprint.post("/targets/changes")
@requires(Permission.TARGETS_EDIT_LED)
def change_targets() -> Response | tuple[str, int]:
    """Do what the plan said, if it still says so."""
    actor = current_actor()
    form = _bulk_form(actor)
    try:
        change = allocate(actor, form.choice(), form.wanted(), seen=form.seen.data or "")
        db.session.commit()
    except PlanChanged as changed:
        return _page(actor, form, changed.plan, changed=True), 409
    except Invalid as invalid:
        form.show(invalid.details)
        return _page(actor, form, None), 422
    if change is None:
        flash(_("They were so already: nothing was changed."), "info")
        return redirect(grid_url(form.filter), 303)
    return redirect(url_for(".change", change_id=change.id), 303)


@blueprint.get("/targets/changes/<uuid:change_id>")
@requires(Permission.TARGETS_EDIT_LED)
def change(change_id: UUID) -> str:
    """A change of one's own organisation: what the targets were and are, and the way back."""
    actor = current_actor()
    made = get_change(actor, change_id)
    befores = list_befores(made)
    return render_template(
        "lobbying/targets_change.html",
        change=made,
        befores=befores[:SHOWN],
        more=max(0, len(befores) - SHOWN),
        may_undo=made.undone_at is None and may_undo(actor, befores),
        names=_names(actor),
        form=PlainForm(),
    )


@blueprint.post("/targets/changes/<uuid:change_id>/removal")
@requires(Permission.TARGETS_EDIT_LED)
def remove_change(change_id: UUID) -> Response:
    """Undo a change, but for targets that were changed since; those are named."""
    undone = undo_change(current_actor(), change_id)
    db.session.commit()
    flash(
        ngettext("%(num)d target is as it was.", "%(num)d targets are as they were.", undone.restored),
        "success",
    )
    if undone.changed_since:
        names = ", ".join(undone.changed_since[:SHOWN])
        flash(_("Changed since, and left as they are: %(names)s", names=names), "warning")
    return redirect(url_for(".change", change_id=change_id), 303)


@blueprint.get("/targets.csv")
@requires(Permission.TARGETS_VIEW)
def export_targets() -> Response:
    """The grid as the filters leave it."""
    actor = current_actor()
    criteria = TargetCriteria.from_args(request.args)
    rows = list_rows(actor, criteria)
    text = _csv(actor, criteria, rows)
    record_export(actor, ExportKind.SHARED, len(rows), what="targets")
    audit.record(actor, "targets.exported", "target", rows=len(rows))
    db.session.commit()
    return download(text, f"targets-{today().isoformat()}.csv")


def _plan(actor: Actor, form: BulkForm) -> Plan:
    plan = plan_change(actor, form.choice(), form.wanted())
    if not plan.chosen:
        raise Invalid(_("Nothing was changed yet."), scope=_("Tick at least one target first."))
    form.seen.data = plan.seen
    return plan


def _bulk_form(actor: Actor) -> BulkForm:
    form = BulkForm()
    form.offer(list_campaign_organisations(actor.campaign_id))
    return form


def _page(actor: Actor, form: BulkForm, plan: Plan | None, *, changed: bool = False) -> str:
    if plan is not None:
        form.seen.data = plan.seen
    return render_template(
        "lobbying/targets_plan.html",
        form=form,
        plan=plan,
        changed=changed,
        led_by_nobody_else=len(plan.steps) - len(plan.names_of("led_by_other")) if plan else 0,
        back=grid_url(form.filter),
        may_set_lead=actor.can(Permission.TARGETS_EDIT),
    )


def _names(actor: Actor) -> dict[UUID, str]:
    partners = list_campaign_organisations(actor.campaign_id, with_former=True)
    return {one.id: one.short_name for one in partners}


def _csv(actor: Actor, criteria: TargetCriteria, rows: list[TargetRow]) -> str:
    codes = {str(ask.id): ask.code for ask in list_asks(actor.campaign_id)} if actor.campaign_id else {}
    beside = describe_rows(actor, criteria, rows)
    names = _names(actor)
    header = [_("Name"), _("Area"), _("Party"), _("Leads"), _("Supports"), _("Priority"), _("Tactic"),
              _("Last contact"), _("Last contact by")]  # fmt: skip
    cells = [_cells(row, beside, names) for row in rows]
    if code := codes.get(criteria.ask):
        header.append(_("Position on %(ask)s", ask=code))
        for row, line in zip(rows, cells, strict=True):
            line.append(_stand(beside["positions"].get(row.person_id)))
    return table(header, cells)


def _cells(row: TargetRow, beside: dict[str, Any], names: dict[UUID, str]) -> list[str]:
    seat, contact = (
        beside["seats"].get(row.person_id),
        beside["contacts"].get(row.person_id or row.institution_id),
    )
    return [
        row.name,
        (seat and seat.is_current and seat.area_name) or "",
        (seat and seat.party_name) or "",
        names.get(row.lead_id, "") if row.lead_id else "",
        ", ".join(sorted(names.get(one, "") for one in row.supporter_ids)),
        str(PRIORITIES.get(row.priority, "")) if row.priority else "",  # type: ignore[call-overload]
        str(TACTICS.get(row.tactic, "")) if row.tactic else "",  # type: ignore[call-overload]
        contact.on.isoformat() if contact else "",
        contact.organisation_name if contact else "",
    ]


def _stand(current: Any) -> str:
    if current is None or current.newest is None:
        return _("Unknown")
    return _("Disputed") if current.disputed else str(POSITIONS[current.position])
