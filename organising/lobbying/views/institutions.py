"""Institutions: the list with how an ask stands, and a body's own page."""

from collections import Counter
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from organising.lobbying import queries
from organising.lobbying.ask_relevance import concerns
from organising.lobbying.forms import as_id
from organising.lobbying.forms.institutions import InstitutionFilter, StatusForm
from organising.lobbying.institution_words import (
    INSTITUTION_KINDS,
    STATUS_TONES,
    STATUSES,
    register_institution_words,
)
from organising.lobbying.models import Status
from organising.lobbying.queries.commitments import list_commitments, list_places
from organising.lobbying.queries.follow_ups import list_subject_follow_ups
from organising.lobbying.queries.institution_asks import NOTHING, count_statuses, list_standings
from organising.lobbying.queries.institutions import (
    InstitutionFilters,
    list_leads,
    list_office_holders,
    select_institutions,
)
from organising.lobbying.queries.requests import get_request, list_requests
from organising.lobbying.queries.targets import get_allocation
from organising.lobbying.services import NeedsConfirmation
from organising.lobbying.services.institution_asks import claim_status
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.views.subject_page import allocation_form, contact_done_now
from organising.organisations.models import Ask
from organising.organisations.queries import list_asks, list_campaign_organisations, list_open_asks
from organising.platform import audit
from organising.platform.access import current_actor, requires
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Invalid, NotFound
from organising.platform.forms import PlainForm
from organising.platform.pagination import list_first, page
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import download, table
from organising.representatives.models import Institution
from organising.representatives.queries.institutions import get_institution
from organising.safeguards.services import record_export
from organising.safeguards.terms import ExportKind

PAGE = 25
LONGEST_SEARCH = 100

register_institution_words(blueprint)


@blueprint.get("/institutions")
@requires(Permission.TARGETS_VIEW)
def institutions() -> str:
    """Public bodies that the campaign asks something of, with who leads and how a chosen ask stands."""
    actor = current_actor()
    form, filters = _filters(actor)
    standings = list_standings(actor, ask_id=filters.ask.id) if filters.ask else {}
    found = page(
        select_institutions(actor, filters, standings),
        order_by=[Institution.sort_key, Institution.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
    )
    counts = count_statuses(filters.ask, standings) if filters.ask else Counter()
    return render_template(
        "lobbying/institutions.html",
        filter=form,
        page=found,
        ask=filters.ask,
        standings=standings,
        nothing=NOTHING,
        leads=list_leads(actor, [one.id for one in found.items]),
        segments=_segments(counts) if counts else [],
        total=sum(counts.values()),
        address={name: value for name, value in request.args.items() if value and name != "cursor"},
    )


@blueprint.get("/institutions.csv")
@requires(Permission.TARGETS_VIEW)
def export_institutions() -> Response:
    """The bodies that the filters leave; all of it is public or shared between partners."""
    actor = current_actor()
    _form, filters = _filters(actor)
    standings = list_standings(actor, ask_id=filters.ask.id) if filters.ask else {}
    statement = select_institutions(actor, filters, standings)
    rows = list_first(statement.order_by(Institution.sort_key, Institution.id))
    leads = list_leads(actor, [one.id for one in rows])
    header = [
        _("Institution"), _("Kind"), _("Area"), _("Leads"), _("Ask"), _("Status"), _("On"), _("Evidence"),
    ]  # fmt: skip
    text = table(header, (_cells(one, filters.ask, standings, leads) for one in rows))
    record_export(actor, ExportKind.SHARED, len(rows), what="institutions")
    audit.record(actor, "institutions.exported", "institution", rows=len(rows))
    db.session.commit()
    return download(text, f"institutions-{today().isoformat()}.csv")


@blueprint.get("/asks/<uuid:ask_id>/institutions")
@requires(Permission.TARGETS_VIEW)
def ask_institutions(ask_id: UUID) -> Response:
    """The list of the bodies that an ask concerns."""
    if ask_id not in {one.id for one in list_asks(_campaign(current_actor()))}:
        raise NotFound
    return redirect(url_for(".institutions", ask=ask_id))


@blueprint.get("/institutions/<uuid:institution_id>")
@requires(Permission.TARGETS_VIEW)
def institution(institution_id: UUID) -> str:
    """One public body over all partners: how asks stand there, requests, approaches, promises, contacts."""
    actor = current_actor()
    found = get_institution(institution_id)
    standings = {
        ask_id: one
        for (body, ask_id), one in list_standings(actor, institution_id=institution_id).items()
        if body == institution_id
    }
    asks = list_open_asks(actor.campaign_id)
    asked = [one for one in asks if concerns(one, found) or one.id in standings]
    allocation = get_allocation(actor, institution_id=institution_id)
    follow_ups = list_subject_follow_ups(actor, institution_id=institution_id)
    approaches = queries.list_approaches(actor, institution_id=institution_id)
    commitments = list_commitments(actor, institution_id=institution_id)
    return render_template(
        "lobbying/institution.html",
        institution=found,
        next_step=queries.find_next_step(follow_ups, approaches, commitments, today()),
        follow_ups=follow_ups,
        asked=[(one, standings.get(one.id, NOTHING)) for one in asked],
        others=[one for one in asks if one not in asked],
        allocation=allocation,
        allocation_form=allocation_form(
            actor, allocation, url_for(".institution", institution_id=institution_id)
        ),
        requests=list_requests(actor, institution_id),
        approaches=approaches,
        commitments=commitments,
        timeline=queries.list_timeline(actor, institution_id=institution_id),
        holders=list_office_holders(found),
        today=today(),
        form=PlainForm(),
        may_log=actor.can(Permission.ENGAGEMENTS_LOG),
        may_edit=actor.can(Permission.COMMITMENTS_EDIT),
        logged=contact_done_now(actor, "logged"),
        withdrawn=contact_done_now(actor, "withdrawn"),
        kept=request.args.get("kept", ""),
        done_now=as_id(request.args.get("done_now")),
    )


@blueprint.route("/institutions/<uuid:institution_id>/statuses/new", methods=["GET", "POST"])
@requires(Permission.COMMITMENTS_EDIT)
def new_status(institution_id: UUID) -> str | Response | tuple[str, int]:
    """Say how an ask stands with a body; ``?ask=`` and ``?request=`` fill what is known."""
    actor = current_actor()
    found = get_institution(institution_id)
    form = StatusForm()
    asks = [one for one in list_open_asks(actor.campaign_id) if concerns(one, found)]
    form.ask_id.choices = [
        ("", _("Choose the ask")),
        *((str(one.id), f"{one.code} · {one.wording}") for one in asks),
    ]
    if not form.is_submitted():
        form.held_on.data = today()
        form.ask_id.data = request.args.get("ask", "")
        form.request_id.data = request.args.get("request", "")
    shown_by = as_id(form.request_id.data)
    evidence = get_request(actor, shown_by) if shown_by else None
    cautions: Any = ()
    if form.validate_on_submit():
        try:
            claim_status(actor, institution_id, form.draft(), confirmed=form.confirmed())
            db.session.commit()
        except NeedsConfirmation as question:
            cautions = question.cautions
        except Invalid as invalid:
            form.show(invalid.details)
        else:
            flash(_("Kept. All partners can see how the ask stands here."), "success")
            return redirect(url_for(".institution", institution_id=institution_id, _anchor="asks"), 303)
    shown = render_template(
        "lobbying/institution_status.html",
        form=form,
        institution=found,
        evidence=evidence,
        cautions=cautions,
        confirmed=form.confirmed(),
        today=today(),
    )
    return (shown, 422) if form.errors or cautions else shown


def _segments(counts: Counter[str]) -> list[tuple[Any, int, str]]:
    """The bar's parts; what is superseded is rare, and shares its grey with what is open."""
    return [
        (STATUSES[one], counts[one], STATUS_TONES[one])
        for one in STATUSES
        if counts[one] or one != Status.SUPERSEDED
    ]


def _filters(actor: Actor) -> tuple[InstitutionFilter, InstitutionFilters]:
    form = InstitutionFilter(request.args)
    asks = list_open_asks(actor.campaign_id)
    form.offer(asks, list_campaign_organisations(actor.campaign_id), list_places())
    ask_id = as_id(form.ask.data)
    return form, InstitutionFilters(
        text=(form.q.data or "").strip()[:LONGEST_SEARCH],
        kind=form.kind.data,
        place=form.place.data,
        lead=form.lead.data,
        ask=next((one for one in asks if one.id == ask_id), None),
        status=form.status.data,
    )


def _cells(
    one: Institution, ask: Ask | None, standings: Any, leads: dict[UUID, tuple[UUID, str]]
) -> list[str]:
    said = standings.get((one.id, ask.id), NOTHING) if ask else NOTHING
    newest = said.claims[0] if said.claims else None
    return [
        one.name,
        str(INSTITUTION_KINDS[one.kind]),  # type: ignore[index]
        one.area.name if one.area else "",
        leads[one.id][1] if one.id in leads else "",
        ask.code if ask else "",
        str(STATUSES[said.status]) if ask else "",  # type: ignore[index]
        newest.held_on.isoformat() if newest else "",
        (newest.words or newest.url or "") if newest else "",
    ]


def _campaign(actor: Actor) -> UUID:
    if actor.campaign_id is None:
        raise NotFound
    return actor.campaign_id
