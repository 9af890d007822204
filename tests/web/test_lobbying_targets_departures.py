"""A partner leaves: nobody waits for it on the targets that it led, and the coordinators know."""

import pytest
from sqlalchemy import select

from organising.lobbying.models import Target, TargetSupporter
from organising.platform.audit import AuditEvent
from tests.web.test_lobbying_targets import agree, browser, coordinator, force, lead, leads, notices, ticked

__all__ = ["browser", "coordinator", "force"]


@pytest.fixture
def allocated(world, browser, members, force):
    """NEU leads on two people and a force, Praxis with NEU's support on a third person."""
    neu, praxis = (str(world.organisations[slug]) for slug in ("neu", "praxis"))
    agree(
        browser,
        target=[*ticked(members["Ada"], members["Dora"]), f"i.{force}"],
        scope="ticked",
        lead=neu,
        priority="A",
        tactic="persuade",
    )
    agree(
        browser,
        target=ticked(members["Bruno"]),
        scope="ticked",
        lead=praxis,
        supporters_do="add",
        supporters=[neu],
    )


def becomes(world, browser, slug, status):
    path = f"/coalition/partners/{world.organisations[slug]}/status"
    return browser.post(path, data={"status": status})


def released(world):
    """How many were released, by audit event of the lead organisation."""
    with world.context("liberty") as session:
        found = session.scalars(select(AuditEvent).where(AuditEvent.action == "targets.released")).all()
        return [one.facts["targets"] for one in found]


def test_who_leaves_leads_and_supports_nobody(world, browser, allocated):
    assert becomes(world, browser, "neu", "left").status_code == 303
    assert leads(world) == {"Ada Wexcombe": None, "Dora Quell": None, "Bruno Tallis": "Praxis"}
    with world.context("liberty") as session:
        assert session.scalars(select(TargetSupporter)).all() == []
        rows = session.scalars(select(Target).where(Target.lead_organisation_id.is_(None))).all()
        assert {(one.priority, one.tactic) for one in rows} == {("A", "persuade")}
        assert len(rows) == 3


def test_coordinators_are_told_once_and_it_stands_in_the_log(world, browser, allocated):
    becomes(world, browser, "neu", "left")
    becomes(world, browser, "neu", "left")
    words = "NEU has left. It led on 3 targets, which nobody leads on now."
    assert notices(world, "liberty") == [("released", words)]
    assert words in browser.get("/").text + browser.get("/today").text
    assert notices(world, "praxis")[-1] == ("allocated", "Who supports you on Bruno Tallis has changed.")
    assert released(world) == [3]


def test_who_led_on_nobody_leaves_quietly(world, browser, allocated):
    world.organisation("lawrs")
    becomes(world, browser, "lawrs", "left")
    assert notices(world, "liberty") == []
    assert released(world) == []
    assert leads(world)["Ada Wexcombe"] == "NEU"


def test_another_standing_releases_nothing(world, browser, allocated):
    becomes(world, browser, "neu", "contributor")
    assert leads(world)["Ada Wexcombe"] == "NEU"
    assert released(world) == []


def test_a_lead_goes_back_only_to_who_is_there(world, browser, members):
    change = lead(world, browser, members, "Ada", "praxis")
    later = lead(world, browser, members, "Ada", "neu")
    becomes(world, browser, "praxis", "left")
    assert browser.post(f"/targets/changes/{later}/removal").status_code == 409
    assert leads(world) == {"Ada Wexcombe": "NEU"}
    becomes(world, browser, "praxis", "member")
    assert browser.post(f"/targets/changes/{later}/removal").status_code == 303
    assert leads(world) == {"Ada Wexcombe": "Praxis"}
    assert change != later
