"""The states of a motion by themselves: random steps, every one of them in the table, and only what was carried counts."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from organising.motions.models import Motion, NotNow
from organising.motions.states import (
    AWAITED,
    BEGINNINGS,
    CARRIED,
    COUNTED,
    DECIDED,
    OUTCOMES,
    TRANSITIONS,
    State,
)
from tests.support.walks import Walk, take_steps

AT = datetime(2026, 5, 1, 9, tzinfo=UTC)
DAY = date(2026, 5, 1)
PATHS = {(source, step.target) for step in TRANSITIONS.values() for source in step.sources}
BACKWARDS = {"restore", "take_outcome_back", "take_forwarding_back"}
DECIDING = {verb: outcome for outcome, verb in OUTCOMES.items() if verb != "withdraw"}


class MotionMachine(Walk):
    """Anyone presses any button at any time, in any order; the database publishes what was agreed."""

    @initialize(state=st.sampled_from(sorted(BEGINNINGS)))
    def begin(self, state):
        self.motion = Motion(forum="branch", body="An invented branch", day=DAY)
        self.motion.begin(State(state), AT, DAY)
        assert self.motion.state == state

    @rule(verb=st.sampled_from(sorted(TRANSITIONS)))
    def press(self, verb):
        motion = self.motion
        before, version, came_from, outcome = motion.state, motion.version, motion.came_from, motion.outcome
        try:
            deciding = DECIDING.get(verb)
            changed = motion.decide(deciding, DAY) if deciding else getattr(motion, verb)(AT)
        except NotNow:
            assert (motion.state, motion.version) == (before, version)
            return
        if not changed:
            assert (motion.state, motion.version) == (before, version)
            return
        assert motion.version == version + 1
        if verb in BACKWARDS:
            assert before in TRANSITIONS[verb].sources
            assert motion.state == (outcome if verb == "take_forwarding_back" else came_from)
        else:
            assert (before, motion.state) in PATHS

    @rule(agrees=st.booleans())
    def agree(self, agrees):
        motion = self.motion
        if not agrees:
            motion.take_agreement_back()
        elif motion.is_counted:
            motion.agree(AT, "A", "A branch", shows_text=False)
        else:
            with pytest.raises(NotNow):
                motion.agree(AT, "A", "A branch", shows_text=False)
        if motion.agreed_at is not None:
            motion.published_at = AT

    @invariant()
    def is_legal(self):
        motion = self.motion
        assert (motion.outcome is None) == (motion.decided_on is None)
        assert (motion.outcome in CARRIED) == (motion.state in COUNTED) == motion.is_counted
        assert (motion.state in DECIDED | {State.WITHDRAWN}) == (motion.outcome == motion.state)
        assert motion.state not in (State.DRAFTED,) or motion.shared_at is None
        assert motion.shared_at is not None or motion.state in (State.DRAFTED, State.WITHDRAWN)
        # What counts no more is named no more.
        assert motion.agreed_at is None or motion.is_counted
        assert motion.published_at is None or motion.agreed_at is not None
        assert motion.state not in DECIDED or motion.came_from in AWAITED


def test_a_random_walk_meets_no_illegal_state():
    take_steps(MotionMachine, 400)


@pytest.mark.slow
def test_ten_thousand_random_steps_meet_no_illegal_state():
    take_steps(MotionMachine, 10_000)
