"""Reading feeds: whose an address is, what stands in it, and which there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, false, select, text, true

from organising.actions.models import ActionAsk, ActionDetail, BranchAction
from organising.actions.queries import visible
from organising.calendars.models import CalendarFeed, FeedKind, hash_of
from organising.organisations.models import Ask, Campaign, Organisation, Unit
from organising.organisations.queries import list_subtree_ids, within_reach
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.many import among
from organising.platform.permissions import Permission

# A calendar shows what is ahead and what was lately; older actions stay in the list of actions.
LOOKS_BACK = timedelta(days=180)
MOST_ENTRIES = 5_000
_NAMES = (
    "id", "organisation_id", "version", "changed_at", "starts_at", "ends_at", "all_day", "kind", "state", "title",
    "summary", "unit_label", "area", "place",
)  # fmt: skip
_COLUMNS = (
    *(getattr(BranchAction, name) for name in _NAMES),
    Organisation.name.label("organisation_name"),
)

_OPEN = text("SELECT organisation_id, id, user_id, session_epoch FROM app.find_calendar_feed(:secret)")


@dataclass(frozen=True)
class Opened:
    """A feed whose secret somebody knew, and whose it is."""

    organisation_id: UUID
    feed_id: UUID
    user_id: UUID
    session_epoch: int


@dataclass(frozen=True)
class FeedRow:
    """A feed as its page lists it."""

    feed: CalendarFeed
    unit_name: str | None
    is_mine: bool


@dataclass(frozen=True)
class Told:
    """An action with what this reader's calendar may say of it: ``detail`` is for those who may read it.

    ``action`` is the headline as plain values: to load 5,000 rows that nobody changes takes longer than all the rest.
    """

    action: Any
    asks: tuple[str, ...]
    detail: ActionDetail | None

    @property
    def venue(self) -> str | None:
        """The exact place, for those who may know it."""
        return self.detail.venue if self.detail else None


def find_open_feed(token: str) -> Opened | None:
    """The feed that this secret opens, or ``None`` for one that never was or opens nothing any more."""
    row = db.session.execute(_OPEN, {"secret": hash_of(token)}).one_or_none()
    return Opened(*tuple(row)) if row else None


def get_feed(actor: Actor, feed_id: UUID) -> CalendarFeed:
    """One's own feed, or for those in charge of colleagues any of the organisation's. Raises NotFound."""
    feed = db.session.scalars(_listed(actor).where(CalendarFeed.id == feed_id)).one_or_none()
    if feed is None:
        raise NotFound
    return feed


def list_feeds(actor: Actor) -> list[FeedRow]:
    """The feeds that the actor may see, their own first, those that open nothing any more last."""
    mine = CalendarFeed.user_id == actor.user_id
    found = db.session.execute(
        _listed(actor)
        .add_columns(Unit.name)
        .outerjoin(Unit, Unit.id == CalendarFeed.unit_id)
        .order_by(
            case((CalendarFeed.revoked_at.is_(None), 0), else_=1),
            case((mine, 0), else_=1),
            CalendarFeed.created_at.desc(),
            CalendarFeed.id,
        )
    )
    return [FeedRow(feed, unit, feed.user_id == actor.user_id) for feed, unit in found]


def _listed(actor: Actor) -> Select[CalendarFeed]:
    everyone = true() if actor.can(Permission.MEMBERS_MANAGE) else CalendarFeed.user_id == actor.user_id
    return select(CalendarFeed).where(everyone)


def name_of(feed: CalendarFeed, actor: Actor) -> str:
    """What a calendar calls the feed."""
    if feed.kind == FeedKind.UNIT:
        return db.session.scalar(select(Unit.name).where(Unit.id == feed.unit_id)) or actor.organisation_name
    if feed.kind == FeedKind.ORGANISATION:
        return actor.organisation_name
    return (
        db.session.scalar(select(Campaign.name).where(Campaign.id == feed.campaign_id))
        or actor.organisation_name
    )


def list_told(actor: Actor, feed: CalendarFeed, at: datetime) -> list[Told]:
    """What stands in a feed, by time: shared headlines, and of the own organisation's what the actor may read.

    The same few statements, however many actions. No draft that was never shared is among them, not even one's own.
    """
    newest = (
        _headlines(actor)
        .where(
            BranchAction.campaign_id == feed.campaign_id,
            BranchAction.ends_at > at - LOOKS_BACK,
            _scope(feed),
        )
        .order_by(BranchAction.starts_at.desc(), BranchAction.id)
        .limit(MOST_ENTRIES)
    )
    return _tell(actor, db.session.execute(newest).all()[::-1], private=feed.kind != FeedKind.CAMPAIGN)


def get_told(actor: Actor, action_id: UUID) -> Told:
    """One shared action, with the details that its page shows. Raises NotFound."""
    actions = db.session.execute(_headlines(actor).where(BranchAction.id == action_id)).all()
    if not actions:
        raise NotFound
    return _tell(actor, actions, private=True)[0]


def _headlines(actor: Actor) -> Select[Any]:
    shared = visible(actor).where(BranchAction.shared_at.is_not(None))
    return shared.join(Organisation, Organisation.id == BranchAction.organisation_id).with_only_columns(
        *_COLUMNS
    )


def _tell(actor: Actor, actions: Sequence[Any], *, private: bool) -> list[Told]:
    """Each action with its asks and, where ``private`` and the actor may read them, its details."""
    ids = [action.id for action in actions]
    asks: dict[UUID, list[str]] = {}
    for action_id, code in db.session.execute(
        select(ActionAsk.action_id, Ask.code)
        .join(Ask, Ask.id == ActionAsk.ask_id)
        .where(among(ActionAsk.action_id, ids))
        .order_by(Ask.place)
    ):
        asks.setdefault(action_id, []).append(code)
    own = {}
    if private:
        readable = select(ActionDetail).where(among(ActionDetail.action_id, ids), _reads(actor))
        own = {detail.action_id: detail for detail in db.session.scalars(readable)}
    return [Told(one, tuple(asks.get(one.id, ())), own.get(one.id)) for one in actions]


def _reads(actor: Actor) -> ColumnElement[bool]:
    """Whose details the actor may read: those that an action's page shows them."""
    if actor.can(Permission.NOTES_VIEW) or actor.can(Permission.NOTES_VIEW_OWN_UNIT):
        return within_reach(actor, ActionDetail.unit_id)
    return false()


def _scope(feed: CalendarFeed) -> ColumnElement[bool]:
    if feed.kind == FeedKind.CAMPAIGN:
        return true()
    own = BranchAction.organisation_id == feed.organisation_id
    if feed.kind == FeedKind.ORGANISATION:
        return own
    assert feed.unit_id is not None
    units = among(ActionDetail.unit_id, list_subtree_ids(feed.unit_id))
    return own & BranchAction.id.in_(select(ActionDetail.action_id).where(units))
