"""What every measure has in common: work done a second, beside a baseline of the same run."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """Work done per second by the product and by the baseline, and their ratio."""

    work: str
    baseline: str
    product_per_second: float
    baseline_per_second: float
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.product_per_second / self.baseline_per_second


def rate(work: Callable[[], object], number: int) -> float:
    """How often a second ``work`` runs, over ``number`` runs, the best of three."""
    best = 0.0
    for _ in range(3):
        began = time.perf_counter()
        for _ in range(number):
            work()
        best = max(best, number / (time.perf_counter() - began))
    return best
