"""Making feeds, giving one another address, closing it, and reading it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from organising.accounts.queries import load_signed_in
from organising.organisations.queries import list_units_in_reach
from organising.platform import audit
from organising.platform.access import actor_of
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Forbidden, Invalid, NotFound
from organising.platform.permissions import Permission

from .ical import Entry, digest_of
from .models import CalendarFeed, FeedKind, hash_of
from .queries.feeds import Opened, get_feed, list_told, name_of
from .words import entries_of

TOKEN_BYTES = 32
MOST_FEEDS = 20
LONGEST_LABEL = 60


class TooManyFeeds(Conflict):
    """This person has as many open feeds as anyone needs."""

    code = "too_many_feeds"


@dataclass(frozen=True)
class Issue:
    """What a feed gives now, and since when it is that."""

    name: str
    entries: tuple[Entry, ...]
    digest: str
    changed_at: datetime


def make_feed(
    actor: Actor, kind: str, label: str, unit_id: UUID | None = None, *, at: datetime | None = None
) -> tuple[CalendarFeed, str]:
    """A new feed and its secret, which is told this once and kept nowhere. Raises ``Invalid``, ``TooManyFeeds``."""
    actor.check(Permission.ACTIONS_VIEW)
    _check(actor, kind, label.strip(), unit_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed(
        id=new_id(),
        campaign_id=actor.campaign_id,
        user_id=actor.user_id,
        author_label=actor.author_label,
        kind=kind,
        unit_id=unit_id,
        token_hash=hash_of(token),
        created_at=at or now(),
    )
    feed.label = label.strip()
    db.session.add(feed)
    db.session.flush()
    audit.record(actor, "calendar_feed.made", "calendar_feed", feed.id, kind=kind)
    return feed, token


def renew_feed(actor: Actor, feed_id: UUID, *, at: datetime | None = None) -> tuple[CalendarFeed, str]:
    """Another secret for one's own feed; the one before opens nothing from now on.

    Nobody gets a secret to what another person may see. Raises ``NotFound``, ``Forbidden``.
    """
    feed = _own(actor, feed_id)
    if feed.revoked_at is not None:
        _check_number(actor)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed.renew(token, at or now())
    db.session.flush()
    audit.record(actor, "calendar_feed.renewed", "calendar_feed", feed.id, kind=feed.kind)
    return feed, token


def revoke_feed(actor: Actor, feed_id: UUID, *, at: datetime | None = None) -> CalendarFeed:
    """Close one's own feed, or a colleague's where one is in charge of colleagues. Closing twice is no error."""
    feed = get_feed(actor, feed_id)
    if feed.revoke(at or now()):
        audit.record(actor, "calendar_feed.revoked", "calendar_feed", feed.id, kind=feed.kind)
    return feed


def remove_feed(actor: Actor, feed_id: UUID) -> None:
    """Take a closed feed of one's own off the list."""
    feed = _own(actor, feed_id)
    if feed.revoked_at is None:
        raise Conflict("Close this feed first.")
    db.session.delete(feed)


def find_reader(opened: Opened, at: datetime | None = None) -> Actor | None:
    """Whose feed it is as the actor they are today; ``None`` where they may open no page of the organisation any more."""
    person = load_signed_in(opened.user_id, opened.session_epoch)
    memberships = person.memberships if person else ()
    current = next((one for one in memberships if one.organisation_id == opened.organisation_id), None)
    if person is None or current is None:
        return None
    due = current.second_factor_due
    if due is not None and due <= (at or now()) and not person.has_second_factor:
        return None
    actor = actor_of(person, current)
    return actor if actor.can(Permission.ACTIONS_VIEW) else None


def read_feed(actor: Actor, feed_id: UUID, *, at: datetime | None = None) -> Issue:
    """What the feed gives now; notes that it was fetched. Raises ``NotFound`` where the campaign is not theirs now."""
    moment = at or now()
    feed = _own(actor, feed_id)
    if feed.campaign_id != actor.campaign_id:
        raise NotFound
    entries = entries_of(list_told(actor, feed, moment), is_own=feed.kind != FeedKind.CAMPAIGN)
    name = name_of(feed, actor)
    digest = digest_of(name, entries)
    feed.give(digest, moment)
    assert feed.changed_at is not None
    return Issue(name, entries, digest, feed.changed_at)


def _own(actor: Actor, feed_id: UUID) -> CalendarFeed:
    feed = get_feed(actor, feed_id)
    if feed.user_id != actor.user_id:
        raise Forbidden(
            "This feed shows what a colleague may see. You can close it, and only they can renew it."
        )
    return feed


def _check(actor: Actor, kind: str, label: str, unit_id: UUID | None) -> None:
    if actor.campaign_id is None:
        raise Invalid("Your organisation takes part in no campaign.")
    if kind not in set(FeedKind):
        raise Invalid("There is no such kind of feed.", scope="Choose one of these.")
    if not 1 <= len(label) <= LONGEST_LABEL:
        raise Invalid(
            "The name is missing or too long.", label=f"Give a name of at most {LONGEST_LABEL} characters."
        )
    if (kind == FeedKind.UNIT) != (unit_id is not None) or (
        unit_id is not None and unit_id not in {one.unit.id for one in list_units_in_reach(actor)}
    ):
        raise Invalid("That is not one of your units.", scope="Choose one of your units.")
    _check_number(actor)


def _check_number(actor: Actor) -> None:
    mine = select(func.count(CalendarFeed.id)).where(
        CalendarFeed.user_id == actor.user_id, CalendarFeed.revoked_at.is_(None)
    )
    if (db.session.scalar(mine) or 0) >= MOST_FEEDS:
        raise TooManyFeeds(f"You have {MOST_FEEDS} open feeds. Close one that you no longer use first.")
