"""The bodies that carried a motion, for members: list, map of constituencies, table, CSV and a picture to take away."""

from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import Select

from organising.motions.forms.carried import BodiesForm
from organising.motions.models import Motion
from organising.motions.queries import carried as queries
from organising.motions.queries.carried import Placed
from organising.motions.queries.texts import list_titles
from organising.motions.words import forum_words, state_words
from organising.organisations.queries import list_campaign_organisations
from organising.platform import audit
from organising.platform.access import current_actor, requires
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.pagination import MOST_EXPORTED, page
from organising.platform.permissions import Permission
from organising.platform.shades import shade, shade_legend
from organising.platform.spreadsheet import download, table
from organising.representatives.queries import SeatCount, list_regions, list_seats
from organising.safeguards.services import record_export
from organising.safeguards.terms import ExportKind

from .blueprint import blueprint
from .texts import campaign_asks

PER_PAGE = 50


@blueprint.get("/bodies")
@requires(Permission.MOTIONS_VIEW)
def bodies() -> str:
    """Where it was carried: by kind of body, constituency and region; filters are in the address."""
    actor, form = current_actor(), _form()
    filters = form.filters()
    found = queries.list_bodies(actor, filters)
    by_forum = queries.count_by_forum(found)
    counts = queries.count_by_seat(found)
    listed = page(
        found,
        order_by=[Motion.decided_on, Motion.id],
        cursor=request.args.get("cursor"),
        size=PER_PAGE,
        descending=True,
    )
    ids = [one.id for one in listed.items]
    return render_template(
        "motions/bodies.html",
        actor=actor,
        form=form,
        filters=filters,
        kept=form.kept(),
        page=listed,
        by_forum=by_forum,
        number=sum(by_forum.values()),
        placed=queries.count_placed(found),
        counts=counts,
        cells=map_cells(counts),
        legend=shade_legend(),
        places=queries.list_places(ids),
        worded=queries.list_worded(ids),
    )


@blueprint.get("/bodies.csv")
@requires(Permission.MOTIONS_VIEW)
def bodies_csv() -> Response:
    """The list as filtered. No person's name is in it."""
    actor = current_actor()
    found = queries.list_bodies(actor, _form().filters())
    rows = _latest(found)
    places = queries.list_places([one.id for one in rows])
    titles = list_titles({one.text_version_id for one in rows if one.text_version_id})
    text = table(
        [
            _("Body"), _("Kind of body"), _("Town or area"), _("Constituency"), _("Region"), _("Organisation"), _("State"),
            _("Decided"), _("Model text"),
        ],
        (_cells(one, places.get(one.id, Placed()), titles) for one in rows),
    )  # fmt: skip
    record_export(actor, ExportKind.SHARED, len(rows), what="bodies that carried")
    audit.record(actor, "motions.exported", "campaign", actor.campaign_id, rows=len(rows))
    db.session.commit()
    return download(text, f"bodies-that-carried-{today().isoformat()}.csv")


@blueprint.get("/bodies.svg")
@requires(Permission.MOTIONS_VIEW)
def bodies_svg() -> Response:
    """The map as a picture by itself."""
    counts = queries.count_by_seat(queries.list_bodies(current_actor(), _form().filters()))
    picture = render_template(
        "motions/map.svg",
        cells=map_cells(counts),
        legend=shade_legend(),
        title=_("Bodies that carried a motion, by constituency, %(day)s", day=today().isoformat()),
    )
    name = f"bodies-that-carried-{today().isoformat()}.svg"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(picture, content_type="image/svg+xml; charset=utf-8", headers=headers)


def map_cells(counts: list[SeatCount]) -> list[dict[str, Any]]:
    """The hexagons of all constituencies, shaded by how many bodies lie in each."""
    numbers = {one.area_id: one.number for one in counts}
    return [
        {
            "q": seat.q,
            "r": seat.r,
            "label": seat.name,
            "tone": shade(numbers.get(seat.area_id, 0)),
            "number": numbers.get(seat.area_id, 0),
        }
        for seat in list_seats(on=today())
    ]


def _form() -> BodiesForm:
    actor = current_actor()
    partners = list_campaign_organisations(actor.campaign_id)
    return BodiesForm.of(request.args, campaign_asks(actor), partners, list_regions())


def _latest(found: Select[Motion]) -> list[Motion]:
    ordered = found.order_by(Motion.decided_on.desc(), Motion.id.desc()).limit(MOST_EXPORTED)
    return list(db.session.scalars(ordered).unique())


def _cells(motion: Motion, placed: Placed, titles: dict[UUID, str]) -> tuple[object, ...]:
    model = titles.get(motion.text_version_id) if motion.text_version_id else None
    return (
        motion.body, forum_words(motion.forum), motion.area, "; ".join(placed.seats), "; ".join(placed.regions),
        motion.organisation.name, state_words(motion.state), motion.decided_on, model,
    )  # fmt: skip
