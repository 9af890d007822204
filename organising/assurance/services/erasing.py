"""Letting go of everybody whom an organisation keeps: on switching people-storage off, and on leaving.

Signatures stay counted by keyed hashes that name nobody; contacts and what hangs on them are gone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from ...contacts.models import Contact, ContactImport, ContactMerge, NotDuplicate, SearchToken
from ...letters.models import ActionState, Letter, LetterAction, LetterState
from ...letters.queries import is_still_leaving
from ...platform.actor import Actor
from ...platform.clock import now
from ...platform.db import db
from ...platform.errors import Conflict
from ...pledges.models import PaperRow, PaperScan, Pledge, PledgeConsent, PledgeState
from ...pledges.models.requests import AddressChange
from ...sharing.services.introductions import end_introductions

# What keeps words or numbers about contacts, and is tied to none by a key that would take it along.
UNTIED = (ContactMerge, NotDuplicate, SearchToken)
GONE = (PledgeState.WITHDRAWN, PledgeState.ERASED)


@dataclass(frozen=True)
class Kept:
    """Whom an organisation keeps."""

    contacts: int
    signers: int
    letters: int
    paper: int

    @property
    def total(self) -> int:
        return self.contacts + self.signers + self.letters + self.paper


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
    )


def _count(model: Any, *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def check_erasable() -> None:
    """Raise :class:`Conflict` while something is on its way that needs a person's details."""
    if _count(LetterAction, LetterAction.state == ActionState.OPEN):
        raise Conflict("Close your pages for letters to MPs first: people are writing there.")
    if _count(Letter, Letter.state == LetterState.CONFIRMED, is_still_leaving()):
        raise Conflict("Letters are still leaving. Wait until the last has gone.")


def erase_people(actor: Actor) -> Kept:
    """Erase everybody whom the actor's organisation keeps; answers how many those were. Raises :class:`Conflict`."""
    check_erasable()
    kept, at = count_kept(), now()
    end_introductions(actor)
    _erase_signers(at)
    _erase_letters(at)
    for model in (PaperScan, PaperRow, *UNTIED, ContactImport, Contact):
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
