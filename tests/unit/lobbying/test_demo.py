"""The demo's contact log, over the invented parliament."""

from sqlalchemy import func, select

from organising.lobbying import demo, queries
from organising.lobbying.models import Engagement, FollowUp, PositionClaim
from organising.organisations.models import Ask
from organising.platform.db import db
from organising.representatives.demo import seed_invented_parliament


def test_the_demo_is_the_same_each_time_and_seeded_once(world):
    actors = {slug: world.user(slug, "organiser") for slug in ("liberty", "neu", "praxis")}
    actors["officer"] = world.user("neu", "officer")
    actors["analyst"] = world.user("liberty", "analyst")
    with world.app.app_context():
        seed_invented_parliament()
        assert demo.seed(actors) == 4 * demo.EACH
        assert demo.seed(actors) == 0
    with world.context("neu", actors["neu"]):
        assert db.session.scalar(select(func.count(Engagement.id))) == 48
        assert db.session.scalar(select(func.count(FollowUp.id))) > 3
        assert db.session.scalar(select(func.count(PositionClaim.id))) > 80
        ask = db.session.scalars(select(Ask).where(Ask.code == "DP-1")).one()
        count = queries.count_whip(actors["neu"], ask)
        assert count.total == 650
        assert 0 < count.for_the_ask < 40
        assert sum(count.counts.values()) + count.disputed == 650
        assert queries.today_items(actors["neu"]).engagements
