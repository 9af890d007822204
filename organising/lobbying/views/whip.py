"""The whip count: every ask in one look, and one ask by party, region, seat and person."""

from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _

from organising.lobbying import queries
from organising.lobbying.forms import WhipFilter
from organising.lobbying.queries import Member, WhipBoard
from organising.lobbying.views.blueprint import blueprint
from organising.lobbying.words import BASES, CONFIDENCE, STATES, TARGET_KINDS
from organising.organisations.models import Ask
from organising.organisations.queries import list_open_asks
from organising.platform import audit
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db, get_or_404
from organising.platform.errors import NotFound
from organising.platform.pagination import page
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import download, table
from organising.representatives.models import OfficeKind, Person
from organising.representatives.queries import list_seats
from organising.safeguards.services import record_export
from organising.safeguards.terms import ExportKind

PAGE = 20


@blueprint.get("/whip")
@requires(Permission.TARGETS_VIEW)
def whip() -> str:
    """Where the campaign stands on every open ask, and what waits to be settled."""
    actor = current_actor()
    form = _filter()
    survey = queries.survey_whip(actor, list_open_asks(actor.campaign_id), kind=form.kind.data)
    return render_template(
        "lobbying/whip.html",
        form=form,
        survey=survey,
        disputes=queries.list_open_disputes(actor, survey.disputes),
        people=TARGET_KINDS[form.kind.data],
        may_claim=actor.can(Permission.POSITIONS_CLAIM),
    )


@blueprint.get("/whip/<uuid:ask_id>")
@requires(Permission.TARGETS_VIEW)
def whip_ask(ask_id: UUID) -> str:
    """One ask: by party, by region, on the map, who changed this week, and the people in a chosen cell."""
    actor = current_actor()
    form, board = _board(ask_id)
    chosen = board.within(**form.cell)
    found = page(
        queries.select_people([one.person_id for one in chosen]),
        order_by=[Person.sort_key, Person.id],
        cursor=request.args.get("cursor"),
        size=PAGE,
    )
    members = {one.person_id: one for one in board.members}
    return render_template(
        "lobbying/whip_ask.html",
        form=form,
        board=board,
        count=board.count,
        shown=[members[one.id] for one in found.items],
        number=len(chosen),
        page=found,
        people=TARGET_KINDS[form.kind.data],
        seats=list_seats(on=board.on) if board.kind == OfficeKind.MP else [],
        members=members,
        today=board.on,
        may_claim=actor.can(Permission.POSITIONS_CLAIM),
    )


@blueprint.get("/whip/<uuid:ask_id>.csv")
@requires(Permission.TARGETS_VIEW)
def whip_csv(ask_id: UUID) -> Response:
    """The people of the chosen cell, each with the evidence that decides their position."""
    form, board = _board(ask_id)
    rows = board.within(**form.cell)
    text = _csv(board, rows)
    record_export(current_actor(), ExportKind.SHARED, len(rows), what="whip count")
    audit.record(current_actor(), "whip.exported", "ask", ask_id, rows=len(rows))
    db.session.commit()
    return download(text, f"whip-count-{board.ask.code}-{today().isoformat()}.csv")


def _filter() -> WhipFilter:
    form = WhipFilter(request.args)
    form.offer_kinds(queries.list_kinds())
    return form


def _board(ask_id: UUID) -> tuple[WhipFilter, WhipBoard]:
    actor = current_actor()
    ask: Ask = get_or_404(Ask, ask_id)
    if ask.campaign_id != actor.campaign_id:
        raise NotFound
    form = _filter()
    board = queries.get_board(actor, ask, kind=form.kind.data)
    form.offer_groups(board.by_party(), board.by_region())
    return form, board


def _csv(board: WhipBoard, rows: list[Member]) -> str:
    header = [
        _("Representative"), _("Constituency"), _("Region"), _("Party"), _("Ask"), _("Position"),
        _("A week ago"), _("What it rests on"), _("How sure"), _("Date of the evidence"), _("Partner"),
        _("Ageing"), _("Carried over"), _("Settled because"),
    ]  # fmt: skip
    return table(header, (_cells(board, one) for one in rows))


def _cells(board: WhipBoard, one: Member) -> list[str]:
    newest, settled = one.current.newest, one.current.settlement
    words = {str(key): str(word) for key, word in [*BASES.items(), *CONFIDENCE.items()]}
    return [
        one.name, one.area_name or "", one.region or "", one.party_name or "", board.ask.code,
        str(STATES[one.current.state]), str(STATES[one.before.state]),
        words[newest.basis] if newest else "", words[newest.confidence] if newest else "",
        newest.held_on.isoformat() if newest else "", newest.organisation_name if newest else "",
        _("yes") if one.current.is_ageing(board.on) else "", _("yes") if one.current.carried_over else "",
        settled.reason if settled else "",
    ]  # fmt: skip
