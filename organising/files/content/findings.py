"""What reading a file's content came to."""

from dataclasses import dataclass

from ..kinds import FileKind


class Refusal(Exception):
    """The content is not kept; ``reason`` names the words for it in ``files/words.py``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Clean:
    """Content made anew. ``small``: of a picture, the same no larger than a list needs."""

    kind: FileKind
    content: bytes
    width: int | None = None
    height: int | None = None
    small: bytes | None = None
