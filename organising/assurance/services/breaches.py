"""The breach desk: opened at once, with a window, told to whom it concerns, and closed with what came of it."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import db, get_or_404
from ...platform.errors import Conflict, Invalid
from ...platform.permissions import Permission
from ..models import Breach, BreachNote

TOLD = {"reported": "reported_at", "partners_told": "partners_told_at", "people_told": "people_told_at"}


def open_breach(actor: Actor, what: str, noticed_at: datetime, since: datetime, until: datetime) -> Breach:
    """Open the desk. Raises :class:`Invalid` by field."""
    actor.check(Permission.ASSURANCE_MANAGE)
    wrong = {}
    if noticed_at > now():
        wrong["noticed_at"] = _("That moment is still to come.")
    if until < since:
        wrong["window_until"] = _("It ends before it begins.")
    if wrong:
        raise Invalid(_("It was not kept yet."), **wrong)
    assert actor.user_id is not None
    row = Breach(
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        author_label=actor.author_label,
        noticed_at=noticed_at,
        window_from=since,
        window_until=until,
    )
    row.what = what
    db.session.add(row)
    db.session.flush()
    record(actor, "breach.opened", "breach", row.id)
    return row


def add_note(actor: Actor, breach_id: UUID, body: str) -> BreachNote:
    """Write down what was found out or done."""
    breach = _open(actor, breach_id)
    note = BreachNote(
        organisation_id=actor.organisation_id, breach_id=breach.id, author_label=actor.author_label
    )
    note.body = body
    db.session.add(note)
    record(actor, "breach.noted", "breach", breach.id)
    return note


def mark_told(actor: Actor, breach_id: UUID, whom: str) -> bool:
    """Note that the Commissioner, partners or people were told now; returns whether that changed anything.

    Raises :class:`Conflict` where the desk is closed.
    """
    breach = _standing(actor, breach_id)
    column = TOLD[whom]
    if getattr(breach, column) is not None:
        return False
    setattr(breach, column, now())
    record(actor, f"breach.{whom}", "breach", breach.id)
    return True


def close_breach(actor: Actor, breach_id: UUID, outcome: str) -> Breach:
    """Close the desk with what came of it, or why nobody had to be told. Raises :class:`Conflict` where it is closed."""
    breach = _standing(actor, breach_id)
    breach.closed_at, breach.outcome = now(), outcome
    record(actor, "breach.closed", "breach", breach.id)
    return breach


def _open(actor: Actor, breach_id: UUID) -> Breach:
    actor.check(Permission.ASSURANCE_MANAGE)
    row = get_or_404(Breach, breach_id)
    db.session.refresh(row, with_for_update=True)
    return row


def _standing(actor: Actor, breach_id: UUID) -> Breach:
    """What was told and what came of it stay as they were when the desk was closed; notes may follow."""
    row = _open(actor, breach_id)
    if row.closed_at is not None:
        raise Conflict(_("This is closed already."))
    return row
