"""The list of one's feeds; each secret address is shown once, when it is made."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from organising.calendars import services
from organising.calendars.forms import FeedForm
from organising.calendars.models import CalendarFeed
from organising.calendars.queries.feeds import list_feeds
from organising.calendars.services import MOST_FEEDS
from organising.organisations.queries import find_campaign
from organising.platform.access import current_actor, requires
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.links import address_of_page
from organising.platform.permissions import Permission

from .blueprint import blueprint


@blueprint.get("/feeds")
@requires(Permission.ACTIONS_VIEW)
def feeds() -> str:
    """One's feeds, and for those in charge of colleagues everybody's; below, a new one."""
    return _page(_form())


@blueprint.post("/feeds")
@requires(Permission.ACTIONS_VIEW)
def make() -> str | tuple[str, int]:
    """A new feed. Its address stands on the answer and nowhere else."""
    actor, form = current_actor(), _form()
    if not form.validate():
        return _page(form), 422
    kind, unit_id = form.chosen()
    try:
        feed, secret = services.make_feed(actor, kind, form.label.data or "", unit_id)
    except (Invalid, services.TooManyFeeds) as refusal:
        db.session.rollback()
        form.label.errors = [*form.label.errors, *map(str, refusal.details.values() or [refusal.message])]
        return _page(form), 422
    return _shown(feed, secret)


@blueprint.post("/feeds/<uuid:feed_id>/renewal")
@requires(Permission.ACTIONS_VIEW)
def renew(feed_id: UUID) -> str:
    """Another address; the one before opens nothing any more."""
    return _shown(*services.renew_feed(current_actor(), feed_id))


@blueprint.post("/feeds/<uuid:feed_id>/closure")
@requires(Permission.ACTIONS_VIEW)
def close(feed_id: UUID) -> Response:
    """Its address opens nothing any more."""
    label = services.revoke_feed(current_actor(), feed_id).label
    db.session.commit()
    flash(_("“%(label)s” is closed: its address opens nothing any more.", label=label), "success")
    return redirect(url_for("calendars.feeds"), 303)  # type: ignore[return-value]


@blueprint.post("/feeds/<uuid:feed_id>/removal")
@requires(Permission.ACTIONS_VIEW)
def remove(feed_id: UUID) -> Response:
    """Take a closed one off the list."""
    services.remove_feed(current_actor(), feed_id)
    db.session.commit()
    return redirect(url_for("calendars.feeds"), 303)  # type: ignore[return-value]


def _form() -> FeedForm:
    form = FeedForm()
    campaign = find_campaign(current_actor())
    form.offer(current_actor(), campaign.name if campaign else "")
    return form


def _shown(feed: CalendarFeed, secret: str) -> str:
    label = feed.label or ""
    db.session.commit()
    address = address_of_page("calendars.fetch", secret=secret)
    form = _form()
    form.process(formdata=None)
    return _page(form, shown=(label, address, f"webcal:{address.partition(':')[2]}"))


def _page(form: FeedForm, shown: tuple[str, str, str] | None = None) -> str:
    actor = current_actor()
    rows = list_feeds(actor)
    return render_template(
        "calendars/feeds.html",
        actor=actor,
        form=form,
        shown=shown,
        mine=[row for row in rows if row.is_mine],
        others=[row for row in rows if not row.is_mine],
        most=MOST_FEEDS,
    )
