"""The supervisor from outside: real processes, real signals, nothing left over."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from organising.platform import supervision
from organising.platform.supervision import Child, StartRefused, check_port_free, spawn, tail

Start = Callable[[str], "Run"]


class Run:
    """A supervisor at work and what can be seen of it."""

    def __init__(self, place: Path, scenario: str) -> None:
        self.place = place
        argv = [sys.executable, "-m", "tests.unit.platform_servers.supervised", str(place), scenario]
        self.process = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, start_new_session=True)

    def events(self) -> list[str]:
        path = self.place / "events"
        return path.read_text().splitlines() if path.exists() else []

    def wait_for(self, event: str, count: int = 1) -> None:
        ends = time.monotonic() + 15
        while self.events().count(event) < count:
            assert time.monotonic() < ends, f"{event} never came: {self.events()}"
            time.sleep(0.02)

    def pids(self) -> dict[str, int]:
        found = [*self.place.glob("*.pid"), *self.place.glob("*.grandchild")]
        return {path.name: int(path.read_text()) for path in found}

    def end(self) -> tuple[int, str]:
        """Wait for the supervisor's own end: exit code and what it said."""
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    runs: list[Run] = []

    def begin(scenario: str) -> Run:
        runs.append(Run(tmp_path, scenario))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
            run.process.communicate()


@pytest.fixture
def gone(is_running: Callable[[int], bool]) -> Callable[[dict[str, int]], bool]:
    def ask(pids: dict[str, int]) -> bool:
        ends = time.monotonic() + 5
        while any(is_running(pid) for pid in pids.values()) and time.monotonic() < ends:
            time.sleep(0.02)
        return not [name for name, pid in pids.items() if is_running(pid)]

    return ask


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_starts_in_order_and_stops_in_reverse(
    start: Start, gone: Callable[[dict[str, int]], bool], number: signal.Signals
) -> None:
    run = start("three")
    run.wait_for("ready")
    run.process.send_signal(number)
    assert run.end() == (0, "")
    events = [event for event in run.events() if event != "ready"]
    assert events == ["start a", "step", "start b", "start c", "stop c", "stop b", "stop a"]
    assert gone(run.pids())


def test_a_child_killed_with_9_is_noticed_and_started_again(
    start: Start, gone: Callable[[dict[str, int]], bool]
) -> None:
    run = start("three")
    run.wait_for("ready")
    before = run.pids()
    os.kill(before["b.pid"], signal.SIGKILL)
    run.wait_for("start b", 2)
    assert gone({"grandchild of the killed": before["b.grandchild"]})
    run.process.send_signal(signal.SIGINT)
    code, said = run.end()
    assert (code, said) == (0, "organising: b was killed by signal 9 and is started again\n")
    assert gone(run.pids())
    assert run.events().count("start a") == 1


def test_a_killed_supervisor_leaves_no_orphan(start: Start, is_running: Callable[[int], bool]) -> None:
    run = start("three")
    run.wait_for("ready")
    children = {name: pid for name, pid in run.pids().items() if name.endswith(".pid")}
    run.process.kill()
    run.end()
    time.sleep(0.3)
    assert not [name for name, pid in children.items() if is_running(pid)]
    for name, pid in run.pids().items():
        if name.endswith(".grandchild"):
            os.kill(pid, signal.SIGKILL)


def test_a_child_that_fails_again_and_again_ends_the_start(
    start: Start, gone: Callable[[dict[str, int]], bool]
) -> None:
    run = start("failing")
    code, said = run.end()
    assert code == 2
    assert said.count("b ended with status 3 and is started again") == 4
    last = said[said.index("b ended with status 3 and failed 5 times in 30 s: giving up") :]
    assert f"its log {run.place}/b.log ends:" in last
    assert last.endswith("  the last word\n")
    assert run.events().count("start b") == 5
    assert run.events()[-1] == "stop a"
    assert gone(run.pids())


def test_a_child_that_is_never_ready_ends_the_start(start: Start) -> None:
    code, said = start("never-ready").end()
    assert code == 2
    assert said.startswith("organising: a was not ready in 0.5 s; its log")
    assert said.endswith("  not yet\n")


def test_a_child_that_ignores_the_signal_is_killed(
    start: Start, gone: Callable[[dict[str, int]], bool]
) -> None:
    run = start("stubborn")
    run.wait_for("ready")
    run.process.send_signal(signal.SIGTERM)
    assert run.end() == (0, "")
    assert gone(run.pids())


def test_a_second_ctrl_c_does_not_wait(start: Start, gone: Callable[[dict[str, int]], bool]) -> None:
    run = start("patient")
    run.wait_for("ready")
    run.process.send_signal(signal.SIGINT)
    run.process.send_signal(signal.SIGINT)
    time.sleep(1.2)
    assert run.process.poll() is None, "the same Ctrl-C passed on twice is one"
    run.process.send_signal(signal.SIGINT)
    assert run.end() == (0, "")
    assert gone(run.pids())


def test_ctrl_c_interrupts_a_step(start: Start, gone: Callable[[dict[str, int]], bool]) -> None:
    run = start("slow-step")
    run.wait_for("step begins")
    run.process.send_signal(signal.SIGINT)
    assert run.end() == (0, "")
    assert "start b" not in run.events()
    assert gone(run.pids())


def test_a_refused_step_ends_the_start(start: Start, gone: Callable[[dict[str, int]], bool]) -> None:
    run = start("refused-step")
    assert run.end() == (2, "organising: the step says no\n")
    assert gone(run.pids())


def test_a_missing_program_ends_the_start(start: Start) -> None:
    code, said = start("no-program").end()
    assert code == 2
    assert said == "organising: b cannot be started: No such file or directory (/nowhere/program)\n"


def test_a_taken_port_is_named_with_what_to_do() -> None:
    for address in ("127.0.0.1", "0.0.0.0"):
        with socket.socket() as taken:
            taken.bind((address, 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(
                StartRefused, match=rf"port {port} on 127\.0\.0\.1 is taken: .*PORT=8001 make run"
            ):
                check_port_free("127.0.0.1", port)
        check_port_free("127.0.0.1", port)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(StartRefused, match="between 1 and 65535"):
        check_port_free("127.0.0.1", port)


def test_a_long_log_is_rotated_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "LARGEST_LOG_BYTES", 100)
    child = Child("a", ["/bin/sh", "-c", "echo new"], {})
    (tmp_path / "a.log").write_text("old\n" * 10)
    spawn(child, tmp_path).wait(5)
    assert (tmp_path / "a.log").read_text() == "old\n" * 10 + "new\n"
    (tmp_path / "a.log").write_text("old\n" * 100)
    process = spawn(child, tmp_path)
    process.wait(5)
    assert (tmp_path / "a.log").read_text() == "new\n"
    assert (tmp_path / "a.log.1").read_text() == "old\n" * 100
    assert (tmp_path / "a.log").stat().st_mode & 0o077 == 0


def test_the_tail_of_a_log(tmp_path: Path) -> None:
    assert tail(tmp_path / "absent.log") == []
    (tmp_path / "a.log").write_text("x" * 20_000 + "\n\n" + "\n".join(str(n) for n in range(10)) + "\n\n")
    assert tail(tmp_path / "a.log", 3) == ["7", "8", "9"]
