"""Recognising whom a row about people means: by number, by name and seat together, else by asking a person."""

from __future__ import annotations

from uuid import UUID

from organising.representatives.known import Draft, PersonState, Question
from organising.representatives.names import fold
from organising.representatives.readers.records import NAMED_ONLY, PersonRecord


def is_unnumbered(record: PersonRecord) -> bool:
    """Whether the row gives a name and no number."""
    return all(one.scheme in NAMED_ONLY for one in record.identifiers)


def find_sitting(draft: Draft, record: PersonRecord, seat: UUID | None) -> PersonState | None:
    """Who holds the row's seat, where a row without a number calls them by a name of theirs."""
    if seat is None or not is_unnumbered(record):
        return None
    wanted = {fold(one.text) for one in record.names}
    for term in draft.known.terms_in[seat]:
        person = draft.known.persons[term.person_id]
        if term.is_open and term.kind == "mp" and wanted & {fold(text) for text, _ in person.names}:
            return person
    return None


def is_doubtful(draft: Draft, record: PersonRecord, seat: UUID | None) -> bool:
    """Ask, where the row may mean somebody on record; returns whether that is still to be answered.

    A number that is new may be a namesake's. A name without a number may be anybody's, so it is asked in any case.
    """
    first = record.identifiers[0]
    answer = draft.known.asked.get(first)
    if answer is not None:
        return _is_open(draft, answer.state)
    candidates = _namesakes(draft, record)
    name = record.names[0].text
    if is_unnumbered(record):
        reason = "the file gives a name and no number; who is it?"
        candidates |= _about(draft, record, seat)
    elif candidates:
        reason = f"{len(candidates)} on record of this name, without this number; is it the same person?"
    else:
        return False
    place = record.place or f"{first.scheme} {first.value}"
    says = {"name": name, **record.says}
    draft.ask(Question(first, place, reason, says, tuple(sorted(candidates, key=str))))
    return True


def _is_open(draft: Draft, state: str) -> bool:
    """Answered with a person, the number is theirs and was found; answered without, it is somebody new."""
    if state == "answered":
        return False
    draft.ignored[
        "an entry that a person chose to leave out"
        if state == "ignored"
        else "an entry about which a question is open"
    ] += 1
    return True


def _namesakes(draft: Draft, record: PersonRecord) -> set[UUID]:
    """People of this name; one with another number of the same kind is somebody else."""
    schemes = {one.scheme for one in record.identifiers} - NAMED_ONLY
    return {
        one.id
        for one in draft.known.namesakes(*(name.text for name in record.names))
        if not schemes & {identifier.scheme for identifier in one.identifiers}
    }


def _about(draft: Draft, record: PersonRecord, seat: UUID | None) -> set[UUID]:
    """Who sits in the row's seat, perhaps under another spelling, and who stood there under this name."""
    wanted = {fold(one.text) for one in record.names}
    return {
        term.person_id
        for term in (draft.known.terms_in[seat] if seat else ())
        if (term.is_open and term.kind == "mp") or fold(draft.known.persons[term.person_id].name) in wanted
    }
