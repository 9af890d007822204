"""Servers and supervisors are started for real here, as processes of their own."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every user may walk into; pytest's own is closed to PostgreSQL's user under root."""
    path = Path(tempfile.mkdtemp(prefix="organising-place-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def as_nobody() -> Callable[[Callable[[], str]], str]:
    """Run a function in a fork that is an ordinary user; what it returns or raises comes back as text.

    A fork, not a new program: the interpreter may lie where nobody else may read.
    """

    def run(function: Callable[[], str]) -> str:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            try:
                answer = function()
            except BaseException as error:
                answer = f"{type(error).__name__}: {error}"
            os.write(writing, answer.encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as answers:
            answer = answers.read().decode()
        os.waitpid(pid, 0)
        return answer

    return run


@pytest.fixture
def is_running() -> Callable[[int], bool]:
    """Whether a process is there and no zombie."""

    def ask(pid: int) -> bool:
        try:
            os.kill(pid, 0)
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except (ProcessLookupError, FileNotFoundError):
            return False

    return ask
