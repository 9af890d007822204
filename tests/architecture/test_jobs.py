"""Guards over jobs: every dotted name in the code resolves to a job of that purpose."""

import ast
import re
from pathlib import Path

from flask import Flask

import organising
from organising.operations.job_words import WORDS
from organising.platform.queue import PERIODIC, resolve
from tests.support.world import World

ROOT = Path(organising.__file__).parent


def _calls():
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
                "enqueue_after_commit",
                "Doorbell",
            ):
                words = {keyword.arg: keyword.value for keyword in node.keywords}
                name = node.args[0] if node.args else words.get("name")
                if isinstance(name, ast.Constant):
                    purpose = words.get("purpose")
                    yield path.name, name.value, getattr(purpose, "value", None)


def test_every_named_job_resolves(app):
    calls = list(_calls())
    assert calls, "the search found no job at all"
    for where, name, purpose in calls:
        assert purpose, f"{where}: {name} is rung without a purpose"
        assert callable(resolve(name, purpose))


def test_every_periodic_job_runs_and_is_allowed_what_it_asks(app: Flask, world: World) -> None:
    """Each twice, with nothing to do: a function that its role may not call is no matter of what there is to do."""
    for name, _seconds in PERIODIC:
        for _ in range(2):
            with app.app_context():
                resolve(name, "periodic")()


def test_every_periodic_job_resolves(app):
    assert PERIODIC
    for name, seconds in PERIODIC:
        assert callable(resolve(name, "periodic"))
        assert seconds >= 5


def test_every_job_has_words_for_those_who_see_it_fail():
    found = {
        purpose
        for path in ROOT.rglob("*.py")
        for purpose in re.findall(r'@job\(purpose="(\w+)"\)', path.read_text())
    }
    assert found == set(WORDS), "give it words in organising/operations/job_words.py"
