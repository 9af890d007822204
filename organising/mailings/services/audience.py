"""Whom a mailing spares, and taking back what was added at once."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete

from organising.mailings.models import Mailing, MailingChoice
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Invalid

from .drafting import note_edit, open_for_edit

# Few, so that nobody learns by trying on which day a partner wrote.
QUIET_DAYS = (7, 14, 30)


def undo_addition(actor: Actor, mailing_id: UUID, batch_id: UUID) -> int:
    """Take out again what was added at once; answers how many of those were still chosen."""
    mailing = open_for_edit(actor, mailing_id)
    statement = delete(MailingChoice).where(
        MailingChoice.mailing_id == mailing.id, MailingChoice.batch_id == batch_id
    )
    removed = db.session.execute(statement.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    if removed:
        note_edit(actor, mailing, "audience", removed=removed)
    return int(removed)


def spare(actor: Actor, mailing_id: UUID, *, pressed: bool, quiet_days: int | None) -> Mailing:
    """Say whether those who have had enough mail, or had some in so many days, are left out. Raises Invalid."""
    if quiet_days not in (None, *QUIET_DAYS):
        raise Invalid(_("Choose one of the spans of days."), quiet_days=_("Choose one of these."))
    mailing = open_for_edit(actor, mailing_id)
    if (mailing.spares_pressed, mailing.quiet_days) != (pressed, quiet_days):
        mailing.spares_pressed, mailing.quiet_days = pressed, quiet_days
        note_edit(actor, mailing, "audience")
    return mailing
