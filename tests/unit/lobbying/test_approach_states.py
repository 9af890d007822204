"""The table of states: what it allows, that the page and the database know the same."""

import importlib.util
from pathlib import Path

import pytest

from organising.lobbying import approach_states as states
from organising.lobbying.approach_states import ApproachState

ROOT = Path(__file__).resolve().parents[3]


def test_the_migration_knows_the_same_states():
    place = ROOT / "migrations" / "versions" / "0012_approaches.py"
    spec = importlib.util.spec_from_file_location("approaches_migration", place)
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    assert set(migration.LIVE) == set(states.LIVE)
    assert set(migration.STATES) == set(ApproachState)


def test_every_state_can_be_reached_and_left():
    reached = {after for afters in states.STEPS.values() for after in afters}
    by_other_ways = {ApproachState.IDENTIFIED, ApproachState.CANCELLED, ApproachState.PAUSED}
    assert reached == set(ApproachState) - by_other_ways
    assert [one for one, afters in states.STEPS.items() if not afters] == [
        ApproachState.CANCELLED,
        ApproachState.PAUSED,
    ]


@pytest.mark.parametrize("state", ApproachState)
def test_what_expires_is_live_and_what_is_planned_has_not_been(state):
    assert state not in states.EXPIRING or states.is_live(state)
    assert not (state in states.PLANNED and state in states.TOOK_PLACE)
    assert (state in states.OPEN) == (
        state not in (ApproachState.CLOSED, ApproachState.CANCELLED, ApproachState.PAUSED)
    )


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("assigned", "requested", True),
        ("requested", "scheduled", True),
        ("identified", "held", False),
        ("held", "requested", False),
        ("minutes_draft", "closed", False),
        ("closed", "requested", False),
        ("paused_dissolution", "requested", False),
    ],
)
def test_steps(before, after, allowed):
    assert states.may_follow(before, after) == allowed
