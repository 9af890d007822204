"""Random walks over a state machine: short ones in every run, 10,000 steps with ``-m slow``.

class Machine(Walk): … rules and invariants …
def test_a_random_walk_meets_no_illegal_state(): take_steps(Machine, 400)
@pytest.mark.slow
def test_ten_thousand_random_steps…(): take_steps(Machine, 10_000)
"""

from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

STEPS_OF_A_WALK = 40


class Walk(RuleBasedStateMachine):
    """A machine that counts the steps it has taken."""

    taken: ClassVar[int] = 0

    @invariant()
    def count(self):
        type(self).taken += 1


def take_steps(machine: type[Walk], steps: int) -> None:
    """Walk until at least so many steps were taken; a step into an illegal state fails with the way that led there."""
    machine.taken = 0
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=2 * steps // STEPS_OF_A_WALK + 1,
            stateful_step_count=STEPS_OF_A_WALK,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert machine.taken >= steps, f"{machine.taken} steps of {steps}"
