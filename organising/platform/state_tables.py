"""Tables of states: the steps between them, each with its verb and whose it is, and how they are drawn in docs/.

A domain keeps its table in ``states.py`` as ``TRANSITIONS`` and walks it in the verbs of its model. Its drawing stands in
docs/ between two marks; ``make drawings`` writes it, and a test asks whether it is fresh.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

BEFORE = "what it was before"


@dataclass(frozen=True)
class Transition:
    """``verb`` leads from any of ``sources`` to ``target``; none: back to the state before. ``who`` takes the step."""

    verb: str
    sources: frozenset[str]
    target: str | None
    who: str


def table(*rows: tuple[str, Collection[str], str | None, str]) -> dict[str, Transition]:
    """A table by verb, of rows ``(verb, sources, target, who)``."""
    return {verb: Transition(verb, frozenset(sources), target, who) for verb, sources, target, who in rows}


def draw(states: type[StrEnum], transitions: Mapping[str, Transition], begins: Collection[str]) -> str:
    """The table as a diagram (Mermaid, which the forge draws) and as rows that anyone can read."""
    order = [str(state) for state in states]
    diagram = ["```mermaid", "stateDiagram-v2"]
    diagram += [f"    [*] --> {state}" for state in order if state in begins]
    rows = ["| step | from | to | whose step |", "|---|---|---|---|"]
    for one in transitions.values():
        sources = _in_order(one.sources, order)
        diagram += [f"    {source} --> {one.target}: {one.verb}" for source in sources if one.target]
        listed = ", ".join(f"`{source}`" for source in sources)
        rows.append(f"| {one.verb} | {listed} | {f'`{one.target}`' if one.target else BEFORE} | {one.who} |")
    ends = set(order) - {source for one in transitions.values() for source in one.sources}
    diagram += [f"    {state} --> [*]" for state in order if state in ends]
    return "\n".join([*diagram, "```", "", *rows])


def _in_order(states: Iterable[str], order: list[str]) -> list[str]:
    return sorted(map(str, states), key=order.index)
