"""A signer's answers to a drive's own questions. Runs as the public, in the context of one signing: see ``signing``."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from ...platform.clock import now
from ...platform.db import db, new_id
from ...platform.sealing import open_field, seal_field
from ..models import PledgeAnswer, PledgeState
from ..queries import Question
from .signing import Signing

ANSWER: Any = PledgeAnswer.__table__
LONGEST_ANSWER = 300


def save_answers(signing: Signing, questions: Sequence[Question], given: Mapping[UUID, str]) -> bool:
    """Keep what was answered, in place of what was before; an empty answer is none. Returns whether it was kept.

    Only of a confirmed signing. A choice is kept in English, whatever language it was made in.
    """
    if signing.state != PledgeState.CONFIRMED or signing.details_are_gone:
        return False
    db.session.execute(
        delete(ANSWER).where(
            ANSWER.c.signing_id == signing.id,
            ANSWER.c.question_id.in_([question.id for question in questions]),
        )
    )
    rows = [
        _row(signing, question, answer)
        for question in questions
        if (answer := " ".join(given.get(question.id, "").split())[:LONGEST_ANSWER])
    ]
    if rows:
        db.session.execute(insert(ANSWER), rows)
    return True


def read_answers(signing: Signing) -> dict[UUID, str]:
    """What this signing answered, by question; choices in English."""
    rows = db.session.execute(
        select(ANSWER.c.id, ANSWER.c.question_id, ANSWER.c.organisation_id, ANSWER.c.answer_cipher).where(
            ANSWER.c.signing_id == signing.id
        )
    )
    return {
        row.question_id: open_field(
            db.session(), row.organisation_id, "pledge_answer", "answer_cipher", row.id, row.answer_cipher
        )
        for row in rows
    }


def _row(signing: Signing, question: Question, answer: str) -> dict[str, Any]:
    answer_id = new_id()
    holder = signing.collector_id
    return {
        "organisation_id": holder,
        "id": answer_id,
        "pledge_id": signing.pledge_id,
        "signing_id": signing.id,
        "question_id": question.id,
        "asked": question.asked,
        "answer_cipher": seal_field(
            db.session(), holder, "pledge_answer", "answer_cipher", answer_id, answer
        ),
        "created_at": now(),
    }
