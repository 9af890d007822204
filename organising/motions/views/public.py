"""The bodies that are named in public: the same page for whoever asks, in the reader's language, without a cookie."""

from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, request

from organising.motions.forms.public import PublicBodiesForm
from organising.motions.queries import named as queries
from organising.organisations.queries import find_campaign_shown
from organising.platform.access import cookieless, own_context, public
from organising.platform.errors import NotFound
from organising.platform.shades import shade_legend
from organising.platform.tenancy import ANONYMOUS, use_context
from organising.platform.web import compressed

from .blueprint import blueprint
from .carried import map_cells

ANYONE = "a body that its organisation and the coordinator name in public is named to everybody"


@blueprint.get("/carried")
@public(ANYONE)
@own_context
@cookieless
def carried() -> Response:
    """All that are named: how many of each kind, where on the map, and the list."""
    with use_context(ANONYMOUS):
        campaign = find_campaign_shown()
        if campaign is None:
            raise NotFound
        form = PublicBodiesForm(formdata=request.args)
        form.offer(queries.list_named_regions(campaign.id))
        filters = form.named()
        counts = queries.count_named_by_seat(campaign.id, filters)
        by_forum = queries.count_named_by_forum(campaign.id)
        found = queries.list_named(campaign.id, filters, request.args.get("cursor"))
        return _page(
            "motions/carried.html",
            campaign=campaign,
            form=form,
            is_filtered=filters != queries.Filters(),
            by_forum=by_forum,
            number=sum(by_forum.values()),
            counts=counts,
            cells=map_cells(counts) if counts else [],
            legend=shade_legend(),
            page=found,
            bodies=[queries.describe(row) for row in found.items],
        )


@blueprint.get("/carried/<uuid:motion_id>")
@public(ANYONE)
@own_context
@cookieless
def carried_by(motion_id: UUID) -> Response:
    """What one of them carried, where its organisation agreed that the text may be read."""
    with use_context(ANONYMOUS):
        body = queries.get_named(motion_id)
        return _page("motions/carried_by.html", campaign=find_campaign_shown(), body=body)


def _page(template: str, **values: Any) -> Response:
    """Kept for a short while by whoever stands between: what is named no more is gone soon after."""
    answer = make_response(render_template(template, get_flashed_messages=lambda **_: (), **values))
    answer.headers["Cache-Control"] = "public, max-age=60"
    return compressed(answer)
