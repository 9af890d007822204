"""Letting go of everybody whom an organisation keeps: on switching people-storage off, and on leaving.

Signatures stay counted by keyed hashes that name nobody; contacts and what hangs on them are gone.
"""

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from ...actions.models import ActionRole
from ...attendance.models import SignUp
from ...attendance.services.keeping import are_people_coming, remove_everybody
from ...contacts.models import Contact, ContactImport, ContactMerge, NotDuplicate, SearchToken
from ...letters.models import ActionState, Letter, LetterAction, LetterState
from ...letters.queries import is_still_leaving
from ...motions.models import MotionMover
from ...platform.actor import Actor
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import Conflict
from ...pledges.models import PaperRow, PaperScan, Pledge, PledgeConsent, PledgeState
from ...pledges.models.requests import AddressChange
from ...sharing.services.introductions import end_introductions

# What keeps words or numbers about contacts, and is tied to none by a key that would take it along.
UNTIED = (ContactMerge, NotDuplicate, SearchToken)
# Not a colleague: somebody of whom only the name is known.
IS_NAMED = ActionRole.user_id.is_(None)
# Where people come in, as `app.refuse_people` guards it: each is emptied, or rid of whom it names.
EMPTIED = (
    "action_role", "contact", "contact_import", "introduction_offer", "letter", "motion_mover", "paper_batch", "pledge",
    "sign_up",
)  # fmt: skip
GONE = (PledgeState.WITHDRAWN, PledgeState.ERASED)


@dataclass(frozen=True)
class Kept:
    """Whom an organisation keeps."""

    contacts: int
    signers: int
    letters: int
    paper: int
    sign_ups: int
    named: int

    @property
    def total(self) -> int:
        return sum(astuple(self))


def count_kept() -> Kept:
    """The session's organisation's own, by kind: those of whom a detail is there."""
    return Kept(
        contacts=_count(Contact),
        signers=_count(Pledge, Pledge.state.not_in(GONE), Pledge.details_removed_at.is_(None)),
        letters=_count(
            Letter,
            Letter.state.in_((LetterState.UNCONFIRMED, LetterState.CONFIRMED)),
            Letter.details_removed_at.is_(None),
        ),
        paper=_count(PaperRow, PaperRow.name.is_not(None)),
        sign_ups=_count(SignUp),
        named=_count(ActionRole, IS_NAMED) + _count(MotionMover),
    )


def _count(model: Any, *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def check_erasable() -> None:
    """Raise :class:`Conflict` while something is on its way that needs a person's details."""
    if _count(LetterAction, LetterAction.state == ActionState.OPEN):
        raise Conflict("Close your pages for letters to MPs first: people are writing there.")
    if _count(Letter, Letter.state == LetterState.CONFIRMED, is_still_leaving()):
        raise Conflict("Letters are still leaving. Wait until the last has gone.")
    if are_people_coming(now()):
        raise Conflict(
            "People have signed up for actions that are still ahead. Wait until those are over, "
            "or call them off and wait until everybody was told."
        )


def erase_people(actor: Actor) -> Kept:
    """Erase everybody whom the actor's organisation keeps; answers how many those were. Raises :class:`Conflict`."""
    check_erasable()
    kept, at = count_kept(), now()
    end_introductions(actor)
    _erase_signers(at)
    _erase_letters(at)
    remove_everybody(at)
    _do(delete(ActionRole).where(IS_NAMED))
    for model in (MotionMover, PaperScan, PaperRow, *UNTIED, ContactImport, Contact):
        _do(delete(model))
    return kept


def _erase_signers(at: datetime) -> None:
    _do(update(PledgeConsent).where(PledgeConsent.withdrawn_at.is_(None)).values(withdrawn_at=at))
    _do(delete(AddressChange))
    _do(
        update(Pledge)
        .where(Pledge.state == PledgeState.PENDING)
        .values(state=PledgeState.ERASED, ended_at=at)
    )
    details = (
        "email_cipher", "email_key", "postcode", "job_cipher", "workplace_cipher", "name", "name_folded",
        "name_by_last", "signed_text_cipher",
    )  # fmt: skip
    values: dict[str, Any] = dict.fromkeys(details)
    _do(
        update(Pledge)
        .where(Pledge.state.not_in(GONE), Pledge.details_removed_at.is_(None))
        .values(**values, public_name=False, details_removed_at=at)
    )


def _erase_letters(at: datetime) -> None:
    _do(
        update(Letter)
        .where(Letter.state == LetterState.UNCONFIRMED)
        .values(state=LetterState.ERASED, ended_at=at)
    )
    _do(
        update(Letter)
        .where(Letter.state == LetterState.CONFIRMED, Letter.details_removed_at.is_(None))
        .values(text_removed_at=at, details_removed_at=at)
    )


def _do(statement: Any) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
