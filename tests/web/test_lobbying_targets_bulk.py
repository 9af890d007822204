"""Changing many targets at once: clashes said first, everyone told once, and the whole undone as one."""

import re

import pytest
from sqlalchemy import func, select

from organising.lobbying.models import Target, TargetSupporter
from organising.platform.audit import AuditEvent
from tests.web.test_lobbying_targets import (
    agree,
    browser,
    coordinator,
    force,
    lead,
    leads,
    notices,
    seen,
    ticked,
)

__all__ = ["browser", "coordinator", "force"]


# Changing many


def test_a_bulk_change_is_shown_first_then_done_and_everyone_told_once(world, browser, members):
    neu, praxis = (str(world.organisations[slug]) for slug in ("neu", "praxis"))
    fields = {
        "criteria": "", "scope": "all", "lead": neu, "supporters_do": "add", "supporters": [praxis],
        "priority": "A", "tactic": "persuade",
    }  # fmt: skip
    asked = browser.post("/targets/plans", data=fields)
    assert "Change 3 targets?" in asked.text
    assert leads(world) == {}
    done = browser.post("/targets/changes", data=fields | {"seen": seen(asked)})
    assert done.status_code == 303
    assert set(leads(world).values()) == {"NEU"}
    assert notices(world, "neu") == [("allocated", "You now lead on 3 targets.")]
    assert notices(world, "praxis") == [("allocated", "You now support the work on 3 targets.")]
    page = browser.get(done.location).text
    assert "3 targets changed" in page
    assert "Undo all of it" in page
    with world.context("liberty") as session:
        assert session.scalar(select(func.count(TargetSupporter.id))) == 3
        assert set(session.scalars(select(Target.priority))) == {"A"}
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "targets.allocated")).one()
        assert event.facts == {"targets": 3}


def test_all_that_match_are_those_of_the_filter_bodies_too(world, browser, members, force):
    assert 'name="criteria" value="kind="' in browser.get("/targets?kind=").text
    page = browser.post("/targets/plans", data={"criteria": "kind=", "scope": "all", "priority": "A"})
    assert "Change 4 targets?" in page.text


def test_clashes_are_said_before_anything_is_done(world, browser, members):
    lead(world, browser, members, "Ada", "praxis")
    neu = str(world.organisations["neu"])
    fields = {"target": ticked(members["Ada"], members["Cleo"], members["Dora"]), "scope": "ticked", "lead": neu,
              "supporters_do": "add", "supporters": [str(world.organisations["liberty"])]}  # fmt: skip
    page = browser.post("/targets/plans", data=fields).text
    assert "Another organisation leads on 1 of them" in page
    assert "1 of them holds no office now" in page
    assert "Change only the 2 that no other leads" in page
    done = browser.post("/targets/changes", data=fields | {"seen": re.search(r'name="seen" value="(\w+)"', page).group(1), "spare_led": "1"})  # fmt: skip
    assert done.status_code == 303
    assert leads(world) == {"Ada Wexcombe": "Praxis", "Cleo Wexford": "NEU", "Dora Quell": "NEU"}
    assert notices(world, "praxis") == [("allocated", "You now lead on Ada Wexcombe.")]


def test_a_live_approach_of_another_partner_is_said(world, browser, members):
    approacher = world.user("praxis")
    with world.context("praxis", approacher) as session:
        reserve(session, world, approacher, members["Ada"])
        session.commit()
    neu, praxis = (str(world.organisations[slug]) for slug in ("neu", "praxis"))
    fields = {"target": ticked(members["Ada"]), "scope": "ticked"}
    assert "live approach to 1 of them" in browser.post("/targets/plans", data=fields | {"lead": neu}).text
    assert "live approach" not in browser.post("/targets/plans", data=fields | {"lead": praxis}).text


def reserve(session, world, actor, person_id):
    from datetime import timedelta
    from uuid import uuid4

    from organising.lobbying.models import Approach
    from organising.platform.clock import now, today

    session.add(
        Approach(
            campaign_id=world.campaign, organisation_id=actor.organisation_id, author_label="x",
            person_id=person_id, channel="meeting", starts_on=today(), ends_on=today() + timedelta(days=5),
            due_on=today(), state="requested", purpose="To ask for a question", submission_key=uuid4(), changed_at=now(),
        )
    )  # fmt: skip


def test_a_supporter_that_leads_is_not_added(world, browser, members):
    lead(world, browser, members, "Ada", "neu")
    neu = str(world.organisations["neu"])
    fields = {"target": ticked(members["Ada"], members["Cleo"]), "scope": "ticked", "supporters_do": "add",
              "supporters": [neu]}  # fmt: skip
    assert "On 1 of them a supporter that you chose leads" in browser.post("/targets/plans", data=fields).text
    agree(browser, **fields)
    with world.context("liberty") as session:
        assert session.scalar(select(func.count(TargetSupporter.id))) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose what to change"),
        ({"lead": "nonsense"}, "Choose an organisation of the campaign"),
        ({"priority": "Z"}, "Choose A, B or C"),
        ({"tactic": "bribe"}, "Choose a tactic"),
        ({"supporters_do": "everything", "supporters": ["x"], "priority": "A"}, "Choose what to do"),
        ({"target": [], "priority": "A"}, "Tick at least one target"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_done(world, browser, members, fields, words):
    data = {"target": ticked(members["Ada"]), "scope": "ticked"} | fields
    answer = browser.post("/targets/plans", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert leads(world) == {}


def test_an_organisation_leads_or_supports_not_both(world, browser, members):
    neu = str(world.organisations["neu"])
    answer = browser.post("/targets/plans", data={"target": ticked(members["Ada"]), "scope": "ticked", "lead": neu,
                                                  "supporters_do": "set", "supporters": [neu]})  # fmt: skip
    assert answer.status_code == 422
    assert "leads or supports, not both" in answer.text


def test_what_changed_while_one_looked_is_shown_and_nothing_is_done(world, browser, members):
    fields = {"criteria": "", "scope": "all", "lead": str(world.organisations["neu"])}
    asked = browser.post("/targets/plans", data=fields)
    lead(world, browser, members, "Ada", "praxis")
    answer = browser.post("/targets/changes", data=fields | {"seen": seen(asked)})
    assert answer.status_code == 409
    assert "nothing was done" in answer.text
    assert leads(world) == {"Ada Wexcombe": "Praxis"}
    again = browser.post("/targets/changes", data=fields | {"seen": seen(answer)})
    assert again.status_code == 303
    assert set(leads(world).values()) == {"NEU"}
    assert notices(world, "praxis")[-1] == ("released", "You no longer lead on Ada Wexcombe.")


def test_the_same_change_sent_twice_is_one(world, browser, members):
    fields = {"criteria": "", "scope": "all", "lead": str(world.organisations["neu"])}
    first = browser.post("/targets/plans", data=fields)
    assert browser.post("/targets/changes", data=fields | {"seen": seen(first)}).status_code == 303
    assert browser.post("/targets/changes", data=fields | {"seen": seen(first)}).status_code == 409
    assert len(notices(world, "neu")) == 1


# Undo


def test_a_whole_change_is_undone_but_for_what_changed_since(world, browser, members):
    lead(world, browser, members, "Ada", "praxis")
    neu = world.organisations["neu"]
    done = agree(browser, criteria="", scope="all", lead=str(neu), supporters_do="set",
                 supporters=[str(world.organisations["liberty"])])  # fmt: skip
    agree(browser, target=ticked(members["Cleo"]), scope="ticked", priority="B")
    answer = browser.post(f"{done.location}/removal", follow_redirects=True)
    assert "2 targets are as they were" in answer.text
    assert "left as they are: Cleo Wexford" in answer.text
    assert leads(world) == {"Ada Wexcombe": "Praxis", "Bruno Tallis": None, "Cleo Wexford": "NEU"}
    with world.context("liberty") as session:
        assert session.scalar(select(func.count(TargetSupporter.id))) == 1
    assert notices(world, "praxis")[-1] == ("allocated", "You now lead on Ada Wexcombe.")
    assert notices(world, "neu")[-1] == ("released", "You no longer lead on 2 targets.")
    twice = browser.post(f"{done.location}/removal", follow_redirects=True)
    assert "0 targets are as they were" in twice.text
    assert "Undo all of it" not in twice.text
