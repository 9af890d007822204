"""Calendar feeds: what an action costs in the longest feed beside a tenth of it."""

import re
from datetime import timedelta

from flask import Flask

from bench.measure import Result, rate
from organising.actions.models import BranchAction
from organising.calendars.queries.feeds import MOST_ENTRIES
from organising.platform.clock import now
from organising.platform.db import new_id
from tests.support.world import World

FEW = MOST_ENTRIES // 10
SUMMARY = "What is planned that day, in words that are long enough to go on in the next line of a calendar."


def compare_feeds(small: Flask, full: Flask) -> list[Result]:
    """Actions a second of a feed that was fetched before: what was written of an action is kept until it changes."""
    at_full, at_small = _fetched(full, MOST_ENTRIES), _fetched(small, FEW)
    return [
        Result(f"fetching a feed of {MOST_ENTRIES:,} actions", f"a feed of {FEW}", at_full, at_small),
    ]


def _fetched(app: Flask, number: int) -> float:
    world = World(app)
    organiser = world.user("neu", "organiser")
    with world.context("neu", organiser) as session:
        session.add_all(_action(world, index) for index in range(number))
        session.commit()
    page = world.browser(organiser).post(
        "/calendar/feeds", data={"scope": "organisation", "label": "Measured"}
    )
    found = re.search(r"/calendar/feeds/[\w-]{43}\.ics", page.text)
    assert found is not None
    client = app.test_client(use_cookies=False)

    def fetch() -> None:
        answer = client.get(found.group())
        assert answer.data.count(b"BEGIN:VEVENT") == number

    fetch()
    return number * rate(fetch, 2)


def _action(world: World, index: int) -> BranchAction:
    starts_at = now() + timedelta(minutes=30 * index)
    return BranchAction(
        id=new_id(), campaign_id=world.campaign, author_label="Measured", unit_label="Alderwick", kind="stall", version=1,
        state="approved", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), all_day=False, shared_at=now(),
        title=f"Stall {index} outside the library", area="Alderwick", place="Library", summary=SUMMARY,
    )  # fmt: skip
