"""Having a file read by a process of its own: what crashes, hangs or swells there takes nothing down here."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable

from ..kinds import FileKind
from .findings import Clean, Refusal

SECONDS = 40


def read_content(content: bytes, ending: str, kinds: Iterable[FileKind]) -> Clean:
    """What is to be kept of it. Raises :class:`Refusal`."""
    asked = json.dumps({"ending": ending, "kinds": sorted(kinds)}).encode() + b"\n"
    # Nothing of the environment goes along: keys and passwords of the product stand in it.
    bare = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-m", "organising.files.content"],
            input=asked + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=bare | {"OMP_NUM_THREADS": "1"},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refusal("too_slow") from None
    return _answered(child.stdout)


def _answered(stdout: bytes) -> Clean:
    line, _, body = stdout.partition(b"\n")
    try:
        head = json.loads(line)
    except ValueError:
        # It died: of a limit, or of what it read.
        raise Refusal("too_slow" if not line else "damaged") from None
    if "refused" in head:
        raise Refusal(head["refused"])
    small = body[: head["small"]]
    kind = FileKind(head["kind"])
    return Clean(kind, body[head["small"] :], head["width"], head["height"], small or None)
