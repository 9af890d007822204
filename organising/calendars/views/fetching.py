"""What calendars fetch by themselves: no cookie is read or set, and what has not changed is not sent again."""

from datetime import datetime
from uuid import UUID

from flask import Response, request

from organising.calendars import services
from organising.calendars.ical import CONTENT_TYPE, write_calendar
from organising.calendars.queries.feeds import find_open_feed, get_told
from organising.calendars.words import entries_of
from organising.platform.access import Readers, cookieless, current_actor, own_context, public, requires
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.permissions import Permission
from organising.platform.tenancy import ANONYMOUS, Context, use_context

from .blueprint import blueprint


@blueprint.get("/feeds/<secret>.ics")
@public("whoever has the secret address reads it, as calendars do", readers=Readers.STAFF)
@own_context
@cookieless
def fetch(secret: str) -> Response:
    """One feed. A secret that opens nothing answers as an address that never was."""
    with use_context(ANONYMOUS):
        opened = find_open_feed(secret)
    reader = services.find_reader(opened) if opened else None
    if opened is None or reader is None:
        raise NotFound
    with use_context(Context(organisation_id=opened.organisation_id, user_id=opened.user_id)):
        issue = services.read_feed(reader, opened.feed_id)
        db.session.commit()
    fresh = conditional(Response(content_type=CONTENT_TYPE), issue.digest, issue.changed_at)
    if fresh.status_code == 200:
        fresh.set_data(write_calendar(issue.name, issue.entries))
    fresh.headers["Cache-Control"] = "private, no-cache"
    fresh.headers["Referrer-Policy"] = "no-referrer"
    fresh.headers["X-Robots-Tag"] = "noindex"
    return fresh


@blueprint.get("/actions/<uuid:action_id>.ics")
@requires(Permission.ACTIONS_VIEW)
def event(action_id: UUID) -> Response:
    """One action for one's own calendar, with the details that its page shows."""
    actor = current_actor()
    told = get_told(actor, action_id)
    entries = entries_of([told], is_own=told.action.organisation_id == actor.organisation_id)
    return download(write_calendar(told.action.title, entries), f"action-{str(action_id)[:8]}")


def download(content: bytes, name: str) -> Response:
    """A file that a calendar opens."""
    response = Response(content, content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def conditional(response: Response, digest: str, changed_at: datetime | None = None) -> Response:
    """Answer 304 with no body to whoever has this already."""
    response.set_etag(digest)
    if changed_at is not None:
        response.last_modified = changed_at
    response.date = now()
    response.make_conditional(request)
    return response
