"""The states of a call by themselves: random steps, every one of them in the table."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from organising.calls.models import ActionCall, NotNow
from organising.calls.states import TRANSITIONS, State
from tests.support.walks import Walk, take_steps

AT = datetime(2026, 5, 1, 9, tzinfo=UTC)
PATHS = {(source, step.target) for step in TRANSITIONS.values() for source in step.sources}


class CallMachine(Walk):
    """Anyone presses any button at any time, in any order."""

    @initialize()
    def begin(self):
        self.call = ActionCall(
            title="Stalls", question="?", due_on=date(2026, 5, 14), state=State.DRAFT, version=1
        )

    @rule(verb=st.sampled_from(sorted(TRANSITIONS)))
    def press(self, verb):
        call = self.call
        before, version, withdrawn_from = call.state, call.version, call.withdrawn_from
        try:
            changed = getattr(call, verb)(AT)
        except NotNow:
            assert (call.state, call.version) == (before, version)
            return
        if not changed:
            assert (call.state, call.version) == (before, version)
            return
        assert call.version == version + 1
        assert (before, call.state) in PATHS or (verb == "restore" and call.state == withdrawn_from)

    @invariant()
    def is_legal(self):
        call = self.call
        assert (call.state == State.WITHDRAWN) == (call.withdrawn_from is not None)
        assert call.opened_at is not None or call.state != State.OPEN
        assert call.takes_answers(date(2026, 5, 14)) == (call.state == State.OPEN)
        assert not call.takes_answers(date(2026, 5, 15))


def test_a_random_walk_meets_no_illegal_state():
    take_steps(CallMachine, 400)


@pytest.mark.slow
def test_ten_thousand_random_steps_meet_no_illegal_state():
    take_steps(CallMachine, 10_000)
