"""A supervisor over shell children, run as a process of its own: `python -m … DIRECTORY SCENARIO`."""

import os
import signal
import sys
import time
from pathlib import Path

from organising.platform.supervision import Child, StartRefused, Supervisor

PLACE = Path(sys.argv[1])


def note(line: str) -> None:
    with (PLACE / "events").open("a") as events:
        events.write(f"{line}\n")


def shell(name: str, script: str, **options: object) -> Child:
    """A child that notes its start and number, then runs the script."""
    begin = f"echo start {name} >> {PLACE}/events; echo $$ > {PLACE}/{name}.new; mv {PLACE}/{name}.new {PLACE}/{name}.pid;"
    return Child(name, ["/bin/sh", "-c", begin + script], {"PATH": os.environ["PATH"]}, **options)  # type: ignore[arg-type]


def lasting(name: str, order: int = 0, **options: object) -> Child:
    """A child that stays until asked to go, and notes that; it has a child of its own."""
    script = (
        f"sleep 300 & echo $! > {PLACE}/{name}.born; mv {PLACE}/{name}.born {PLACE}/{name}.grandchild;"
        f"trap 'echo stop {name} >> {PLACE}/events; exit 0' TERM; while :; do sleep 0.05; done"
    )
    return shell(name, script, order=order, **options)


def seen(name: str) -> bool:
    return (PLACE / f"{name}.pid").exists()


def slow_step() -> None:
    note("step begins")
    time.sleep(60)


def refused_step() -> None:
    raise StartRefused("the step says no")


def scenario(name: str) -> Supervisor:
    before = {}
    match name:
        case "three":
            # Each waits until the one before has written its line, so the order seen is the order started.
            children = [
                lasting("c", 2, ready=lambda: seen("c")),
                lasting("a", 0, ready=lambda: seen("a")),
                lasting("b", 1, ready=lambda: seen("b")),
            ]
            before = {1: lambda: note("step")}
        case "stubborn":
            children = [shell("a", "trap '' TERM; while :; do sleep 0.1; done", stop_seconds=0.5)]
        case "patient":
            children = [shell("a", "trap '' TERM; while :; do sleep 0.1; done", stop_seconds=60.0)]
        case "failing":
            children = [lasting("a"), shell("b", "echo nothing to see; echo the last word; exit 3", order=1)]
        case "never-ready":
            children = [shell("a", "echo not yet; sleep 60", ready=lambda: False, ready_seconds=0.5)]
        case "slow-step":
            children = [lasting("a"), lasting("b", 1)]
            before = {1: slow_step}
        case "refused-step":
            children = [lasting("a"), lasting("b", 1)]
            before = {1: refused_step}
        case "no-program":
            children = [lasting("a"), Child("b", ["/nowhere/program"], {}, order=1)]
        case _:
            raise ValueError(name)
    return Supervisor(children, log_directory=PLACE, before=before)


if __name__ == "__main__":
    # As in a terminal, whatever started this may have told it otherwise.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(scenario(sys.argv[2]).run(on_ready=lambda: note("ready")))
