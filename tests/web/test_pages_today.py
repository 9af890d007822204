"""The first page of the day: what it counts, what it shows of that, and where the rest is."""

import re
from datetime import timedelta

from organising.lobbying import services
from organising.lobbying.models import NoticeKind
from organising.lobbying.services.notices import tell_partner
from organising.platform.clock import today
from organising.platform.db import db
from tests.unit.lobbying.promise_seeds import add
from tests.unit.lobbying.seeds import follow_up


def part(page: str, title: str) -> str:
    """The section under this heading."""
    return page.partition(f"<h2>{title}</h2>")[2].partition("</section>")[0]


def test_it_counts_all_that_waits_shows_a_few_and_leads_to_the_rest(world, browser, organiser, members):
    for number in range(6):
        add(world, organiser, members["Ada"], words=f"Promise {number}")
    with world.context("neu", organiser):
        for number in range(13):
            plan = follow_up(what=f"Task {number}", due_on=today() + timedelta(days=number % 3))
            services.add_follow_up(organiser, members["Ada"], plan)
        later = follow_up(what="Much later", due_on=today() + timedelta(days=30))
        services.add_follow_up(organiser, members["Ada"], later)
        db.session.commit()
    page = browser.get("/").text
    assert "19 things wait for you." in page

    promises = part(page, "Overdue promises")
    way, _, rows = promises.partition("<ul")
    assert "All 6 overdue promises" in way
    assert rows.count("<li>") == 4
    address = re.search(r'href="([^"]+)"', way)
    assert address
    listed = browser.get(address[1].replace("&amp;", "&")).text
    assert all(f"Promise {number}" in listed for number in range(6))

    follow_ups = part(page, "Follow-ups")
    assert follow_ups.count("<li>") == 10
    assert "3 more are due within a week." in follow_ups
    assert follow_ups.index("All follow-ups") < follow_ups.index("<ul")


def test_notices_beyond_the_first_count_and_those_that_say_the_same_are_one(world, browser, members):
    liberty = world.user("liberty", "organiser")
    with world.context("liberty", liberty):
        for words in (*(f"Handed over {number}" for number in range(24)), "Said again", "Said again"):
            tell_partner(
                liberty, world.organisation("neu"), NoticeKind.HANDED_OVER, words, person_id=members["Ada"]
            )
        db.session.commit()
    page = browser.get("/").text
    assert "25 things wait for you." in page
    assert "2 times" in page
