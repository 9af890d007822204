"""A small supervisor: starts children in order, restarts what dies, stops all in reverse order.

Why our own: the usual process runners stop everything when one child dies, or bring a second web stack.
Rules kept here: every child is in its own process group (so that Ctrl-C in a terminal reaches only the
supervisor), receives a signal from the kernel when the supervisor is gone, and writes to its own log file.
Children must be started from a thread that lives as long as they shall: the kernel's parent-death signal
is sent when the *thread* that forked ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
LARGEST_LOG_BYTES = 5 * 1024 * 1024
FULL_DISK_BYTES = 1024 * 1024
MOST_FAILURES = 5
FAILURE_WINDOW_SECONDS = 30.0
POLL_SECONDS = 0.03
WATCH_SECONDS = 0.1
REPEAT_SECONDS = 1.0
_libc = ctypes.CDLL(None, use_errno=True)


class StartRefused(Exception):
    """The product cannot start (or go on) here; the message is one clear line for a person. Exit code 2."""


class _StopAsked(BaseException):
    """Raised by the signal handler while a blocking step runs, so that Ctrl-C does not wait for it."""


@dataclass(frozen=True)
class Account:
    """The operating system's user that a child runs as; only root can choose one."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Child:
    """One program to keep running.

    `ready` answers whether it can be used (never raises; None: at once). `before_start` runs before every
    start, restarts too. Children of a lower `order` are ready before those of a higher one start; the same
    `order` starts together. `stop_signal` asks for an orderly end, `death_signal` comes from the kernel when
    the supervisor itself has been killed.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], bool] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    user: Account | None = None
    order: int = 0
    death_signal: signal.Signals = signal.SIGKILL
    before_start: Callable[[], None] | None = None
    ready_seconds: float = 30.0
    stop_seconds: float = 10.0
    directory: Path | None = None


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """Ask the kernel to send `death_signal` to this process when `parent` is gone; call it after a fork.

    Linux only (elsewhere nothing happens). Ends this process if the parent died before the call.
    """
    if sys.platform != "linux":
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def spawn(child: Child, log_directory: Path) -> subprocess.Popen[bytes]:
    """Start `child` with its output appended to `<log_directory>/<name>.log` and return it, not yet ready.

    Raises StartRefused when the program or the log file cannot be opened.
    """
    if child.before_start is not None:
        child.before_start()
    parent = os.getpid()
    user = child.user
    try:
        with open_log(log_directory, child.name) as log:
            return subprocess.Popen(  # noqa: S603 - our own programs with our own arguments
                list(child.argv),
                env=dict(child.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=child.directory,
                process_group=0,
                umask=0o077,
                user=user.uid if user else None,
                group=user.gid if user else None,
                extra_groups=[] if user else None,
                # After setuid, which clears the parent-death signal; before exec, which keeps it.
                preexec_fn=lambda: die_with_parent(child.death_signal, parent),
            )
    except OSError as error:
        raise StartRefused(f"{child.name} cannot be started: {error.strerror} ({error.filename})") from error


@contextlib.contextmanager
def open_log(directory: Path, name: str) -> Iterator[int]:
    """Yield a descriptor that appends to `<name>.log`; what was over 5 MB becomes `<name>.log.1` first."""
    path = directory / f"{name}.log"
    if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether `process` has ended; where the system can tell without reaping, its number stays its own."""
    if process.returncode is None and hasattr(os, "waitid"):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return process.poll() is not None


def stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals, seconds: float) -> None:
    """End `process` with `stop_signal`; after `seconds` kill it. Nothing of its process group is left."""
    send(process, stop_signal)
    ends = time.monotonic() + seconds
    while not has_ended(process) and time.monotonic() < ends:
        time.sleep(POLL_SECONDS)
    collect(process)


def send(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal unless `process` has been reaped; Popen's own way would reap it."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


def collect(process: subprocess.Popen[bytes]) -> int:
    """Kill whatever is left of the process group that `process` leads, reap it and return its status."""
    # Once reaped, the number may belong to somebody else's group.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def check_port_free(host: str, port: int) -> None:
    """Raise StartRefused when nothing could listen at `host:port`, saying what to do."""
    what_to_do = "stop what uses it, or choose another: PORT=8001 make run"
    if not 0 < port < 65536:
        raise StartRefused(f"PORT must be between 1 and 65535, not {port}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the web server does: a port that only waits out its last connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise StartRefused(f"port {port} on {host} {reason}: {what_to_do}") from None


def tail(path: Path, lines: int = 6) -> list[str]:
    """The last lines of a log file, without blank ones; empty when there is none."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - 8192))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()][-lines:]


def say(line: str) -> None:
    """One line for the person at the terminal; a closed terminal is no reason to fail."""
    with contextlib.suppress(OSError, ValueError):
        print(f"organising: {line}", file=sys.stderr, flush=True)


@dataclass
class _Kept:
    """A child and what has become of it."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    restart_at: float | None = None
    failures: deque[float] = field(default_factory=deque)

    def is_ready(self) -> bool:
        running = self.process is not None and not has_ended(self.process)
        return running and (self.child.ready is None or self.child.ready())


class Supervisor:
    """Keeps children running until SIGINT, SIGTERM or SIGHUP, or until one fails again and again.

    `before` maps an order to something to do (migrate, seed) before the children of that order start; it may
    block and may raise StartRefused.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        log_directory: Path,
        before: Mapping[int, Callable[[], None]] | None = None,
    ) -> None:
        self._kept = [_Kept(child) for child in sorted(children, key=lambda child: child.order)]
        self._log_directory = log_directory
        self._before = dict(before or {})
        self._stop_asked = 0
        self._asked_at = 0.0
        self._in_step = False

    def run(self, on_ready: Callable[[], None] | None = None) -> int:
        """Start everything, call `on_ready`, keep it running. Return 0 after an asked stop, else 2."""
        with self._catch_signals():
            try:
                self._start_all()
                if on_ready is not None:
                    on_ready()
                while not self._stop_asked:
                    self._watch()
                    time.sleep(WATCH_SECONDS)
                return 0
            except _StopAsked:
                return 0
            except StartRefused as refusal:
                say(str(refusal))
                return 2
            finally:
                self._stop_all()

    def _start_all(self) -> None:
        for order in sorted({kept.child.order for kept in self._kept} | set(self._before)):
            if order in self._before:
                self._run_step(self._before[order])
            stage = [kept for kept in self._kept if kept.child.order == order]
            for kept in stage:
                kept.process = spawn(kept.child, self._log_directory)
            self._await(stage)

    def _run_step(self, step: Callable[[], None]) -> None:
        self._in_step = True
        try:
            step()
        finally:
            self._in_step = False

    def _await(self, stage: Sequence[_Kept]) -> None:
        started = time.monotonic()
        waiting = list(stage)
        while waiting:
            if self._stop_asked:
                raise _StopAsked
            self._watch()
            waiting = [kept for kept in waiting if not kept.is_ready()]
            for kept in waiting:
                seconds = kept.child.ready_seconds
                if time.monotonic() - started > seconds:
                    raise StartRefused(
                        self._with_log(kept, f"{kept.child.name} was not ready in {seconds:g} s")
                    )
            if waiting:
                time.sleep(POLL_SECONDS)

    def _watch(self) -> None:
        for kept in self._kept:
            if kept.process is not None and has_ended(kept.process):
                self._note_failure(kept, collect(kept.process))
            if kept.restart_at is not None and time.monotonic() >= kept.restart_at:
                kept.restart_at = None
                kept.process = spawn(kept.child, self._log_directory)

    def _note_failure(self, kept: _Kept, status: int) -> None:
        kept.process = None
        now = time.monotonic()
        kept.failures.append(now)
        while now - kept.failures[0] > FAILURE_WINDOW_SECONDS:
            kept.failures.popleft()
        how = _how_it_ended(status)
        if len(kept.failures) >= MOST_FAILURES:
            times = f"{MOST_FAILURES} times in {FAILURE_WINDOW_SECONDS:.0f} s"
            raise StartRefused(self._with_log(kept, f"{kept.child.name} {how} and failed {times}: giving up"))
        kept.restart_at = now + 0.1 * 2 ** (len(kept.failures) - 1)
        say(f"{kept.child.name} {how} and is started again")

    def _with_log(self, kept: _Kept, line: str) -> str:
        path = self._log_directory / f"{kept.child.name}.log"
        room = os.statvfs(self._log_directory)
        if room.f_bavail * room.f_frsize < FULL_DISK_BYTES:
            line = f"{line}; the disk of {self._log_directory} is full"
        return "\n".join([f"{line}; its log {path} ends:", *(f"  {text}" for text in tail(path))])

    def _stop_all(self) -> None:
        for order in sorted({kept.child.order for kept in self._kept}, reverse=True):
            stage = [(kept.child, kept.process) for kept in self._kept if kept.child.order == order]
            running = [(child, process) for child, process in stage if process is not None]
            for child, process in running:
                send(process, child.stop_signal)
            started = time.monotonic()
            for child, process in running:
                # A second Ctrl-C is a person who does not want to wait.
                while (
                    not has_ended(process)
                    and self._stop_asked <= 1
                    and time.monotonic() - started < child.stop_seconds
                ):
                    time.sleep(POLL_SECONDS)
                collect(process)

    @contextlib.contextmanager
    def _catch_signals(self) -> Iterator[None]:
        def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
            # A terminal and a program around us may both pass on the same Ctrl-C.
            if self._stop_asked and time.monotonic() - self._asked_at < REPEAT_SECONDS:
                return
            self._stop_asked += 1
            self._asked_at = time.monotonic()
            if self._in_step:
                self._in_step = False
                raise _StopAsked

        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, ask_to_stop) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _how_it_ended(status: int) -> str:
    return f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
