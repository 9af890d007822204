"""What a drive asks after signing: which sectors are offered, and up to three questions of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import Invalid
from ..models import PledgeDrive, PledgeQuestion, QuestionKind, Sector
from ..queries import find_question_at
from .drives import check_own

PLACES = (1, 2, 3)
FEWEST_CHOICES, MOST_CHOICES = 2, 12


@dataclass(frozen=True)
class QuestionGiven:
    """A question as the coordinator wrote it. No label: no question at this place."""

    label: str
    kind: str = QuestionKind.SHORT
    choices: tuple[str, ...] = ()


def offer_sectors(actor: Actor, drive: PledgeDrive, sectors: Sequence[str]) -> bool:
    """Offer these sectors, in the order of the form; none: nobody is asked. Returns whether that changed anything."""
    check_own(actor, drive)
    offered = [str(sector) for sector in Sector if sector in sectors]
    if offered == list(drive.sectors):
        return False
    drive.sectors = offered
    record(actor, "pledge_drive.edited", "pledge_drive", drive.id, sectors=offered)
    return True


def save_question(actor: Actor, drive: PledgeDrive, place: int, given: QuestionGiven) -> bool:
    """Ask this at a place, or nothing any more; returns whether that changed anything.

    A question with other words is another revision: its translations wait. With another kind or other choices it is
    another question, so that answers already given keep their meaning.
    """
    check_own(actor, drive)
    choices = "\n".join(given.choices) if given.kind == QuestionKind.CHOICE else ""
    if given.label:
        _check(given)
    found = find_question_at(drive, place)
    if found is not None and (found.label, found.kind, found.choices) == (given.label, given.kind, choices):
        return False
    if found is not None and given.label and (found.kind, found.choices) == (given.kind, choices):
        found.label, found.revision = given.label, found.revision + 1
        record(actor, "pledge_question.reworded", "pledge_question", found.id, revision=found.revision)
        return True
    if found is not None:
        found.removed_at = now()
        db.session.flush()
        record(actor, "pledge_question.removed", "pledge_question", found.id)
    if given.label:
        _add(actor, drive, place, given, choices)
    return found is not None or bool(given.label)


def _add(actor: Actor, drive: PledgeDrive, place: int, given: QuestionGiven, choices: str) -> None:
    question = PledgeQuestion(
        campaign_id=drive.campaign_id,
        author_label=actor.author_label,
        drive_id=drive.id,
        place=place,
        kind=given.kind,
        label=given.label,
        choices=choices,
    )
    db.session.add(question)
    db.session.flush()
    record(actor, "pledge_question.added", "pledge_question", question.id)


def _check(given: QuestionGiven) -> None:
    if given.kind != QuestionKind.CHOICE:
        return
    if not FEWEST_CHOICES <= len(given.choices) <= MOST_CHOICES:
        raise Invalid(f"Give between {FEWEST_CHOICES} and {MOST_CHOICES} choices, one a line.")
    if len(set(given.choices)) < len(given.choices):
        raise Invalid("The same choice stands there twice.")
