"""Where actions are: the map of constituencies, and what is near a postcode."""

from datetime import timedelta
from itertools import groupby
from uuid import UUID

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from organising.calendars.near import Nearness, rank_seats
from organising.calendars.queries.places import Near, count_by_seat, count_placed, list_nearest
from organising.platform.access import current_actor, requires
from organising.platform.clock import now, today
from organising.platform.permissions import Permission
from organising.platform.shades import shade, shade_legend
from organising.representatives.models import AreaKind
from organising.representatives.queries import list_seats
from organising.representatives.services import PostcodeAnswer, find_areas
from organising.representatives.views.postcodes import LONGEST_POSTCODE, explain

from .blueprint import blueprint
from .pages import filter_form, find_seat, view_tabs

AHEAD, BACK = timedelta(days=92), timedelta(days=365)
MOST_NEAR = 25


@blueprint.get("/map")
@requires(Permission.ACTIONS_VIEW)
def places() -> str:
    """How many actions each constituency has: of the next three months, or of the last twelve."""
    actor, form, moment = current_actor(), filter_form(), now()
    past = request.args.get("when") == "past"
    begins, ends = (moment - BACK, moment) if past else (moment, moment + AHEAD)
    filters = form.filters()
    counts = count_by_seat(actor, filters, begins, ends)
    number, placed = count_placed(actor, filters, begins, ends)
    seats = list_seats(on=today())
    by_seat = {one.area_id: one.number for one in counts}
    return render_template(
        "calendars/map.html",
        actor=actor,
        form=form,
        kept=form.kept(),
        tabs=view_tabs("map", today(), form.kept()),
        past=past,
        today=today(),
        year=BACK,
        seat=find_seat(form.kept()),
        counts=counts,
        number=number,
        placed=placed,
        cells=[(seat, by_seat.get(seat.area_id, 0), shade(by_seat.get(seat.area_id, 0))) for seat in seats],
        legend=shade_legend(),
    )  # fmt: skip


@blueprint.get("/near")
@requires(Permission.ACTIONS_VIEW)
def near() -> str:
    """What comes up near a postcode, nearest first."""
    actor, form = current_actor(), filter_form()
    typed = (request.args.get("postcode") or "").strip()[:LONGEST_POSTCODE]
    answer = find_areas(typed) if typed else None
    found: list[Near] = []
    if answer and answer.constituency:
        found = list_nearest(actor, form.filters(), _ranks(answer), now(), MOST_NEAR)
    return render_template(
        "calendars/near.html",
        actor=actor,
        form=form,
        kept=form.kept(),
        tabs=view_tabs("near", today(), form.kept()),
        typed=typed,
        answer=answer,
        explanation=explain(answer) if answer else None,
        groups=[(how_near(rank), list(group)) for rank, group in groupby(found, key=lambda one: one.rank)],
        most=MOST_NEAR,
        number=len(found),
        seat=find_seat(form.kept()),
    )


def _ranks(answer: PostcodeAnswer) -> dict[UUID, int]:
    assert answer.constituency is not None
    cells = {seat.area_id: (seat.q, seat.r) for seat in list_seats(on=today())}
    councils = [area.id for area in answer.other_areas if area.kind == AreaKind.LOCAL_AUTHORITY]
    return rank_seats(answer.constituency.id, cells, councils)


def how_near(rank: int) -> str:
    """A rank in words that claim no more than is known."""
    if rank == Nearness.HERE:
        return str(_("In your constituency"))
    if rank == Nearness.COUNCIL:
        return str(_("In your council’s area"))
    if rank == Nearness.NEXT:
        return str(_("Next to your constituency on the map"))
    between = rank - Nearness.NEXT
    return str(
        ngettext(
            "Further: %(num)d constituency between, on the map",
            "Further: %(num)d constituencies between, on the map",
            between,
        )
    )
