"""What time takes away of the letters that an organisation holds."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select, update

from organising.letters.models import ActionState, Letter, LetterAction, LetterRelay, LetterState
from organising.letters.queries import is_still_leaving
from organising.letters.texts import DETAILS_DAYS, TEXT_DAYS, UNCONFIRMED_DAYS
from organising.platform.db import change_rows, db


def erase_unconfirmed(at: datetime) -> int:
    """Erase the current organisation's letters that nobody confirmed in time; returns how many."""
    return _change(
        Letter.state == LetterState.UNCONFIRMED,
        Letter.created_at < at - timedelta(days=UNCONFIRMED_DAYS),
        state=LetterState.ERASED,
        ended_at=at,
    )


def remove_texts(at: datetime) -> int:
    """Remove text and postal address of letters confirmed long ago that have nothing more to leave for."""
    return _change(
        Letter.state == LetterState.CONFIRMED,
        Letter.confirmed_at < at - timedelta(days=TEXT_DAYS),
        Letter.text_removed_at.is_(None),
        ~is_still_leaving(),
        text_removed_at=at,
    )


def remove_details(at: datetime) -> int:
    """Remove the rest as well, however it stands; a letter that could not leave for so long never does."""
    return _change(
        Letter.state == LetterState.CONFIRMED,
        Letter.confirmed_at < at - timedelta(days=DETAILS_DAYS),
        Letter.details_removed_at.is_(None),
        details_removed_at=at,
    )


def forget_writers(at: datetime) -> int:
    """Drop the hashes by which one letter a person stands, once an action has long been closed."""
    closed = exists(
        select(LetterAction.id).where(
            LetterAction.organisation_id == Letter.organisation_id,
            LetterAction.id == Letter.action_id,
            LetterAction.state == ActionState.CLOSED,
            LetterAction.closed_at < at - timedelta(days=DETAILS_DAYS),
        )
    )
    return _change(
        Letter.person_key.is_not(None), Letter.details_removed_at.is_not(None), closed, person_key=None
    )


def forget_answers(at: datetime) -> int:
    """Remove the words of answers that were passed on long ago; that they were stays."""
    changed: Any = db.session.execute(
        update(LetterRelay)
        .where(
            LetterRelay.finished_at < at - timedelta(days=DETAILS_DAYS),
            LetterRelay.answer_cipher.is_not(None),
        )
        .values(answer_cipher=None)
        .execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)


def remove_details_and_writers(at: datetime) -> int:
    """Both that go together."""
    return remove_details(at) + forget_writers(at)


RETENTION = {
    "letters.unconfirmed": erase_unconfirmed,
    "letters.texts": remove_texts,
    "letters.details": remove_details_and_writers,
    "letters.answers": forget_answers,
}


def _change(*conditions: Any, **values: Any) -> int:
    return change_rows(update(Letter).where(*conditions).values(**values))
