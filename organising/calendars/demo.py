"""Where the demo's actions lie in the invented country, and a feed that somebody made."""

from zlib import crc32

from sqlalchemy import select

from organising.actions.models import ActionArea, BranchAction
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.queries import list_seats

from .models import CalendarFeed, FeedKind
from .services import make_feed

NOWHERE = ("Online", "The capital")


def place_actions(author: Actor) -> None:
    """Give each of the organisation's actions a constituency, the same for the same town. Adds, never commits."""
    seats = list_seats(on=today())
    placed = select(ActionArea.action_id)
    # Those with a postcode of their own say where their town is.
    known = dict(
        db.session.execute(
            select(BranchAction.area, ActionArea.area_id)
            .join(ActionArea, ActionArea.action_id == BranchAction.id)
            .where(ActionArea.area_id.in_([seat.area_id for seat in seats]))
        ).all()
    )
    actions = db.session.scalars(
        select(BranchAction).where(
            BranchAction.organisation_id == author.organisation_id, BranchAction.id.not_in(placed)
        )
    ).all()
    for action in actions:
        if not seats or action.area in NOWHERE:
            continue
        db.session.add(
            ActionArea(
                campaign_id=action.campaign_id,
                author_label=author.author_label,
                action_id=action.id,
                area_id=known.get(action.area) or seats[crc32(action.area.encode()) % len(seats)].area_id,
                is_chosen=True,
            )
        )


def follow(person: Actor) -> None:
    """A feed on this person's list. Nobody knows its address. Adds, never commits."""
    if db.session.scalar(select(CalendarFeed.id).limit(1)) is None:
        make_feed(person, FeedKind.CAMPAIGN, "Screen in the office")
