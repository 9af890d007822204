"""A parliament's dates, and what its dissolution does to its members' terms."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from organising.platform.clock import today
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import OfficeHolding, Parliament
from organising.representatives.queries.parliaments import (
    count_open_terms,
    ended_by,
    find_dissolved,
    find_parliament,
    list_due_dissolutions,
)
from organising.representatives.services.parliaments import (
    ParliamentDraft,
    add_parliament,
    edit_parliament,
    end_terms,
    take_back_dissolution,
)
from tests.unit.lobbying.seeds import seed_members

ELECTED = date(2024, 7, 4)
SITTING = ParliamentDraft("commons", 59, "2024 parliament", ELECTED)


@pytest.fixture
def coordinator(world):
    return world.user("liberty", "coordinator")


@pytest.fixture
def kept(world, coordinator):
    """Write as the coordinator does, under the purpose that reference tables ask for."""

    def write(work, actor=coordinator):
        context = Context(organisation_id=actor.organisation_id, user_id=actor.user_id, purpose="import")
        with world.app.app_context(), use_context(context) as session:
            result = work(actor)
            session.commit()
        return result

    return write


def open_terms(world):
    with world.app.app_context(), use_context(Context()):
        return count_open_terms("commons")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"chamber": "lords"}, "chamber"),
        ({"chamber": "nowhere"}, "chamber"),
        ({"number": None}, "number"),
        ({"number": 0}, "number"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"elected_on": None}, "elected_on"),
        ({"dissolved_on": ELECTED}, "dissolved_on"),
        ({"dissolved_on": date(2042, 1, 1)}, "dissolved_on"),
    ],
)
def test_what_cannot_be_is_refused_by_field(kept, changes, field):
    with pytest.raises(Invalid) as refused:
        kept(lambda actor: add_parliament(actor, replace(SITTING, **changes)))
    assert list(refused.value.details) == [field]


def test_two_parliaments_of_a_chamber_never_sit_together(kept):
    kept(lambda actor: add_parliament(actor, SITTING))
    following = replace(SITTING, number=60, name="2029 parliament", elected_on=date(2029, 6, 7))
    with pytest.raises(Invalid, match="not kept"):
        kept(lambda actor: add_parliament(actor, following))
    with pytest.raises(Invalid):
        kept(lambda actor: add_parliament(actor, replace(SITTING, name="Again")))
    kept(lambda actor: add_parliament(actor, replace(following, chamber="senedd")))


@pytest.mark.parametrize("role", ["deputy", "admin", "organiser", "officer", "analyst"])
def test_only_the_coordinator_sets_dates(world, kept, role):
    with pytest.raises(Forbidden):
        kept(lambda actor: add_parliament(actor, SITTING), world.user("liberty", role))


def test_a_dissolution_ends_open_terms_once_and_can_be_taken_back(world, kept):
    seed_members(world)
    parliament_id = kept(lambda actor: add_parliament(actor, SITTING).id)
    assert open_terms(world) == 3
    day = today()
    dated = replace(SITTING, dissolved_on=day)
    kept(lambda actor: edit_parliament(actor, parliament_id, dated))

    def sweep(_actor):
        return [end_terms(one) for one in list_due_dissolutions(day)]

    assert kept(sweep) == [3]
    assert kept(sweep) == []
    assert open_terms(world) == 0
    with world.app.app_context(), use_context(Context()) as session:
        parliament = session.get(Parliament, parliament_id)
        ended = session.scalars(ended_by(parliament)).all()
        assert {(one.end_on, one.end_reason) for one in ended} == {(day - timedelta(days=1), "dissolution")}
        assert find_parliament("commons", day) is None
        assert find_parliament("commons", day - timedelta(days=1)).id == parliament_id
        assert find_dissolved("commons", day).id == parliament_id
        # Who had left before keeps the day on which they left.
        assert session.scalars(select(OfficeHolding.end_on).where(OfficeHolding.end_on < ELECTED)).all() == [
            date(2019, 12, 31)
        ]
    with pytest.raises(Conflict):
        kept(lambda actor: edit_parliament(actor, parliament_id, replace(dated, dissolved_on=None)))
    assert kept(lambda actor: take_back_dissolution(actor, parliament_id)) == 3
    assert kept(lambda actor: take_back_dissolution(actor, parliament_id)) == 0
    assert open_terms(world) == 3


def test_nothing_is_taken_back_once_another_parliament_was_elected(world, kept):
    seed_members(world)
    day = today()
    parliament_id = kept(lambda actor: add_parliament(actor, replace(SITTING, dissolved_on=day)).id)
    kept(lambda _actor: [end_terms(one) for one in list_due_dissolutions(day)])
    kept(
        lambda actor: add_parliament(actor, ParliamentDraft("commons", 60, "Next", day + timedelta(days=25)))
    )
    with pytest.raises(Conflict):
        kept(lambda actor: take_back_dissolution(actor, parliament_id))
    assert open_terms(world) == 0


def test_a_day_to_come_ends_nothing_yet(world, kept):
    seed_members(world)
    kept(lambda actor: add_parliament(actor, replace(SITTING, dissolved_on=today() + timedelta(days=1))))
    assert kept(lambda _actor: list_due_dissolutions(today())) == []
    assert open_terms(world) == 3
