"""A drive's text in Welsh, Spanish and Portuguese: each saying of which English version it is."""

from dataclasses import dataclass

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.db import db
from ...platform.errors import Conflict, Invalid
from ..models import PledgeDrive, PledgeQuestion, PledgeQuestionText, PledgeTranslation, Translated
from ..queries import Question, find_newest_translation, find_question, find_question_text
from .drives import check_own


@dataclass(frozen=True)
class TextGiven:
    """A drive's text in one language."""

    title: str
    standfirst: str
    wording: str


def save_translation(
    actor: Actor, drive: PledgeDrive, language: Translated, given: TextGiven, of_version: int
) -> bool:
    """Keep the text as the translation of the version that was translated; returns whether that changed anything.

    Raises :class:`Conflict` where the English text moved on meanwhile: the words would stand for what nobody translated.
    """
    check_own(actor, drive)
    if of_version != drive.wording_version:
        raise Conflict(
            "The English text has changed while you were translating. Look at what changed, then save again."
        )
    newest = find_newest_translation(drive, language)
    if newest is not None and newest.version == of_version:
        if TextGiven(newest.title, newest.standfirst, newest.wording) == given:
            return False
        edition = newest.edition + 1
    else:
        edition = 1
    db.session.add(
        PledgeTranslation(
            campaign_id=drive.campaign_id,
            author_label=actor.author_label,
            drive_id=drive.id,
            version=of_version,
            language=language,
            edition=edition,
            title=given.title,
            standfirst=given.standfirst,
            wording=given.wording,
        )
    )
    db.session.flush()
    record(
        actor,
        "pledge_drive.translated",
        "pledge_drive",
        drive.id,
        language=str(language),
        version=of_version,
        edition=edition,
    )
    return True


def save_question_text(
    actor: Actor, drive: PledgeDrive, question: Question, language: Translated, label: str, choices: str
) -> bool:
    """Keep a question in another language, or take it away (no label); returns whether that changed anything."""
    check_own(actor, drive)
    found = find_question(drive, question.id)
    if found is None:
        raise Conflict("This question was removed meanwhile.")
    lines = [line.strip() for line in choices.splitlines() if line.strip()]
    if label and len(lines) != len(found.choices.splitlines()):
        raise Invalid("Give as many choices as in English, in the same order, one a line.")
    row = find_question_text(question.id, language)
    if not label:
        if row is not None:
            db.session.delete(row)
        return row is not None
    if row is None:
        db.session.add(_text_of(actor, found, language, label, "\n".join(lines)))
        return True
    changed = (row.label, row.choices, row.revision) != (label, "\n".join(lines), found.revision)
    row.label, row.choices, row.revision = label, "\n".join(lines), found.revision
    return changed


def _text_of(
    actor: Actor, question: PledgeQuestion, language: Translated, label: str, choices: str
) -> PledgeQuestionText:
    return PledgeQuestionText(
        campaign_id=question.campaign_id,
        author_label=actor.author_label,
        drive_id=question.drive_id,
        question_id=question.id,
        language=language,
        revision=question.revision,
        label=label,
        choices=choices,
    )
