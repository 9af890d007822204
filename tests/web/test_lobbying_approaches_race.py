"""Two partners reserve one member at the same instant: one wins each time, the other reads why and what to do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from organising.lobbying.approach_states import LIVE
from organising.lobbying.models import Approach
from organising.platform.clock import today
from tests.unit.lobbying.seeds import seed_members

ROUNDS = 200
WAIT_SECONDS = 30


@pytest.mark.parametrize("rounds", [12, pytest.param(ROUNDS, marks=pytest.mark.slow)])
def test_one_wins_each_time_and_the_other_reads_why(world, rounds):
    ada = seed_members(world)["Ada"]
    people = [world.user("neu", "organiser"), world.user("praxis", "organiser")]
    names = ["NEU", "Praxis"]
    browsers = [world.browser(one) for one in people]
    barrier = Barrier(2)

    def send(place, day):
        data = {
            "submission_key": str(uuid4()), "person": str(ada), "channel": "meeting", "starts_on": day, "ends_on": day,
            "due_on": today().isoformat(), "purpose": f"Purpose of {names[place]}", "pressure_reason": "A test",
            "owner_user_id": str(people[place].user_id),
        }  # fmt: skip
        barrier.wait(WAIT_SECONDS)
        return browsers[place].post("/approaches/new", data=data)

    won = [0, 0]
    with ThreadPoolExecutor(2) as pool:
        for number in range(rounds):
            day = today() + timedelta(days=number)
            both = list(pool.map(send, (0, 1), [day.isoformat()] * 2))
            assert sorted(one.status_code for one in both) == [303, 409], number
            winner = 0 if both[0].status_code == 303 else 1
            won[winner] += 1
            read = both[1 - winner].text
            for words in (
                f"{names[winner]} holds them",
                people[winner].display_name,
                f"Purpose of {names[winner]}",
                f'datetime="{day.isoformat()}"',
                "Meeting: Ada Wexcombe",
                "Ask to join",
                f"Purpose of {names[1 - winner]}",
            ):
                assert words in read, (number, words)
    with world.context("liberty") as session:
        live = select(func.count()).select_from(Approach).where(Approach.state.in_(LIVE))
        assert session.scalar(live) == rounds
    assert sum(won) == rounds


def test_the_database_alone_keeps_them_apart_without_a_deadlock(world, raw_login):
    """Past all of the application's code, both statements under way at once: the second waits, and is refused."""
    import psycopg

    from organising.platform.context import Context
    from organising.platform.keys import derive

    ada = seed_members(world)["Ada"]
    key = derive(bytes(range(32)), "context")
    people = [world.user("neu", "organiser"), world.user("praxis", "organiser")]
    connections = [raw_login() for _ in people]
    barrier = Barrier(2)

    def insert(place, day):
        connection, person = connections[place], people[place]
        connection.rollback()
        context = Context(organisation_id=person.organisation_id, user_id=person.user_id).sign(key)
        connection.execute(
            "SELECT set_config('role', 'organising_runtime', true), set_config('app.context', %s, true)",
            (context,),
        )
        barrier.wait(WAIT_SECONDS)
        try:
            connection.execute(
                "INSERT INTO approach (id, campaign_id, organisation_id, author_label, person_id, channel, starts_on, ends_on, "
                "due_on, state, purpose, owner_label, submission_key, version, changed_at) VALUES "
                "(%s, %s, %s, 'x', %s, 'call', %s, %s, %s, 'assigned', 'p', '', %s, 1, now())",
                (uuid4(), world.campaign, person.organisation_id, ada, day, day, day, uuid4()),
            )
            connection.commit()
        except psycopg.Error as error:
            connection.rollback()
            return type(error).__name__
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        for number in range(50):
            said = list(pool.map(insert, (0, 1), [today() + timedelta(days=number)] * 2))
            assert sorted(said) == ["ExclusionViolation", "kept"], number
    with world.context("liberty") as session:
        assert session.scalar(text("SELECT count(*) FROM approach")) == 50


def test_one_form_sent_twice_at_the_same_instant_is_one_record(world):
    ada = seed_members(world)["Ada"]
    person = world.user("neu", "organiser")
    browsers = [world.browser(person) for _ in range(2)]
    barrier = Barrier(2)

    def send(place, key):
        data = {
            "submission_key": key, "person": str(ada), "channel": "call", "starts_on": today().isoformat(),
            "ends_on": today().isoformat(), "due_on": today().isoformat(), "purpose": "Once",
        }  # fmt: skip
        barrier.wait(WAIT_SECONDS)
        return browsers[place].post("/approaches/new", data=data)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(send, (0, 1), [str(uuid4())] * 2)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
