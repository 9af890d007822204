"""When a mailing leaves: chosen on a page, bound by approval, kept by the worker."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from organising.mailings.models import Mailing
from organising.platform.clock import LONDON, now
from organising.platform.tenancy import writing_reference
from organising.representatives.services.recesses import RecessDraft, add_recess
from tests.support.mail import GatedSink
from tests.support.mailings import Campaigners, seat_members
from tests.support.world import World


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, 12)
    return Campaigners.at(world)


def local(moment: datetime) -> str:
    return moment.astimezone(LONDON).strftime("%Y-%m-%dT%H:%M")


def set_time(people: Campaigners, mailing: UUID, **given: str) -> tuple[int, str]:
    browser = people.world.browser(people.organiser)
    with people.world.context(people.slug) as session:
        version = session.get_one(Mailing, (people.organiser.organisation_id, mailing)).version
    answer = browser.post(f"/mailings/{mailing}/schedule", data={"version": version} | given)
    return answer.status_code, answer.text


def test_a_time_a_window_and_a_pace_are_kept_and_shown(people: Campaigners) -> None:
    mailing = people.draft()
    later = now() + timedelta(days=3)
    given = {"send_at": local(later), "window_from": "09:00", "window_until": "17:30", "per_hour": "60"}
    assert set_time(people, mailing, **given, weekdays_only="y")[0] == 303
    page = people.world.browser(people.organiser).get(f"/mailings/{mailing}/schedule").text
    for value in given.values():
        assert f'value="{value}"' in page
    assert "checked" in page
    assert "12" in people.world.browser(people.organiser).get(f"/mailings/{mailing}").text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"send_at": "2020-01-01T09:00"}, "from now on"),
        ({"send_at": "2026-02-31T09:00"}, "no such time"),
        ({"window_from": "09:00"}, "both times"),
        ({"window_from": "09:00", "window_until": "09:10"}, "half an hour"),
        ({"window_from": "17:00", "window_until": "09:00"}, "half an hour"),
        ({"window_from": "25:00", "window_until": "26:00"}, "no such time of day"),
        ({"per_hour": "0"}, "whole number"),
        ({"per_hour": "many"}, "valid integer"),
    ],
)
def test_what_can_not_be_meant_is_told_beside_the_field_and_nothing_is_lost(
    people: Campaigners, given: dict[str, str], words: str
) -> None:
    mailing = people.draft()
    status, page = set_time(people, mailing, **given)
    assert status == 422
    assert words in page
    for value in given.values():
        assert f'value="{value}"' in page


def test_two_people_at_once(people: Campaigners) -> None:
    mailing = people.draft()
    assert set_time(people, mailing, per_hour="60")[0] == 303
    assert set_time(people, mailing, per_hour="61", version="1")[0] == 409


def test_a_change_voids_the_sign_off_and_none_does_not(people: Campaigners) -> None:
    mailing = people.approved()
    assert set_time(people, mailing)[0] == 303
    assert people.state(mailing) == "approved"
    assert set_time(people, mailing, per_hour="60")[0] == 303
    assert people.state(mailing) == "draft"


def test_who_may(people: Campaigners) -> None:
    mailing = people.draft()
    world = people.world
    for slug, role, status in (
        ("neu", "organiser", 200),
        ("neu", "admin", 200),
        ("neu", "coordinator", 200),
        ("neu", "officer", 403),
        ("neu", "analyst", 403),
        ("praxis", "admin", 404),
        ("liberty", "coordinator", 404),
    ):
        answer = world.browser(world.user(slug, role)).get(f"/mailings/{mailing}/schedule")
        assert answer.status_code == status, (slug, role)


def test_a_recess_in_the_way_is_told(people: Campaigners) -> None:
    coordinator = people.world.user("liberty", "coordinator")
    day = (now() + timedelta(days=4)).date()
    with people.world.context("liberty", coordinator), writing_reference(coordinator):
        add_recess(coordinator, RecessDraft("commons", "Orchard recess", day, day + timedelta(days=9)))
    mailing = people.draft()
    assert set_time(people, mailing, send_at=local(now() + timedelta(days=6)))[0] == 303
    page = people.world.browser(people.organiser).get(f"/mailings/{mailing}/schedule").text
    assert "Orchard recess" in page
    assert set_time(people, mailing, send_at="")[0] == 303
    assert "Orchard recess" not in people.world.browser(people.organiser).get(f"/mailings/{mailing}").text


def test_it_waits_for_its_time(
    people: Campaigners, smtp_sink: GatedSink, sweep_and_run: Callable[[], None]
) -> None:
    mailing = people.draft()
    at = now() + timedelta(hours=2)
    assert set_time(people, mailing, send_at=local(at))[0] == 303
    people.release(people.approve(people.ask(mailing)))
    sweep_and_run()
    assert people.state(mailing) == "scheduled"
    assert (
        "Send was pressed. It leaves on"
        in people.world.browser(people.admin).get(f"/mailings/{mailing}").text
    )
    assert smtp_sink.messages == []
    with time_machine.travel(at + timedelta(minutes=1), tick=True):
        sweep_and_run()
    assert people.counts(mailing) == {"accepted": 12}
    assert people.state(mailing) == "closed"


def test_taken_back_while_it_waits_it_never_leaves(
    people: Campaigners, smtp_sink: GatedSink, sweep_and_run: Callable[[], None]
) -> None:
    mailing = people.draft()
    at = now() + timedelta(hours=2)
    assert set_time(people, mailing, send_at=local(at))[0] == 303
    people.release(people.approve(people.ask(mailing)))
    browser = people.world.browser(people.admin)
    assert browser.post(f"/mailings/{mailing}/review/removal").status_code == 303
    with time_machine.travel(at + timedelta(minutes=1), tick=True):
        sweep_and_run()
    assert people.state(mailing) == "draft"
    assert smtp_sink.messages == []


def test_outside_its_window_nothing_leaves(
    people: Campaigners, smtp_sink: GatedSink, sweep_and_run: Callable[[], None]
) -> None:
    opening = (now().astimezone(LONDON) + timedelta(days=1)).replace(hour=12, minute=0, second=0)
    hour = now().astimezone(LONDON).hour
    # A window that is closed now, whatever the hour.
    start = 12 if not 11 <= hour <= 14 else 2
    opening = opening.replace(hour=start)
    mailing = people.draft()
    window = {"window_from": f"{time(start):%H:%M}", "window_until": f"{time(start + 2):%H:%M}"}
    assert set_time(people, mailing, **window)[0] == 303
    people.release(people.approve(people.ask(mailing)))
    sweep_and_run()
    assert people.state(mailing) == "sending"
    assert smtp_sink.messages == []
    assert "Outside its hours" in people.world.browser(people.admin).get(f"/mailings/{mailing}").text
    with time_machine.travel(opening.astimezone(UTC) + timedelta(minutes=5), tick=True):
        sweep_and_run()
    assert people.counts(mailing) == {"accepted": 12}


def test_it_trickles(people: Campaigners, smtp_sink: GatedSink, sweep_and_run: Callable[[], None]) -> None:
    mailing = people.draft()
    assert set_time(people, mailing, per_hour="60")[0] == 303
    people.release(people.approve(people.ask(mailing)))
    sweep_and_run()
    sweep_and_run()
    assert people.counts(mailing) == {"accepted": 5, "queued": 7}
    assert people.state(mailing) == "sending"
