"""The state machine by itself: no database, random steps, every one of them in the table."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from organising.actions.models import BranchAction, NotNow
from organising.actions.states import (
    AGREED,
    BEGINNINGS,
    EDITABLE,
    HAPPENED,
    LOW_RISK,
    TRANSITIONS,
    Kind,
    State,
    needs_approval,
)
from tests.support.walks import Walk, take_steps

START = datetime(2026, 3, 28, 10, tzinfo=UTC)
END = START + timedelta(hours=2)
PATHS = {(source, step.target) for step in TRANSITIONS.values() for source in step.sources}
VERBS = sorted(set(TRANSITIONS) - {"report"})


def an_action(kind: Kind = Kind.STALL, is_public: bool = False, state: State = State.DRAFT) -> BranchAction:
    action = BranchAction(kind=kind, title="Stall", is_public=is_public, starts_at=START, ends_at=END)
    action.begin(state, START - timedelta(days=7) if state is State.DRAFT else END)
    return action


class ActionMachine(Walk):
    """Anyone presses any button at any time, in any order."""

    @initialize(
        kind=st.sampled_from(Kind), is_public=st.booleans(), state=st.sampled_from(sorted(BEGINNINGS))
    )
    def begin(self, kind, is_public, state):
        self.action = an_action(kind, is_public, State(state))
        self.was_shared = self.action.shared_at is not None
        self.agreed_by = None

    @rule(verb=st.sampled_from(VERBS), hours=st.integers(-200, 200))
    def press(self, verb, hours):
        self.walk(verb, lambda at: getattr(self.action, verb)(at), START + timedelta(hours=hours))

    @rule(hours=st.integers(-200, 200), counted=st.integers(0, 100_000))
    def report(self, hours, counted):
        def tell(at):
            return self.action.report(at, attendance=None, paper_pledges=counted, outcome=None)

        self.walk("report", tell, START + timedelta(hours=hours))

    def walk(self, verb, press, at):
        before, version, cancelled_from = self.action.state, self.action.version, self.action.cancelled_from
        try:
            changed = press(at)
        except NotNow:
            assert (self.action.state, self.action.version) == (before, version)
            return
        after = self.action.state
        if not changed:
            assert (after, self.action.version) == (before, version)
            return
        assert self.action.version == version + 1
        assert (before, after) in PATHS or (verb == "restore" and after == cancelled_from)
        if verb in ("stand", "approve"):
            self.agreed_by = verb
        if verb in ("report", "finish"):
            assert at >= (START if verb == "report" else END)

    @invariant()
    def is_legal(self):
        action = self.action
        assert State(action.state) in State
        assert (action.state == State.CANCELLED) == (action.cancelled_from is not None)
        assert action.shared_at is not None or action.state in (State.DRAFT, State.CANCELLED)
        assert not (self.was_shared and action.shared_at is None)
        self.was_shared = action.shared_at is not None
        if action.state in AGREED:
            assert self.agreed_by == "approve" or not needs_approval(action.kind, action.is_public)
        if action.state in HAPPENED:
            assert action.reported_at is not None


def test_a_random_walk_meets_no_illegal_state():
    take_steps(ActionMachine, 800)


@pytest.mark.slow
def test_ten_thousand_random_steps_meet_no_illegal_state():
    take_steps(ActionMachine, 10_000)


def test_every_state_can_be_reached_and_left_except_the_last():
    reached = {step.target for step in TRANSITIONS.values()} | BEGINNINGS
    left = {source for step in TRANSITIONS.values() for source in step.sources}
    assert reached >= set(State)
    assert set(State) - left == {State.CLOSED}


@pytest.mark.parametrize("kind", list(Kind))
def test_public_and_larger_kinds_need_a_person(kind):
    assert needs_approval(kind, True)
    assert needs_approval(kind, False) == (kind not in LOW_RISK)
    action = an_action(kind)
    if kind in LOW_RISK:
        assert action.stand(START)
        assert action.state == State.SCHEDULED
    else:
        with pytest.raises(NotNow):
            action.stand(START)


def test_a_cancelled_draft_stays_unshared_and_comes_back_as_a_draft():
    action = an_action()
    assert action.cancel(START)
    assert action.shared_at is None
    assert action.restore(START)
    assert (action.state, action.shared_at, action.cancelled_from) == (State.DRAFT, None, None)
    assert not action.restore(START)


@pytest.mark.parametrize("state", [s for s in State if s not in EDITABLE])
def test_what_is_over_cannot_be_edited(state):
    action = an_action()
    action.state = state
    assert not action.is_editable


def test_a_report_is_refused_before_the_start_and_numbers_after_the_check():
    action = an_action()
    action.stand(START - timedelta(days=1))
    with pytest.raises(NotNow):
        action.report(START - timedelta(seconds=1), attendance=1, paper_pledges=1, outcome=None)
    with pytest.raises(NotNow):
        action.finish(END - timedelta(seconds=1))
    assert action.report(START, attendance=7, paper_pledges=41, outcome="Good")
    assert not action.report(START, attendance=9, paper_pledges=9, outcome=None)
    assert (action.attendance, action.paper_pledges) == (7, 41)
    action.check(END)
    with pytest.raises(NotNow):
        action.count(1, 1, None)
