"""Drives open and close at a time of London's clock, once; to the minute, whenever the sweep comes by."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from organising.pledges.drive_jobs import sweep_dates
from organising.pledges.models import PledgeDrive
from tests.support.pledges import PAGE, Public, open_a_drive

DRAFT = {"title": "Later", "slug": "later", "standfirst": "S", "wording": "The words.", "goal": ""}


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.fixture
def coordinator(world):
    return world.user("liberty", "coordinator")


def state(world, slug):
    with world.context("liberty") as session:
        drive = session.scalars(select(PledgeDrive).where(PledgeDrive.slug == slug)).one()
        return drive.id, drive.status, drive.opens_at, drive.closes_at


def test_opens_and_closes_at_a_time_of_londons_clock(app, world, coordinator, client, owner):
    with time_machine.travel(utc(2027, 3, 20, 12), tick=False):
        browser = world.browser(coordinator)
        browser.post("/pledges/drives/new", data=DRAFT)
        drive_id = state(world, "later")[0]
        page = f"/pledges/drives/{drive_id}/dates"
        for wrong in (
            {"opens_at": "2027-03-28T01:30"},  # the clocks skip it
            {"opens_at": "2027-03-20T11:00"},
            {"opens_at": "2027-03-29T09:00", "closes_at": "2027-03-29T08:00"},
            {"closes_at": "2027-03-29T08:00"},
            {"opens_at": "soon"},
        ):
            answer = browser.post(page, data=wrong)
            assert answer.status_code == 422, wrong
            assert next(iter(wrong.values())) in answer.text
        assert client.get("/pledge/later").status_code == 404
        # Summer time begins on 28 March: nine o'clock is eight in UTC. In October 01:30 comes twice; the first is meant.
        given = {"opens_at": "2027-03-29T09:00", "closes_at": "2027-10-31T01:30", "is_announced": "y"}
        assert browser.post(page, data=given).status_code == 303
        assert state(world, "later")[2:] == (utc(2027, 3, 29, 8), utc(2027, 10, 31, 0, 30))
        announced = client.get("/pledge/later").text
        assert "29 March 2027, 09:00" in announced
        assert "The words." not in announced
    with app.app_context():
        for at, status in (
            (utc(2027, 3, 29, 7, 59, 59), "draft"),
            (utc(2027, 3, 29, 8), "open"),
            (utc(2027, 10, 31, 0, 29, 59), "open"),
            (utc(2027, 10, 31, 0, 30), "closed"),
        ):
            with time_machine.travel(at, tick=False):
                for _ in range(2):
                    sweep_dates()
                assert state(world, "later")[1] == status, at
    assert state(world, "later")[2:] == (None, None)
    turns = owner.rows(
        "SELECT action, count(*) FROM audit_event WHERE action IN ('pledge_drive.opened', 'pledge_drive.closed') "
        "GROUP BY action ORDER BY action"
    )
    assert turns == [("pledge_drive.closed", 1), ("pledge_drive.opened", 1)]
    closed = client.get("/pledge/later").text
    assert "This pledge is closed" in closed
    assert "31 October 2027" in closed


def test_nobody_signs_after_the_minute_even_before_the_sweep(
    app, world, coordinator, client, smtp_sink, run_jobs, owner
):
    drive_id = open_a_drive(world)
    page = f"/pledges/drives/{drive_id}/dates"
    public = Public(client, smtp_sink, run_jobs)
    with time_machine.travel(utc(2027, 1, 5, 12), tick=False):
        assert (
            world.browser(coordinator).post(page, data={"closes_at": "2027-01-05T13:00"}).status_code == 303
        )
        assert "Open until" in client.get(PAGE).text
        assert public.fill().status_code == 303
    with time_machine.travel(utc(2027, 1, 5, 13), tick=False):
        assert public.fill(email="late@example.org").status_code == 409
        assert "This pledge is closed" in client.get(PAGE).text
    assert owner.rows("SELECT count(*) FROM pledge") == [(1,)]
    neu = world.browser(world.user("neu", "coordinator"))
    assert neu.post(page, data={}).status_code == 403
