"""What an import did: one shape for every kind of file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from organising.representatives.known import Change, Question
from organising.representatives.readers.records import Rejection


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or with ``dry_run`` would do.

    ``counts`` has a number per kind of entry (person, area, institution, …) and outcome; ``changes`` says each change in
    words; ``rejected`` what was left out and why; ``ignored`` what the product has no use for;
    ``questions`` whom it could not match, to be answered by a person.
    """

    source: str
    as_of: date
    dry_run: bool
    counts: Mapping[str, Mapping[str, int]]
    changes: Sequence[Change] = ()
    rejected: Sequence[Rejection] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
    questions: Sequence[Question] = ()

    def total(self, outcome: str) -> int:
        """How many entries of all kinds had this outcome."""
        return sum(one.get(outcome, 0) for one in self.counts.values())

    @property
    def created(self) -> int:
        return self.total("created")

    @property
    def updated(self) -> int:
        return self.total("updated")

    @property
    def closed(self) -> int:
        return self.total("closed")

    @property
    def unchanged(self) -> int:
        return self.total("unchanged")


def counted(tally: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    """A tally as the plain numbers that a result holds."""
    return {what: dict(outcomes) for what, outcomes in tally.items()}
