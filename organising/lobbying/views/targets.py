"""The allocation grid, its download, and the allocation of one target."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.forms import AllocationForm, BulkForm, TargetFilter, as_id, as_query
from organising.lobbying.queries.grid import (
    TargetCriteria,
    TargetRow,
    count_grid,
    list_last_contacts,
    list_stands,
    read_rows,
    select_grid,
)
from organising.lobbying.queries.grid_filters import read_choices
from organising.lobbying.queries.segments import list_segments
from organising.lobbying.queries.subjects import find_subject
from organising.lobbying.queries.targets import get_allocation, parse_subject
from organising.lobbying.services.allocation import Plan
from organising.lobbying.services.targets import AllocationConflict, ask_to_lead, edit_allocation
from organising.lobbying.views.blueprint import blueprint
from organising.organisations.models import Organisation
from organising.organisations.queries import list_asks, list_campaign_organisations
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid, NotFound
from organising.platform.pagination import page
from organising.platform.paths import own_path
from organising.platform.permissions import Permission
from organising.platform.ui import with_query
from organising.representatives.queries import list_parties, list_regions

PAGE = 50


@blueprint.get("/targets")
@requires(Permission.TARGETS_VIEW)
def targets() -> str | tuple[str, int]:
    """Whom the coalition works on and who leads, filtered by what stands in the address."""
    actor = current_actor()
    criteria = TargetCriteria.from_args(request.args)
    partners = list_campaign_organisations(actor.campaign_id, with_former=True)
    form = filter_form(actor, criteria, partners)
    is_right = form.check()
    statement = select_grid(actor, criteria)
    columns = statement.selected_columns
    found = page(
        statement,
        order_by=[columns.sort_key, columns.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
        rows=True,
    )
    rows = read_rows(found.items)
    total = count_grid(statement)
    bulk = BulkForm(criteria=as_query(criteria))
    bulk.offer(partners, total=total)
    shown = render_template(
        "lobbying/targets.html",
        form=form,
        criteria=criteria,
        page=found,
        rows=rows,
        total=total,
        bulk=bulk,
        segments=list_segments(actor),
        names={one.id: one.short_name for one in partners},
        may_edit=actor.can(Permission.TARGETS_EDIT_LED),
        may_set_lead=actor.can(Permission.TARGETS_EDIT),
        address=criteria.to_args(),
        **describe_rows(actor, criteria, rows),
    )
    return shown if is_right else (shown, 422)


@blueprint.route("/targets/allocation", methods=["GET", "POST"])
@requires(Permission.TARGETS_EDIT_LED)
def allocation() -> str | Response | tuple[str, int]:
    """Change the allocation of one target, named by ``subject``."""
    actor = current_actor()
    subject = parse_subject(request.values.get("subject"))
    if subject is None:
        raise NotFound
    person_id, institution_id = subject
    about = find_subject(person_id or institution_id)
    if about is None:
        raise NotFound
    current = get_allocation(actor, person_id=person_id, institution_id=institution_id)
    form = AllocationForm()
    back = own_path(request.values.get("back")) or url_for(".targets")
    form.show_allocation(current, list_campaign_organisations(actor.campaign_id), back)
    conflict = None
    if form.validate_on_submit():
        try:
            plan = edit_allocation(
                actor, person_id, institution_id, form.wanted(current), version=form.seen_version
            )
            db.session.commit()
        except AllocationConflict as found:
            conflict = current = found.current
            form.version.data = str(conflict.version)
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            _tell(plan)
            return redirect(back, 303)
    shown = render_template(
        "lobbying/targets_allocation.html",
        form=form,
        allocation=current,
        conflict=conflict,
        name=about.name,
        back=back,
    )
    return (shown, 409) if conflict else (shown, 422) if form.errors else shown


@blueprint.post("/targets/lead-requests")
@requires(Permission.TARGETS_EDIT_LED)
def ask_for_lead() -> Response:
    """Ask the coordinator for the lead on one target."""
    subject = parse_subject(request.form.get("subject"))
    if subject is None:
        raise NotFound
    asked = ask_to_lead(current_actor(), *subject)
    db.session.commit()
    flash(_("Asked. The coordinator has been told.") if asked else _("You have asked already."), "success")
    return redirect(own_path(request.form.get("back")) or url_for(".targets"), 303)


def filter_form(actor: Actor, criteria: TargetCriteria, partners: Sequence[Organisation]) -> TargetFilter:
    """The grid's filters with what they can be set to, set to the criteria."""
    form = TargetFilter()
    form.show(criteria)
    form.offer(
        known=read_choices(),
        parties=[(party.key, party.name) for party, _number in list_parties(on=today())],
        regions=list_regions(),
        partners=partners,
        asks=list_asks(actor.campaign_id) if actor.campaign_id else [],
    )
    return form


def grid_url(criteria: TargetCriteria) -> str:
    """The grid's address with these criteria."""
    return with_query(url_for(".targets"), **criteria.to_args())


def describe_rows(actor: Actor, criteria: TargetCriteria, rows: Sequence[TargetRow]) -> dict[str, Any]:
    """What stands beside each person of these rows, in a constant number of statements."""
    people = [row.person_id for row in rows if row.person_id]
    ask_id = as_id(criteria.ask)
    return {
        "seats": queries.list_seats(people),
        "contacts": list_last_contacts(
            actor, people, [row.institution_id for row in rows if row.institution_id]
        ),
        "positions": list_stands(actor, ask_id, people) if ask_id else {},
    }


def _tell(plan: Plan) -> None:
    flash(_("Saved.") if plan.steps else _("It was so already."), "success")
    if names := plan.names_of("live_approach"):
        flash(_("Another partner has a live approach to %(name)s.", name=names[0]), "warning")
    if names := plan.names_of("not_in_office"):
        flash(_("%(name)s holds no office now.", name=names[0]), "warning")
