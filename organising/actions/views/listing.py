"""The list of all partners' actions, and one action's page."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _

from organising.actions import queries, services
from organising.actions.forms import FilterForm, StepForm
from organising.actions.linked_motions import find_motion
from organising.actions.models import BranchAction
from organising.actions.queries import Filters, When, joining_news
from organising.actions.queries.reports import list_meetings, list_photos, open_question
from organising.actions.states import needs_risk_assessment
from organising.actions.words import is_over
from organising.organisations.queries import list_campaign_organisations
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.pagination import page
from organising.platform.panels import list_panels
from organising.platform.permissions import Permission
from organising.pledges.queries.paper import PaperOfAction, find_paper_of_action

from . import blueprint


@blueprint.get("")
@requires(Permission.ACTIONS_VIEW)
def index() -> str:
    """Upcoming or past actions of the coalition; filters and tab are in the address."""
    actor = current_actor()
    form = FilterForm(formdata=request.args)
    form.offer(list_campaign_organisations(actor.campaign_id))
    form.validate()
    filters = _filters(form)
    past = filters.when is When.PAST
    found = page(
        queries.list_actions(actor, filters),
        order_by=[BranchAction.starts_at, BranchAction.id],
        cursor=request.args.get("cursor"),
        size=25,
        descending=past,
    )
    waiting = (
        queries.today_items(actor) if not (_is_filtered(filters) or request.args.get("cursor")) else None
    )
    return render_template(
        "actions/index.html",
        actor=actor,
        form=form,
        page=found,
        filters=filters,
        is_filtered=_is_filtered(filters),
        totals=queries.sum_totals(actor, filters),
        waiting=waiting,
        tabs=_tabs(filters),
        asked=joining_news.list_asked(actor) if waiting is not None else (),
        answered=joining_news.list_answered(actor) if waiting is not None else (),
    )


def _filters(form: FilterForm) -> Filters:
    organisation = form.chosen("organisation")
    return Filters(
        when=When.PAST if request.args.get("when") == When.PAST else When.UPCOMING,
        organisation_id=UUID(organisation) if organisation else None,
        kind=form.chosen("kind"),
        area=form.chosen("area"),
        state=form.chosen("state"),
    )


def _is_filtered(filters: Filters) -> bool:
    return any((filters.organisation_id, filters.kind, filters.area, filters.state))


def _tabs(filters: Filters) -> list[tuple[str, str, bool]]:
    kept: dict[str, Any] = {
        name: value
        for name, value in request.args.items()
        if name in ("organisation", "kind", "area", "state")
    }
    return [
        (_("Coming up"), url_for("actions.index", **kept), filters.when is When.UPCOMING),
        (_("Past"), url_for("actions.index", **kept, when="past"), filters.when is When.PAST),
    ]


@blueprint.get("/<uuid:action_id>")
@requires(Permission.ACTIONS_VIEW)
def show(action_id: UUID) -> str:
    """One action: its headline for every partner, the rest for its own people."""
    return render_action(action_id)


def render_action(action_id: UUID, step: StepForm | None = None) -> str:
    """The page, with the form of a refused step where there is one."""
    actor = current_actor()
    record = queries.get_record(actor, action_id)
    paper = _paper(actor, record)
    values: dict[str, Any] = {"formdata": None, "data": {"version": record.action.version}}
    return render_template(
        "actions/show.html",
        actor=actor,
        record=record,
        action=record.action,
        is_own=record.action.organisation_id == actor.organisation_id,
        is_over=is_over(record.action, now()),
        prepared=queries.get_prepared(record.action) if record.sees_private else None,
        needs_risks=needs_risk_assessment(record.action.kind, record.action.is_public),
        following=len(services.list_following(record.action)) if record.sees_private else 0,
        motion=find_motion(record.action) if record.sees_private else None,
        joined=queries.list_joined(action_id),
        nearby=len(queries.list_nearby(actor, record.action)) if _may_join(record) else 0,
        proposals=len(queries.list_proposals(actor, record.action)) if _may_join(record) else 0,
        may_approve=record.standing.is_own and queries.can_approve(actor),
        step=step or StepForm(**values),
        paper=paper,
        meetings=list_meetings(record.action) if record.sees_private else (),
        photos=list_photos(record.action) if record.sees_private else (),
        asked_back=open_question(record),
        concerned=list_panels("calling_off", actor, record=record) if "cancel" in record.verbs else (),
        key_these=_key_these(record, paper.left) if paper is not None and paper.left > 0 else None,
        done_drafts=[
            key for key in request.args.getlist("saved") if key in ("new", "past", "edit", "report")
        ],
    )


def _may_join(record: queries.ActionRecord) -> bool:
    return record.action.is_editable and record.sees_private and record.standing.in_reach


def _paper(actor: Actor, record: queries.ActionRecord) -> PaperOfAction | None:
    """What is keyed of the pledges that the report claims, for those who may key them."""
    if not record.sees_private or not record.standing.in_reach:
        return None
    return find_paper_of_action(actor, record.action.id, record.action.paper_pledges)


def _key_these(record: queries.ActionRecord, left: int) -> str:
    """A batch's cover with what the report has said already."""
    assert record.detail is not None
    return url_for(
        "pledges.new_batch",
        action=record.action.id,
        label=record.action.title,
        day=record.action.starts_at.astimezone(LONDON).date().isoformat(),
        unit=record.detail.unit_id or "",
        claimed=left,
    )
