"""What to put right and what to know before a mailing is signed off. Functions over texts; nothing here reads a row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .alignment import check_alignment
from .findings import Finding, Group, Page, Place, Severity, in_groups
from .likeness import (
    Earlier,
    check_correction,
    check_likeness,
    check_partners_alike,
    check_written_lately,
    runs_of,
)
from .links import check_links
from .opening import check_opening
from .sender import check_sender
from .spelling import check_spelling
from .timing import Span, check_timing
from .wording import WORD, check_left_over, check_wording

__all__ = [
    "Earlier",
    "Finding",
    "Group",
    "Page",
    "Place",
    "Severity",
    "Span",
    "Surroundings",
    "check_alignment",
    "check_correction",
    "check_links",
    "check_partners_alike",
    "check_sender",
    "check_spelling",
    "check_texts",
    "check_timing",
    "check_wording",
    "check_written_lately",
    "in_groups",
    "runs_of",
]


@dataclass(frozen=True)
class Surroundings:
    """What a mailing's texts are weighed against.

    ``organisation_names`` are those of the organisation that writes; ``names`` are spelt right, under what they are;
    ``earlier`` the organisation's other mailings; ``signature`` what the letter's field of that name brings.
    """

    organisation_names: Sequence[str] = ()
    names: Mapping[str, Iterable[str]] = field(default_factory=dict)
    earlier: Sequence[Earlier] = ()
    signature: str = ""

    @property
    def capitals(self) -> frozenset[str]:
        """Names, or words of names, that are written in capitals."""
        listed = [*self.organisation_names, *(name for names in self.names.values() for name in names)]
        return frozenset(word for name in listed for word in WORD.findall(name) if word.isupper())


def check_texts(subject: str, body: str, given: Surroundings) -> Iterator[Finding]:
    """Everything about a mailing's subject and letter, as they were written."""
    yield from check_links(subject, body)
    for found in (*check_links("", given.signature), *check_left_over(given.signature)):
        yield replace(found, place=replace(found.place, in_signature=True) if found.place else None)
    yield from check_opening(body, given.organisation_names)
    yield from check_wording(subject, body, given.capitals)
    yield from check_spelling(subject, body, given.names)
    yield from check_likeness(body, given.earlier)
