"""Limits over a real database: never more than the cap in any window, over all partners; later, never lost."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask

from organising.config import MAIL_LIMIT_NAMES
from organising.mailings.services import limits
from organising.mailings.services.limits import Passenger, drip
from organising.rates import Rate, parse_rates
from tests.support.world import World

ADDRESS = "ada@parliament.example"


def limit(app: Flask, **rates: Rate) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_limits=rates)


def take(
    world: World,
    slug: str,
    passengers: list[Passenger],
    mailing: UUID | None = None,
    per_hour: int | None = None,
):
    with world.context(slug) as session:
        waiting = limits.take_slots(world.organisation(slug), mailing or uuid4(), passengers, per_hour)
        session.commit()
    return waiting


def test_no_window_holds_more_than_the_cap_whoever_asks(app: Flask, world: World) -> None:
    """Two partners and four threads write to one address as fast as they can: the cap holds in every window."""
    cap, seconds = 20, 1.2
    limit(app, address=Rate(cap, seconds))
    for slug in ("neu", "praxis"):
        world.organisation(slug)
    went: list[float] = []
    ends = time.monotonic() + 4

    def write(slug: str) -> None:
        while time.monotonic() < ends:
            began = time.monotonic()
            waiting = take(world, slug, [Passenger(ADDRESS, None)] * 7)
            went.extend([began] * (7 - len(waiting)))

    threads = [threading.Thread(target=write, args=(slug,)) for slug in ("neu", "praxis") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    went.sort()
    # Moments are those before asking, so a window is narrowed by what one asking may take.
    most = max(sum(1 for other in went if moment <= other < moment + seconds - 0.15) for moment in went)
    assert cap / 2 < most <= cap
    assert len(went) > 2 * cap, "it goes on once there is room"


def test_whoever_finds_no_place_takes_none_elsewhere(app: Flask, world: World) -> None:
    limit(app, address=Rate(1, 3600.0), domain=Rate(3, 3600.0))
    same = [Passenger(ADDRESS, None)] * 5
    assert list(take(world, "neu", same)) == [1, 2, 3, 4]
    others = [Passenger(f"b{n}@parliament.example", None) for n in range(4)]
    assert list(take(world, "praxis", others)) == [2, 3]


def test_an_organisations_own_limit_is_its_own(app: Flask, world: World) -> None:
    limit(app, organisation=Rate(2, 3600.0))
    passengers = [Passenger(f"b{n}@x.example", None) for n in range(3)]
    assert list(take(world, "neu", passengers)) == [2]
    assert list(take(world, "praxis", passengers)) == [2]


def test_a_representative_is_one_whatever_the_address(app: Flask, world: World) -> None:
    limit(app, representative=Rate(1, 3600.0))
    person = uuid4()
    assert take(world, "neu", [Passenger("a@x.example", person)]) == {}
    assert list(take(world, "praxis", [Passenger("b@y.example", person)])) == [0]
    assert take(world, "praxis", [Passenger("b@y.example", uuid4())]) == {}


def test_a_mailing_trickles(app: Flask, world: World) -> None:
    limit(app)
    mailing = uuid4()
    passengers = [Passenger(f"b{n}@x.example", None) for n in range(9)]
    assert list(take(world, "neu", passengers, mailing, per_hour=60)) == [5, 6, 7, 8]
    assert take(world, "neu", passengers, uuid4()) == {}
    assert drip(60) == Rate(5, 300.0)
    assert drip(6) == Rate(1, 600.0)


def test_a_domain_is_left_alone_for_longer_each_time(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FIRST_SLOW_SECONDS", 0.2)
    limit(app)
    waits = []
    for _ in range(4):
        with world.context("neu") as session:
            first = limits.slow_domain(ADDRESS)
            again = limits.slow_domain(ADDRESS)
            session.commit()
        assert again <= first, "several answers of one lot are one time"
        assert list(take(world, "praxis", [Passenger("else@parliament.example", None)])) == [0]
        assert take(world, "praxis", [Passenger("else@lords.example", None)]) == {}
        waits.append(first)
        time.sleep(first + 0.02)
    assert all(1.5 < later / earlier < 2.5 for earlier, later in pairwise(waits))


def test_nobody_reads_the_counts(
    app: Flask, world: World, raw_login: Callable[[], psycopg.Connection]
) -> None:
    limit(app, address=Rate(1, 3600.0))
    take(world, "neu", [Passenger(ADDRESS, None)])
    with raw_login() as connection:
        connection.execute("SET ROLE organising_runtime")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM counting.sending_slot")


@pytest.mark.parametrize(
    "text", ["domain=60", "domain=0/minute", "planet=1/hour", "domain=1/second", "domain=-1/hour"]
)
def test_limits_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text.partition("=")[0]):
        parse_rates(text, MAIL_LIMIT_NAMES)


def test_limits_as_they_are_written() -> None:
    assert parse_rates("none", MAIL_LIMIT_NAMES) == {}
    assert parse_rates("domain=60/minute address=20/hour", MAIL_LIMIT_NAMES) == {
        "domain": Rate(60, 60.0),
        "address": Rate(20, 3600.0),
    }
