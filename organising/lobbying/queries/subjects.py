"""Whom a contact is about: a person in public life or an institution, found by a few letters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from organising.platform.clock import today
from organising.platform.db import db, find
from organising.representatives.models import Institution, Person
from organising.representatives.names import fold
from organising.representatives.queries import Suggestion, found_by, search

MOST = 8
FEWEST_LETTERS = 2
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Subject:
    """A person or an institution, under the names that rows about them use."""

    person: Person | None = None
    institution: Institution | None = None

    @property
    def person_id(self) -> UUID | None:
        return self.person.id if self.person else None

    @property
    def institution_id(self) -> UUID | None:
        return self.institution.id if self.institution else None

    @property
    def id(self) -> UUID:
        """The id, of whichever it is."""
        found = self.person_id or self.institution_id
        assert found is not None
        return found

    @property
    def name(self) -> str:
        """The name, of whichever it is."""
        found = self.person or self.institution
        assert found is not None
        return found.name


def find_subject(subject_id: UUID | None) -> Subject | None:
    """The person or the institution with this id."""
    if subject_id is None:
        return None
    if person := find(Person, subject_id):
        return Subject(person=person)
    institution = find(Institution, subject_id)
    return Subject(institution=institution) if institution else None


def subject_place(row: Any) -> tuple[str, dict[str, Any]]:
    """The endpoint, with its values, of the page about the person or institution that a row is about."""
    if row.person_id is not None:
        return "lobbying.target", {"person_id": row.person_id}
    return "lobbying.institution", {"institution_id": row.institution_id}


def search_subjects(words: str) -> list[Suggestion]:
    """People by name or seat, then institutions of which each word typed begins a word of the name."""
    return [*search(words, on=today()), *_search_institutions(words)]


def choose_subject(chosen: Iterable[UUID], typed: str) -> tuple[Subject | None, Sequence[Suggestion]]:
    """Whom somebody meant by what they chose and typed, or whom the typed words could mean.

    A chosen id counts only while the words still mean that one: who typed over a name meant another.
    """
    words = typed.strip()[:LONGEST_SEARCH]
    for one in chosen:
        subject = find_subject(one)
        if subject is not None and (not words or is_meant(subject, words)):
            return subject, ()
    found = search_subjects(words)
    exact = [one for one in found if fold(one.label) == fold(words)]
    if len(exact) == 1:
        return find_subject(exact[0].id), ()
    return None, found


def is_meant(subject: Subject, words: str) -> bool:
    """Whether what was typed still means this one: a name typed over another means the new one."""
    if subject.institution is not None:
        return _begins_words(words, subject.institution.sort_key)
    found = select(Person.id).where(Person.id == subject.person_id, found_by(words))
    return db.session.scalar(found) is not None


def _search_institutions(words: str) -> Sequence[Suggestion]:
    folded = fold(words).split()
    if len("".join(folded)) < FEWEST_LETTERS:
        return []
    named = [Institution.sort_key.contains(one, autoescape=True) for one in folded]
    statement = (
        select(Institution)
        .where(Institution.ended_on.is_(None), *named)
        .options(joinedload(Institution.area))
        .order_by(Institution.sort_key)
        .limit(MOST * 5)
    )
    found = db.session.scalars(statement).all()
    meant = [one for one in found if _begins_words(words, one.sort_key)]
    return [Suggestion(one.id, one.name, one.area.name if one.area else "") for one in meant[:MOST]]


def _begins_words(words: str, name: str) -> bool:
    parts = fold(name).split()
    return all(any(part.startswith(one) for part in parts) for one in fold(words).split())
