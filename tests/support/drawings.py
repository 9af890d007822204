"""The drawings of state tables in docs/: which page shows which, written by ``make drawings``, held fresh by a test.

A page has ``<!-- states -->`` and ``<!-- end -->`` on lines of their own; what stands between them is the code's.
"""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# page in docs/ → function without arguments that answers its drawing
DRAWINGS = {
    "actions.md": "organising.actions.states:draw_actions",
    "calls.md": "organising.calls.states:draw_calls",
    "joining-forces.md": "organising.actions.states:draw_joinings",
    "approaches.md": "organising.lobbying.approach_states:draw",
    "taking-part.md": "organising.attendance.states:draw_sign_ups",
    "tasks.md": "organising.tasks.states:draw_tasks",
    "motions.md": "organising.motions.states:draw_motions",
    "statements.md": "organising.statements.states:draw_statements",
}
BEGIN, END = "<!-- states -->\n", "\n<!-- end -->"


def drawing(page: str) -> str:
    """What the code draws for a page."""
    module, _, name = DRAWINGS[page].partition(":")
    return getattr(import_module(module), name)()


def shown(page: str) -> str:
    """What the page shows between its marks."""
    return (ROOT / "docs" / page).read_text().partition(BEGIN)[2].partition(END)[0]


def write(page: str) -> None:
    """Put the present drawing into the page."""
    path = ROOT / "docs" / page
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"docs/{page} has no marks for its drawing")
    path.write_text(before + begin + drawing(page) + end + after)


if __name__ == "__main__":
    for name in DRAWINGS:
        write(name)
