"""The process that reads what somebody sent: without the product's secrets, and with little memory and time of its own.

It takes one line of JSON and the content, and answers with one line of JSON and what was made of it.
"""

import json
import sys
import warnings
from collections.abc import Mapping

from ..kinds import FileKind
from .findings import Clean, Refusal
from .telling import PDF, PICTURE, ZIP, tell

MEMORY = 1536 * 2**20
SECONDS = 25


def main() -> None:
    """Read, clean, answer."""
    _limit()
    warnings.simplefilter("ignore")
    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    try:
        clean = clean_content(content, asked["ending"], frozenset(map(FileKind, asked["kinds"])))
    except Refusal as refusal:
        _answer({"refused": refusal.reason})
    except MemoryError:
        _answer({"refused": "too_large_inside"})
    else:
        small = clean.small or b""
        head = {"kind": clean.kind, "width": clean.width, "height": clean.height, "small": len(small)}
        _answer(head, small + clean.content)


def clean_content(content: bytes, ending: str, kinds: frozenset[FileKind]) -> Clean:
    """What is to be kept of it. Raises :class:`Refusal`."""
    read_as = tell(content, ending)
    if read_as == PICTURE:
        from .pictures import clean_picture

        clean = clean_picture(content, transparent=FileKind.PNG in kinds)
    elif read_as == PDF:
        from .pdfs import clean_pdf

        clean = clean_pdf(content)
    elif read_as == ZIP:
        from .office import clean_office

        clean = clean_office(content)
    else:
        from .texts import clean_text

        clean = clean_text(content, ending)
    if clean.kind not in kinds:
        raise Refusal("not_wanted")
    return clean


def _limit() -> None:
    try:
        import resource
    except ImportError:  # no such limits on this system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _answer(head: Mapping[str, object], body: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)


main()
