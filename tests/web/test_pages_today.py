"""The first page of the day: what it counts, what it shows of that, and where the rest is."""

import re
from datetime import timedelta

from organising.lobbying import services
from organising.lobbying.models import NoticeKind
from organising.lobbying.services.notices import tell_partner
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Recess
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


def test_what_rests_over_a_recess_is_in_the_list_and_said(world, browser, organiser, members):
    add(world, organiser, members["Ada"], kind="host_event", words="Host us")
    add(world, organiser, members["Ada"], kind="vote", words="Vote for it")
    days = {"starts_on": today() - timedelta(days=3), "ends_on": today() + timedelta(days=9)}
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        session.add(Recess(chamber="commons", name="Recess", **days))
        session.commit()
    promises = part(browser.get("/").text, "Overdue promises")
    assert "Vote for it" not in promises
    assert "One of them waits for a chamber in recess." in promises
    assert "All 2 overdue promises" in promises
    address = re.search(r'href="([^"]+state=overdue[^"]*)"', promises)
    assert address
    listed = browser.get(address[1].replace("&amp;", "&")).text
    assert "Vote for it" in listed
    assert "Host us" in listed


def test_help_leads_nobody_to_a_page_that_is_not_theirs(world):
    for role in ("officer", "analyst", "organiser"):
        browser = world.browser(world.user("neu", role))
        steps = re.findall(r'<section class="help-step">.*?</section>', browser.get("/help").text, re.DOTALL)
        links = [link for step in steps for link in re.findall(r'href="([^"]+)"', step)]
        assert len(links) >= 3
        assert [link for link in links if browser.get(link).status_code == 403] == []
