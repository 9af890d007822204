"""The text of a motion in its three parts, and how it is laid out for the body that it is put to.

Pure. The opening words belong to the text, so they stay as they are in whatever language a page is read.
"""

from dataclasses import asdict, dataclass, fields
from typing import NamedTuple

from .states import Forum

# Who speaks in a motion.
BODIES = {
    Forum.BRANCH: "This branch",
    Forum.DISTRICT: "This district",
    Forum.CONFERENCE: "Conference",
    Forum.TRADES_COUNCIL: "This trades council",
    Forum.GOVERNING_BODY: "This governing body",
    Forum.COUNCIL: "This council",
    Forum.TRUST_BOARD: "This board",
}
PARTS = ("notes", "believes", "resolves")


class Part(NamedTuple):
    """One part as it is read: its opening words ("This branch notes:"), and its clauses in order."""

    name: str
    opening: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class MotionText:
    """``notes``, ``believes`` and ``resolves`` hold one clause per line; they are numbered when they are shown."""

    title: str
    notes: str
    believes: str
    resolves: str

    @classmethod
    def of(cls, said: dict[str, str]) -> "MotionText":
        """From what :meth:`as_dict` answered, or a form's fields; what is not among them is empty."""
        return cls(**{one.name: tidy(said.get(one.name) or "") for one in fields(cls)})

    def as_dict(self) -> dict[str, str]:
        """Its four fields by name."""
        return asdict(self)

    def parts(self, forum: str) -> list[Part]:
        """The parts that say something, as the body that it is put to reads them."""
        found = [Part(name, opening(forum, name), clauses_of(getattr(self, name))) for name in PARTS]
        return [part for part in found if part.clauses]

    def laid_out(self, forum: str) -> str:
        """All of it as plain lines with numbers: to copy, to print, and to compare with another."""
        lines = [self.title]
        for part in self.parts(forum):
            lines += ["", part.opening]
            lines += [f"{number}. {clause}" for number, clause in enumerate(part.clauses, 1)]
        return "\n".join(lines) + "\n"


def opening(forum: str, part: str) -> str:
    """The words that a part opens with."""
    return f"{BODIES[Forum(forum)]} {part}:"


def clauses_of(lines: str) -> tuple[str, ...]:
    """The clauses of one part."""
    return tuple(line.strip() for line in lines.splitlines() if line.strip())


def tidy(lines: str) -> str:
    """Without empty lines and blanks at the ends, so that nothing but words makes two texts differ."""
    return "\n".join(clauses_of(lines))
