"""The state machine by itself: random presses of any button never meet a state that the table does not know."""

import re
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from organising.statements.models import Statement, StatementMoved
from organising.statements.states import FROZEN, OPEN, TRANSITIONS, State, follows
from tests.support.walks import Walk, take_steps

MIGRATION = Path(__file__).resolve().parents[3] / "migrations" / "versions" / "0077_statements.py"


class StatementMachine(Walk):
    """Anyone presses any button at any time, in any order."""

    @initialize()
    def begin(self):
        self.statement = Statement(state=State.DRAFT)
        self.was = State.DRAFT

    @rule(verb=st.sampled_from(sorted(TRANSITIONS)))
    def press(self, verb):
        step, self.was = TRANSITIONS[verb], self.statement.state
        try:
            changed = self.statement.move(verb)
        except StatementMoved:
            assert self.was not in step.sources
            assert self.statement.state == self.was
        else:
            assert changed == (self.was != step.target)
            assert self.statement.state == step.target

    @invariant()
    def every_step_is_in_the_table(self):
        statement = getattr(self, "statement", None)
        if statement is not None and statement.state != self.was:
            assert (self.was, statement.state) in follows()

    @invariant()
    def what_is_released_stays_so_and_no_edit_leaves_a_text_standing(self):
        statement = getattr(self, "statement", None)
        if statement is None:
            return
        assert self.was != State.RELEASED or statement.state == State.RELEASED
        if self.was in FROZEN and statement.state not in (*FROZEN, State.RELEASED):
            assert statement.state in OPEN


def test_a_random_walk_meets_no_illegal_state():
    take_steps(StatementMachine, 400)


@pytest.mark.slow
def test_ten_thousand_random_steps_meet_no_illegal_state():
    take_steps(StatementMachine, 10_000)


def test_the_database_holds_the_same_table():
    pairs = re.search(r"FOLLOWS = \((.*?)\)", MIGRATION.read_text(), re.DOTALL)[1]
    held = {tuple(one.split(">")) for one in re.findall(r'"([a-z_]+>[a-z_]+)"', pairs)}
    assert held == follows()
