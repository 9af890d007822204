"""Days that are held, and budgets that are full: refused or told before anything else is asked."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from organising.lobbying.models import Approach
from organising.platform.clock import today
from tests.support.days import dated
from tests.support.lobbying import approach_form, count_approaches
from tests.unit.lobbying.approaches import reserve


def test_a_clash_names_the_holder_and_offers_joining_and_free_days(world, members, neu, praxis):
    reserve(world, praxis, members["Ada"], purpose="Show her the drop-in centre")
    browser, data = world.browser(neu), approach_form(members["Ada"])
    answer = browser.post("/approaches/new", data=data)
    assert answer.status_code == 409
    for words in (
        "Praxis holds them",
        praxis.display_name,
        "Show her the drop-in centre",
        "Assigned",
        "Ask to join",
        "Ask for a written question on the exemption",
    ):
        assert words in answer.text
    assert count_approaches(world) == 1
    free = today() + timedelta(days=14)
    offered = f"{free.isoformat()}/{(free + timedelta(days=9)).isoformat()}"
    assert f'value="{offered}"' in answer.text
    assert browser.post("/approaches/new", data=data | {"free": offered}).status_code == 303
    assert count_approaches(world) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": "call"},
        {
            "starts_on": timedelta(days=14),
            "ends_on": timedelta(days=20),
        },
    ],
)
def test_another_channel_or_other_days_are_free(world, members, neu, praxis, changes):
    reserve(world, praxis, members["Ada"])
    assert (
        world.browser(neu)
        .post("/approaches/new", data=approach_form(members["Ada"], **dated(changes)))
        .status_code
        == 303
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"starts_on": "2026-11-31"}, "There is no such day."),
        ({"starts_on": timedelta(days=-1)}, "This day is past."),
        ({"ends_on": timedelta(days=-1)}, "The last day comes before the first."),
        ({"ends_on": timedelta(days=92)}, "at most 92 days"),
        ({"purpose": "  "}, "Say in one line what it is for"),
        ({"purpose": "x" * 281}, "Use at most 280 characters."),
        ({"channel": "pigeon"}, "Choose how you will approach them."),
        ({"due_on": ""}, "Say by when the next step is due."),
        ({"purpose": "Ring 020 7946 0000"}, "every partner can read it"),
        ({"owner_user_id": str(uuid4())}, "Choose someone of your organisation"),
        ({"ask_ids": str(uuid4())}, "Choose one of the campaign’s asks."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(world, members, neu, changes, reason):
    answer = world.browser(neu).post(
        "/approaches/new", data=approach_form(members["Ada"], note="Kept words") | dated(changes)
    )
    assert answer.status_code == 422
    assert reason in answer.text
    assert "Kept words" in answer.text
    assert count_approaches(world) == 0


def test_a_clash_is_told_before_a_reason_for_the_budget_is_asked(world, members, neu, praxis):
    reserve(world, praxis, members["Ada"], channel="visit")
    reserve(
        world, praxis, members["Ada"], purpose="Show her the drop-in centre", pressure_reason="Her only day"
    )
    browser, data = world.browser(neu), approach_form(members["Ada"])
    answer = browser.post("/approaches/new", data=data)
    assert answer.status_code == 409
    assert "Praxis holds them" in answer.text
    assert 'name="pressure_reason"' not in answer.text
    free = today() + timedelta(days=14)
    moved = data | {"free": f"{free.isoformat()}/{(free + timedelta(days=9)).isoformat()}"}
    asked = browser.post("/approaches/new", data=moved)
    assert asked.status_code == 422
    assert "Partners together already come to 2 visits" in asked.text


def test_a_change_to_held_days_is_refused_before_a_reason_is_asked(world, members, neu, praxis):
    reserve(world, praxis, members["Ada"], channel="visit")
    reserve(world, praxis, members["Ada"], pressure_reason="Her only day")
    browser = world.browser(neu)
    place = browser.post(
        "/approaches/new", data=approach_form(members["Ada"], channel="letter")
    ).location.partition("?")[0]
    answer = browser.post(f"{place}/edit", data=approach_form(members["Ada"], version="1"))
    assert answer.status_code == 409
    assert "Praxis holds them" in answer.text
    assert 'name="pressure_reason"' not in answer.text


def test_the_form_says_early_that_the_days_are_held_and_begins_with_free_ones(world, members, neu, praxis):
    browser, address = world.browser(neu), f"/approaches/new?person={members['Ada']}"
    assert f'value="{today().isoformat()}"' in browser.get(address).text
    held = reserve(world, praxis, members["Ada"])
    with world.context("praxis", praxis) as session:
        free = session.get(Approach, held).ends_on + timedelta(days=1)
    page = browser.get(address).text
    before, form = page.split('id="approach-form"')
    assert "The same way on the same days would be refused." in before
    assert "The next days that nobody holds are filled in below:" in before
    for name, day in (("starts_on", free), ("ends_on", free + timedelta(days=13))):
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', form)[0]
        assert f'value="{day.isoformat()}"' in field
    # A letter is another way: its days are free.
    letter = browser.get(f"{address}&channel=letter").text
    assert "are filled in below" not in letter
    assert f'value="{today().isoformat()}"' in letter


def test_over_the_budget_one_says_why_and_partners_read_it(world, members, neu, praxis):
    reserve(world, praxis, members["Ada"], channel="visit")
    reserve(world, praxis, members["Ada"], channel="event", pressure_reason="Only day of the conference")
    browser = world.browser(neu)
    answer = browser.post("/approaches/new", data=approach_form(members["Ada"]))
    assert answer.status_code == 422
    assert "Partners together already come to 2 visits" in answer.text
    answer = browser.post(
        "/approaches/new", data=approach_form(members["Ada"], pressure_reason="She asked for it")
    )
    assert answer.status_code == 303
    assert "She asked for it" in world.browser(praxis).get(answer.location).text
    # A letter is another means.
    assert (
        browser.post("/approaches/new", data=approach_form(members["Ada"], channel="letter")).status_code
        == 303
    )


def test_the_coordinator_sets_the_budget_and_nobody_else(world, members, neu):
    coordinator = world.browser(world.user("liberty", "coordinator"))
    assert world.browser(neu).get("/approaches/budget").status_code == 403
    assert (
        coordinator.post("/approaches/budget", data={"mails": "1", "calls": "x", "visits": "0"}).status_code
        == 422
    )
    assert (
        coordinator.post("/approaches/budget", data={"mails": "1", "calls": "1", "visits": "0"}).status_code
        == 303
    )
    page = world.browser(neu).get(f"/approaches/new?person={members['Ada']}").text
    assert "<b>0</b> of 1" in page
    assert world.browser(neu).post("/approaches/new", data=approach_form(members["Ada"])).status_code == 422
