"""What a check found: how grave it is, in plain words, where, and what puts it right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

# As much of a text as shows where something stands.
EXCERPT = 60


class Severity(StrEnum):
    """Whether sign-off can be asked for in spite of it."""

    STOPS = "stops"
    TO_KNOW = "to_know"


class Group(StrEnum):
    """What a finding is about."""

    LINKS = "links"
    OPENING = "opening"
    WORDS = "words"
    NAMES = "names"
    AUDIENCE = "audience"
    LIKENESS = "likeness"
    SENDER = "sender"
    TIMING = "timing"


class Page(StrEnum):
    """Where it is put right: the name of a page of the mailing, or of the organisation's senders."""

    TEXT = "text"
    AUDIENCE = "audience"
    SALUTATIONS = "salutations"
    SCHEDULE = "schedule"
    SENDER = "choose_sender"
    SENDERS = "senders"


GROUPS = {
    Group.LINKS: _l("Links"),
    Group.OPENING: _l("The opening"),
    Group.WORDS: _l("Length and wording"),
    Group.NAMES: _l("Spelling of names"),
    Group.AUDIENCE: _l("Who gets it"),
    Group.LIKENESS: _l("Likeness to other mail"),
    Group.SENDER: _l("The sender"),
    Group.TIMING: _l("When it leaves"),
}


@dataclass(frozen=True)
class Place:
    """Where in a mailing: its subject, its signature, or a line of its letter, with the words that stand there."""

    line: int | None
    excerpt: str
    in_signature: bool = False

    @property
    def words(self) -> Any:
        """The place in words."""
        if self.in_signature:
            return _l("In the signature: “%(words)s”", words=self.excerpt)
        if self.line is None:
            return _l("In the subject: “%(words)s”", words=self.excerpt)
        return _l("Line %(line)d: “%(words)s”", line=self.line, words=self.excerpt)


@dataclass(frozen=True)
class Finding:
    """One thing to put right or to know. ``words`` and ``fix`` are for people, ``code`` for tests and counts;
    ``people`` are the representatives it is about, each with their number, where that may be told.
    """

    code: str
    group: Group
    words: Any
    fix: Any
    severity: Severity = Severity.TO_KNOW
    place: Place | None = None
    page: Page = Page.TEXT
    people: Sequence[tuple[str, int]] = ()

    @property
    def stops(self) -> bool:
        """Whether sign-off can't be asked for until it is put right."""
        return self.severity is Severity.STOPS


def place_in(text: str, start: int, end: int, *, subject: bool = False) -> Place:
    """Where ``text[start:end]`` stands."""
    found = " ".join(text[start:end].split())
    excerpt = found if len(found) <= EXCERPT else f"{found[: EXCERPT - 1]}…"
    return Place(None if subject else text.count("\n", 0, start) + 1, excerpt)


def in_groups(findings: Iterable[Finding]) -> list[tuple[Any, list[Finding]]]:
    """Findings under their groups' names, in the order of :data:`GROUPS`; what stops stands first."""
    listed = sorted(findings, key=lambda one: not one.stops)
    grouped = [(GROUPS[group], [one for one in listed if one.group is group]) for group in Group]
    return [(name, found) for name, found in grouped if found]
