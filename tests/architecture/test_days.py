"""No test takes its day from the moment at which its file is read: a run that passes midnight would fail."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
CLOCK = {"today", "now", "utcnow"}
HARMLESS = {
    "web/test_lobbying_digest.py": "the next Tuesday's morning is at least eight hours away",
    "web/test_pledges_representatives.py": "a day that is past stays past",
}


def read_at_import(node: ast.AST) -> Iterator[int]:
    """Lines on which the clock is read outside the bodies of functions; decorators and defaults count."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in CLOCK:
            yield node.lineno
    body = node.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    for child in ast.iter_child_nodes(node):
        if child not in body:
            yield from read_at_import(child)


def test_no_test_reads_the_clock_at_import():
    found = {
        str(path.relative_to(TESTS)): list(read_at_import(ast.parse(path.read_text())))
        for path in TESTS.rglob("*.py")
    }
    assert {name: lines for name, lines in found.items() if lines and name not in HARMLESS} == {}
    assert all(found[name] for name in HARMLESS)
