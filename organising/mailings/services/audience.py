"""Taking people out of a mailing and putting them back, and whom it spares."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, select

from organising.mailings.models import Mailing, MailingChoice, MailingRemoval
from organising.mailings.queries import find_removal
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Invalid

from .drafting import note_edit, open_for_edit

# Few, so that nobody learns by trying on which day a partner wrote.
QUIET_DAYS = (7, 14, 30)


def remove_choices(actor: Actor, mailing_id: UUID, choice_ids: Collection[UUID] | None) -> int:
    """Take representatives out again, or all of them for ``None``; answers how many. :func:`put_back` undoes it."""
    ticked = () if choice_ids is None else (MailingChoice.id.in_(choice_ids),)
    return _remove(actor, mailing_id, *ticked)


def undo_addition(actor: Actor, mailing_id: UUID, batch_id: UUID) -> int:
    """Take out again what was added at once; answers how many of those were still chosen."""
    return _remove(actor, mailing_id, MailingChoice.batch_id == batch_id)


def put_back(actor: Actor, mailing_id: UUID) -> int:
    """Choose again whom the last removal took out, greeted as before; answers how many were not chosen meanwhile."""
    mailing = open_for_edit(actor, mailing_id)
    removal = find_removal(mailing)
    if removal is None:
        return 0
    chosen = set(
        db.session.scalars(select(MailingChoice.person_id).where(MailingChoice.mailing_id == mailing.id))
    )
    back = [one for one in map(_choice, removal.choices) if one.person_id not in chosen]
    for choice in back:
        choice.organisation_id, choice.mailing_id = mailing.organisation_id, mailing.id
    db.session.add_all(back)
    db.session.delete(removal)
    if back:
        note_edit(actor, mailing, "audience", added=len(back))
    return len(back)


def _remove(actor: Actor, mailing_id: UUID, *which: ColumnElement[bool]) -> int:
    mailing = open_for_edit(actor, mailing_id)
    of_mailing = MailingChoice.mailing_id == mailing.id
    gone = db.session.scalars(select(MailingChoice).where(of_mailing, *which)).all()
    if not gone:
        return 0
    db.session.execute(
        delete(MailingRemoval)
        .where(MailingRemoval.mailing_id == mailing.id)
        .execution_options(synchronize_session=False)
    )
    db.session.add(
        MailingRemoval(
            organisation_id=mailing.organisation_id,
            mailing_id=mailing.id,
            choices=[_as_it_was(one) for one in gone],
        )
    )
    statement = delete(MailingChoice).where(of_mailing, *which)
    db.session.execute(statement.execution_options(synchronize_session=False))
    note_edit(actor, mailing, "audience", removed=len(gone))
    return len(gone)


def _as_it_was(choice: MailingChoice) -> dict[str, Any]:
    return {
        "holding": str(choice.holding_id),
        "person": str(choice.person_id),
        "salutation": choice.salutation,
        "checked_at": choice.checked_at.isoformat() if choice.checked_at else None,
        "checked_by": choice.checked_by,
    }


def _choice(was: dict[str, Any]) -> MailingChoice:
    at = was["checked_at"]
    return MailingChoice(
        holding_id=UUID(was["holding"]),
        person_id=UUID(was["person"]),
        salutation=was["salutation"],
        checked_at=datetime.fromisoformat(at) if at else None,
        checked_by=was["checked_by"],
    )


def spare(actor: Actor, mailing_id: UUID, *, pressed: bool, quiet_days: int | None) -> Mailing:
    """Say whether those who have had enough mail, or had some in so many days, are left out. Raises Invalid."""
    if quiet_days not in (None, *QUIET_DAYS):
        raise Invalid(_("Choose one of the spans of days."), quiet_days=_("Choose one of these."))
    mailing = open_for_edit(actor, mailing_id)
    if (mailing.spares_pressed, mailing.quiet_days) != (pressed, quiet_days):
        mailing.spares_pressed, mailing.quiet_days = pressed, quiet_days
        note_edit(actor, mailing, "audience")
    return mailing
