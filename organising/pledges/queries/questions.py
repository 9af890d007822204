"""Reading what a drive asks after signing, in the reader's language, and what one's own signers answered."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import and_, select

from ...platform.db import db
from ...platform.languages import ENGLISH
from ..models import PledgeAnswer, PledgeDrive, PledgeQuestion, PledgeQuestionText, QuestionKind


@dataclass(frozen=True)
class Question:
    """A question as one reader is shown it; ``language`` is what it is shown in."""

    id: UUID
    kind: str
    label: str
    choices: tuple[str, ...]
    language: str
    asked: str
    english_choices: tuple[str, ...]

    @property
    def is_choice(self) -> bool:
        return self.kind == QuestionKind.CHOICE


def list_questions(drive: PledgeDrive, language: str = ENGLISH) -> list[Question]:
    """What is asked after signing, in order; each in English where its translation is missing or behind."""
    texts = PledgeQuestionText
    statement = (
        select(PledgeQuestion, texts)
        .outerjoin(
            texts,
            and_(
                texts.question_id == PledgeQuestion.id,
                texts.language == language,
                texts.revision == PledgeQuestion.revision,
            ),
        )
        .where(PledgeQuestion.drive_id == drive.id, PledgeQuestion.removed_at.is_(None))
        .order_by(PledgeQuestion.place)
    )
    return [_question(question, other) for question, other in db.session.execute(statement)]


def list_newest_questions(drive: PledgeDrive, language: str) -> list[Question]:
    """The questions for whoever translates them: the newest words in this language, else none."""
    rows = {
        row.question_id: row
        for row in db.session.scalars(
            select(PledgeQuestionText).where(
                PledgeQuestionText.drive_id == drive.id, PledgeQuestionText.language == language
            )
        )
    }
    found = []
    for question in list_questions(drive):
        row = rows.get(question.id)
        choices = tuple(row.choices.splitlines()) if row else ()
        found.append(replace(question, label=row.label if row else "", choices=choices, language=language))
    return found


def list_places(drive: PledgeDrive) -> list[tuple[int, Question]]:
    """The questions in English, each with its place."""
    statement = select(PledgeQuestion).where(
        PledgeQuestion.drive_id == drive.id, PledgeQuestion.removed_at.is_(None)
    )
    rows = db.session.scalars(statement.order_by(PledgeQuestion.place))
    return [(row.place, _question(row, None)) for row in rows]


def find_question_at(drive: PledgeDrive, place: int) -> PledgeQuestion | None:
    """The question at a place, or ``None``."""
    return db.session.scalars(
        select(PledgeQuestion).where(
            PledgeQuestion.drive_id == drive.id,
            PledgeQuestion.place == place,
            PledgeQuestion.removed_at.is_(None),
        )
    ).one_or_none()


def find_question(drive: PledgeDrive, question_id: UUID) -> PledgeQuestion | None:
    """A drive's question that is still asked, or ``None``."""
    return db.session.scalars(
        select(PledgeQuestion).where(
            PledgeQuestion.drive_id == drive.id,
            PledgeQuestion.id == question_id,
            PledgeQuestion.removed_at.is_(None),
        )
    ).one_or_none()


def find_question_text(question_id: UUID, language: str) -> PledgeQuestionText | None:
    """A question in another language, of whichever revision; ``None`` where there never was one."""
    return db.session.scalars(
        select(PledgeQuestionText).where(
            PledgeQuestionText.question_id == question_id, PledgeQuestionText.language == language
        )
    ).one_or_none()


def list_answers(pledge_id: UUID) -> list[PledgeAnswer]:
    """One own signer's answers, in the order of the questions."""
    statement = (
        select(PledgeAnswer)
        .join(PledgeQuestion, PledgeQuestion.id == PledgeAnswer.question_id)
        .where(PledgeAnswer.pledge_id == pledge_id)
        .order_by(PledgeQuestion.place, PledgeQuestion.created_at)
    )
    return list(db.session.scalars(statement))


def list_answers_of_drive(drive_id: UUID) -> dict[UUID, list[PledgeAnswer]]:
    """Own signers' answers to a drive's questions, by signer; those to questions since removed, too."""
    found: dict[UUID, list[PledgeAnswer]] = {}
    statement = (
        select(PledgeAnswer)
        .join(PledgeQuestion, PledgeQuestion.id == PledgeAnswer.question_id)
        .where(PledgeQuestion.drive_id == drive_id)
    )
    for answer in db.session.scalars(statement):
        found.setdefault(answer.pledge_id, []).append(answer)
    return found


def _question(question: PledgeQuestion, other: PledgeQuestionText | None) -> Question:
    english = tuple(question.choices.splitlines())
    choices = tuple(other.choices.splitlines()) if other else english
    return Question(
        question.id,
        question.kind,
        other.label if other else question.label,
        choices,
        other.language if other else ENGLISH,
        question.label,
        english,
    )
