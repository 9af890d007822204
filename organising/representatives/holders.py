"""Finding who is meant by what a source calls somebody: by number for certain, else by asking a person."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from organising.platform.db import new_id
from organising.representatives.known import Draft, NameState, PersonState, Question
from organising.representatives.readers.office_records import Holder
from organising.representatives.readers.records import NAMED_ONLY, Identifier, Rejection


def find_holders(draft: Draft, holders: Mapping[str, Holder]) -> dict[str, UUID]:
    """The people meant, by the keys of the file; who could not be told is absent and noted in the draft."""
    found: dict[str, UUID] = {}
    for key, holder in holders.items():
        try:
            person = _find(draft, holder)
        except ValueError as error:
            draft.rejected.append(Rejection(holder.place or key, str(error)))
            continue
        if person is not None:
            found[key] = person.id
    return found


def _find(draft: Draft, holder: Holder) -> PersonState | None:
    """The person, made where the source makes people. Raises ValueError where the numbers disagree."""
    known = draft.known
    ids = {known.person_of[one] for one in holder.identifiers if one in known.person_of}
    if len(ids) > 1:
        names = " and ".join(sorted(known.persons[one].name for one in ids))
        raise ValueError(f"its identifiers belong to {len(ids)} people on record ({names})")
    if ids:
        person = known.persons[ids.pop()]
        _note_identifiers(draft, person, holder)
        return person
    return _find_unnumbered(draft, holder)


def _find_unnumbered(draft: Draft, holder: Holder) -> PersonState | None:
    """By an answer given before, else by a question; nobody is taken for certain by name alone."""
    first = holder.identifiers[0]
    answer = draft.known.asked.get(first)
    if answer and answer.state == "ignored":
        draft.ignored["an entry that a person chose to leave out"] += 1
        return None
    if answer and answer.state == "open":
        draft.ignored["an entry about which a question is open"] += 1
        return None
    is_new = answer is not None and answer.person_id is None
    candidates = [] if holder.certain or is_new or not holder.names else _candidates(draft, holder)
    if candidates:
        draft.ask(_question(draft, holder, candidates))
        return None
    if holder.unknown == "create":
        return _create(draft, holder)
    if holder.unknown == "refuse":
        raise ValueError(f"{holder.name} is not on record; import the file that tells who they are first")
    if holder.unknown == "ignore":
        draft.ignored["somebody who is not on record"] += 1
    return None


def _candidates(draft: Draft, holder: Holder) -> list[PersonState]:
    """Namesakes who may be meant: one with another number of the same source is somebody else."""
    schemes = {one.scheme for one in holder.identifiers if one.scheme not in NAMED_ONLY}
    texts = {one.text for one in holder.names} | ({holder.full_title} if holder.full_title else set())
    return [
        person
        for person in draft.known.namesakes(*texts)
        if not schemes & {one.scheme for one in person.identifiers}
    ]


def _question(draft: Draft, holder: Holder, candidates: list[PersonState]) -> Question:
    reason = (
        "one person on record bears this name; is it the same?"
        if len(candidates) == 1
        else f"{len(candidates)} people on record bear this name; which one is it?"
    )
    says = {"name": holder.name, **holder.says}
    ids = tuple(sorted((one.id for one in candidates), key=str))
    return Question(holder.identifiers[0], holder.place, reason, says, ids)


def _create(draft: Draft, holder: Holder) -> PersonState:
    name = holder.names[0]
    person = PersonState(new_id(), name.text, name.family, holder.full_title)
    draft.known.persons[person.id] = person
    draft.added["person"].append(person)
    draft.note("person", "created", person.name)
    for one in holder.names:
        state = NameState(new_id(), person.id, one.text, one.main, one.peerage, one.family, one.honorific)
        person.names[one.text, one.main] = state
        draft.added["person_name"].append(state)
    for identifier in holder.identifiers:
        _identify(draft, person, identifier)
    return person


def _note_identifiers(draft: Draft, person: PersonState, holder: Holder) -> None:
    new = [one for one in holder.identifiers if one not in person.identifiers]
    for one in new:
        _identify(draft, person, one)
    draft.note("person", "updated" if new else "unchanged", person.name)


def _identify(draft: Draft, person: PersonState, one: Identifier) -> None:
    draft.known.person_of[one] = person.id
    person.identifiers.add(one)
    draft.added["person_identifier"].append((person.id, one))
