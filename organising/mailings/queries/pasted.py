"""A pasted list of people, one a line: every line is answered, none is lost."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from organising.lobbying.queries.current import any_id
from organising.mailings.models import MailingChoice
from organising.mailings.queries.candidates import candidates, list_candidates
from organising.platform.db import db
from organising.platform.given import as_id
from organising.representatives.models import (
    ContactPoint,
    OfficeHolding,
    PersonIdentifier,
    PersonName,
)
from organising.representatives.names import bare_name, fold

MOST_LINES = 2_000
LONGEST_LINE = 300
MOST_MEANT = 12
# Around a name in whatever case; those of peers are part of the name, and are tried with it first.
STYLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "rev",
        "rt",
        "hon",
        "the",
        "right",
        "honourable",
        "sir",
        "dame",
        "lord",
        "lady",
        "mp",
        "msp",
        "mla",
    ]
)
# A table's row, or a seat after the name: “Ada Lovelace, Fablewick”, “Ada Lovelace (Fablewick)”.
PARTS = re.compile(r"[\t,;()|]+")


@dataclass(frozen=True)
class PastedLine:
    """One line as it was pasted, and who it may mean: one, several to choose from, or nobody.

    ``chosen``: how many of those it means are in the mailing already.
    """

    number: int
    text: str
    found: tuple[OfficeHolding, ...]
    chosen: int = 0

    @property
    def is_vague(self) -> bool:
        """Whether it may mean more people than anybody would look through."""
        return len(self.found) > MOST_MEANT

    @property
    def is_chosen(self) -> bool:
        """Whether everyone whom it may mean is in the mailing already."""
        return bool(self.found) and self.chosen == len(self.found)


def match_lines(text: str, mailing_id: UUID) -> list[PastedLine]:
    """Answer each line that says something, in order. Raises ``ValueError`` for more than ``MOST_LINES``."""
    lines = [(number, one.strip()) for number, one in enumerate(text.splitlines(), 1) if one.strip()]
    if len(lines) > MOST_LINES:
        raise ValueError(len(lines))
    known = _Known()
    chosen = set(
        db.session.scalars(select(MailingChoice.person_id).where(MailingChoice.mailing_id == mailing_id))
    )
    answered = []
    for number, line in lines:
        people = known.meant_by(line[:LONGEST_LINE])
        answered.append(PastedLine(number, line, known.in_order(people), len(people & chosen)))
    return answered


class _Known:
    """Everyone in office, by all that a line may call them."""

    def __init__(self) -> None:
        self.holdings = {one.person_id: one for one in list_candidates(candidates(kind=""))}
        self._places = {one: place for place, one in enumerate(self.holdings)}
        self._exact: Mapping[str, set[UUID]] = _gather(self._names())
        self._words: Mapping[str, set[UUID]] = _gather(
            (word, person_id)
            for name, person_id in (*self._names(), *self._parties())
            for word in name.split()
        )
        self._codes: Mapping[str, set[UUID]] = _gather(self._identifiers())

    def in_order(self, people: set[UUID]) -> tuple[OfficeHolding, ...]:
        """Their offices, by name."""
        return tuple(self.holdings[one] for one in sorted(people, key=self._places.__getitem__))

    def meant_by(self, line: str) -> set[UUID]:
        """Whom a line means: by id or address, by the whole of a name or seat, by its parts, by its words."""
        if by_code := self._by_code(line):
            return by_code
        if "@" in line:
            # A name beside the address, as mail programs write it: “Ada Lovelace <ada@parliament.example>”.
            codes = [word.strip("<>,;()\"'") for word in line.split() if "@" in word]
            if reached := {person for code in codes for person in self._by_code(code)}:
                return reached
            line = " ".join(word for word in line.split() if "@" not in word)
        whole = fold(bare_name(line)) or fold(line)
        if exact := self._exact.get(fold(line)) or self._exact.get(whole):
            return exact
        parts = [
            found
            for part in PARTS.split(line)
            if part.strip() and (found := self._by_code(part.strip()) or self._part(part))
        ]
        if parts:
            return set.intersection(*parts) or set().union(*parts)
        words = fold(line).split()
        return self._by_words(words) or self._by_words([word for word in words if word not in STYLES])

    def _part(self, part: str) -> set[UUID]:
        return self._exact.get(fold(part)) or self._exact.get(fold(bare_name(part))) or set()

    def _by_code(self, word: str) -> set[UUID]:
        person_id = as_id(word)
        if person_id:
            return {person_id} & self.holdings.keys()
        return self._codes.get(word.strip().lower(), set())

    def _by_words(self, words: Sequence[str]) -> set[UUID]:
        sets = [self._words.get(word, set()) for word in words]
        return set.intersection(*sets) if sets else set()

    def _names(self) -> Iterator[tuple[str, UUID]]:
        for person_id, holding in self.holdings.items():
            yield fold(bare_name(holding.person.name)), person_id
            yield fold(holding.person.name), person_id
            if holding.area:
                for name in (holding.area.name, *(holding.area.other_names or ())):
                    yield fold(name), person_id
        also = select(PersonName.text, PersonName.person_id).where(
            PersonName.person_id == any_id(self.holdings), PersonName.is_main
        )
        for name, person_id in db.session.execute(also):
            yield fold(bare_name(name)), person_id

    def _parties(self) -> Iterator[tuple[str, UUID]]:
        """A party is no name of anybody, but may stand beside one."""
        for person_id, holding in self.holdings.items():
            if holding.party:
                yield fold(holding.party.name), person_id

    def _identifiers(self) -> Iterator[tuple[str, UUID]]:
        anyone = any_id(self.holdings)
        codes = select(func.lower(PersonIdentifier.value), PersonIdentifier.person_id).where(
            PersonIdentifier.person_id == anyone
        )
        addresses = select(func.lower(ContactPoint.email), ContactPoint.person_id).where(
            ContactPoint.person_id == anyone, ContactPoint.email.is_not(None), ContactPoint.ended_on.is_(None)
        )
        yield from db.session.execute(codes)
        yield from db.session.execute(addresses)


def _gather(pairs: Iterable[tuple[str, UUID]]) -> Mapping[str, set[UUID]]:
    gathered: defaultdict[str, set[UUID]] = defaultdict(set)
    for key, person_id in pairs:
        if key:
            gathered[key].add(person_id)
    return gathered
