"""The public's calendar: the same for everybody, in the language that the address or the calendar asks for."""

from uuid import UUID

from flask import Response

from organising.calendars.events import public_entries
from organising.calendars.ical import CONTENT_TYPE, digest_of, write_calendar
from organising.calendars.queries.public import get_campaign, get_public, list_public
from organising.platform.access import cookieless, own_context, public
from organising.platform.clock import now
from organising.platform.tenancy import ANONYMOUS, use_context

from .blueprint import blueprint
from .fetching import conditional, download

ANYONE = "anyone may read what is approved for the public"


@blueprint.get("/public/<slug>.ics")
@public(ANYONE)
@own_context
@cookieless
def public_feed(slug: str) -> Response:
    """A campaign's approved public actions, for anybody's calendar."""
    with use_context(ANONYMOUS):
        campaign_id, name = get_campaign(slug)
        entries = public_entries(list_public(campaign_id, now()))
    response = conditional(Response(content_type=CONTENT_TYPE), digest_of(name, entries))
    if response.status_code == 200:
        response.set_data(write_calendar(name, entries))
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/public/actions/<uuid:action_id>.ics")
@public(ANYONE)
@own_context
@cookieless
def public_event(action_id: UUID) -> Response:
    """One of them, to take into one's own calendar."""
    with use_context(ANONYMOUS):
        entries = public_entries([get_public(action_id)])
    response = download(write_calendar(entries[0].summary, entries), f"action-{str(action_id)[:8]}")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
