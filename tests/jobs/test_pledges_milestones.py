"""Milestones: reached once from the published count, told once to each, and then history."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
import time_machine

from organising.platform.clock import now
from organising.platform.tenancy import Context, use_context
from organising.pledges import demo
from organising.pledges.drive_jobs import sweep_milestones
from organising.pledges.models import PledgeDrive
from tests.support.pledges import PAGE


@pytest.fixture
def drive_id(app, world, owner):
    """The demo's drive, of which the public reads 770."""
    with app.app_context():
        drive_id = demo.seed(world.user("liberty", "coordinator"))
    published(owner, drive_id, 770)
    return drive_id


@pytest.fixture
def coordinator(world):
    return world.browser(world.user("liberty", "coordinator"))


def milestones(owner):
    return dict(owner.rows("SELECT number, reached_at IS NOT NULL FROM pledge_milestone"))


def published(owner, drive_id, n):
    """Let the public read another count, as the counter would write it."""
    owner.rows(
        "UPDATE tally_published SET n = %s WHERE drive_id = %s AND audience = 'public' AND dimension = 'all'",
        n,
        drive_id,
    )


def test_reached_once_told_once_and_then_history(
    app, world, coordinator, drive_id, client, smtp_sink, run_jobs, owner
):
    page = f"/pledges/drives/{drive_id}/milestones"
    organisers = [world.user("neu", "organiser"), world.user("praxis", "admin")]
    world.user("neu", "officer")
    for number, more in (
        (800, {"told": "organisers", "banner": "Eight hundred of us.", "banner_cy": "Wyth cant ohonom."}),
        (850, {"told": "nobody"}),
        # The demo has one at 1,000.
    ):
        form = {"number": str(number), "banner_days": "3"} | more
        assert coordinator.post(page, data=form).status_code == 303
    for number in ("780", "770", "9", "800", ""):
        answer = coordinator.post(page, data={"number": number, "told": "nobody", "banner_days": "3"})
        assert answer.status_code == (303 if number == "780" else 422), number
    assert (
        world.browser(world.user("neu", "coordinator"))
        .post(page, data={"number": "900", "told": "nobody", "banner_days": "3"})
        .status_code
        == 403
    )
    with app.app_context():
        sweep_milestones()
        published(owner, drive_id, 790)
        sweep_milestones()
        run_jobs()
        assert milestones(owner) == {780: True, 800: False, 850: False, 1000: False}
        smtp_sink.messages.clear()
        published(owner, drive_id, 860)
        with ThreadPoolExecutor(2) as workers:
            list(workers.map(lambda _: _sweep(app), range(2)))
        for _ in range(2):
            run_jobs()
            sweep_milestones()
    run_jobs()
    assert milestones(owner) == {780: True, 800: True, 850: True, 1000: False}
    reached = owner.rows("SELECT count(*) FROM audit_event WHERE action = 'pledge_milestone.reached'")
    assert reached == [(3,)]
    told = sorted(str(message["To"]) for message in smtp_sink.messages)
    assert len(told) == len(set(told))
    assert {world.email(one) for one in organisers} <= set(told)
    assert not [address for address in told if "officer" in address]
    # Whole numbers only: the addresses in it are drawn by lot, and any three digits may stand in one.
    numbers = re.findall(r"(?<![\w-])\d[\d,]*(?![\w-])", smtp_sink.messages[0].get_content())
    assert "800" in numbers
    assert not {"780", "770", "790", "860"} & set(numbers)
    # Down again: nothing fires back, and nobody is written to again.
    smtp_sink.messages.clear()
    with app.app_context():
        published(owner, drive_id, 700)
        sweep_milestones()
        published(owner, drive_id, 860)
        sweep_milestones()
        run_jobs()
    assert smtp_sink.messages == []
    assert "Eight hundred of us." in client.get(PAGE).text
    assert "Wyth cant ohonom." in client.get(f"{PAGE}?lang=cy").text
    with time_machine.travel(now() + timedelta(days=4), tick=False):
        assert "Eight hundred of us." not in client.get(PAGE).text
    _is_history(world, coordinator, drive_id, owner, client)


def _sweep(app):
    with app.app_context():
        sweep_milestones()


def _is_history(world, coordinator, drive_id, owner, client):
    ids = dict(owner.rows("SELECT number, id FROM pledge_milestone"))
    page = f"/pledges/drives/{drive_id}/milestones"
    form = {"number": "2000", "told": "nobody", "banner_days": "3"}
    assert coordinator.post(f"{page}/{ids[800]}", data=form).status_code == 409
    assert coordinator.post(f"{page}/{ids[800]}/removal").status_code == 409
    for change in ("DELETE FROM pledge_milestone", "UPDATE pledge_milestone SET number = 5000"):
        with pytest.raises(psycopg.errors.RaiseException):
            owner.rows(f"{change} WHERE id = %s", ids[800])
    assert coordinator.post(f"{page}/{ids[800]}/banner-end").status_code == 303
    assert "Eight hundred of us." not in client.get(PAGE).text
    # What is ahead can still be changed and taken back.
    assert coordinator.post(f"{page}/{ids[1000]}", data=form).status_code == 303
    assert coordinator.post(f"{page}/{ids[1000]}/removal").status_code == 303
    assert milestones(owner) == {780: True, 800: True, 850: True}
    shown = client.get(PAGE).text
    assert "tally__mark" in shown
    assert "800 on" in shown
    staff = world.browser(world.user("neu", "analyst")).get("/pledges").text
    assert "dotted lines are the milestones 780, 800" in staff
    with world.app.app_context(), use_context(Context(organisation_id=world.organisations["neu"])) as session:
        assert session.get(PledgeDrive, drive_id) is not None
