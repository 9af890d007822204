"""Answering what imports could not match. An answer holds for every later import of that source."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from organising.platform import audit, clock
from organising.platform.actor import Actor
from organising.platform.db import db, get_or_404
from organising.platform.errors import Conflict
from organising.platform.permissions import Permission
from organising.representatives.models import (
    Affiliation,
    ImportQuestion,
    Person,
    PersonIdentifier,
    QuestionState,
)


def answer_question(actor: Actor, question_id: UUID, person_id: UUID | None) -> ImportQuestion:
    """Say who is meant; None says none of those on record, so the next import makes a new person.

    The session's context needs the purpose ``import``. Posts that waited are given to the person at once; the rest
    comes with the next import of the file. Raises Forbidden, NotFound, and Conflict where what the source calls them
    is somebody else's by now.
    """
    actor.check(Permission.REPRESENTATIVES_IMPORT)
    question: ImportQuestion = get_or_404(ImportQuestion, question_id)
    if person_id is not None:
        get_or_404(Person, person_id)
    _forget(question)
    if person_id is not None:
        _remember(question, person_id)
    if question.answer(person_id, actor.display_name, clock.now()):
        audit.record(actor, "representatives.question_answered", "import_question", question.id,
                     person_id=str(person_id) if person_id else None)  # fmt: skip
    db.session.flush()
    return question


def ignore_question(actor: Actor, question_id: UUID) -> ImportQuestion:
    """Leave these entries out of every import. Raises Forbidden and NotFound. Needs the purpose ``import``."""
    actor.check(Permission.REPRESENTATIVES_IMPORT)
    question: ImportQuestion = get_or_404(ImportQuestion, question_id)
    _forget(question)
    if question.ignore(actor.display_name, clock.now()):
        audit.record(actor, "representatives.question_ignored", "import_question", question.id)
    db.session.flush()
    return question


def reopen_question(actor: Actor, question_id: UUID) -> ImportQuestion:
    """Undo an answer: what the source calls them means nobody again. Raises Forbidden and NotFound."""
    actor.check(Permission.REPRESENTATIVES_IMPORT)
    question: ImportQuestion = get_or_404(ImportQuestion, question_id)
    _forget(question)
    if question.reopen():
        audit.record(actor, "representatives.question_reopened", "import_question", question.id)
    db.session.flush()
    return question


def _remember(question: ImportQuestion, person_id: UUID) -> None:
    key = (question.scheme, question.value)
    known = db.session.get(PersonIdentifier, key)
    if known is not None and known.person_id != person_id:
        raise Conflict("What the file calls them already belongs to somebody else on record.")
    if known is None:
        db.session.add(PersonIdentifier(scheme=question.scheme, value=question.value, person_id=person_id))
    _give(question, person_id)


def _forget(question: ImportQuestion) -> None:
    """Take back the identifier that an earlier answer made, and nothing that a file said."""
    if question.state != QuestionState.ANSWERED or question.person_id is None:
        return
    known = db.session.get(PersonIdentifier, (question.scheme, question.value))
    if known is not None and known.person_id == question.person_id:
        db.session.delete(known)
        db.session.flush()
    _give(question, None)


def _give(question: ImportQuestion, person_id: UUID | None) -> None:
    db.session.execute(
        update(Affiliation)
        .where(Affiliation.holder_scheme == question.scheme, Affiliation.holder_value == question.value)
        .values(person_id=person_id)
        .execution_options(synchronize_session=False)
    )
