"""What actions hold of one person: at which they were. All else is about events and the colleagues who plan them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register

from .models import ActionContact, BranchAction

TABLE = "action_contact"


def find_presences(actor: Actor, subject: Subject) -> Rows:
    """Where one of their contacts was."""
    theirs = select(ActionContact.id).where(ActionContact.contact_id.in_(list(subject.contact_ids)))
    return {TABLE: frozenset(db.session.scalars(theirs))}


def erase_presences(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Remove that they were there."""
    gone = delete(ActionContact).where(ActionContact.id.in_(ids(rows, TABLE)))
    changed: Any = db.session.execute(gone.execution_options(synchronize_session=False))
    return {TABLE: int(changed.rowcount)}


def tell_presences(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Each with who wrote it down."""
    found = db.session.execute(
        select(ActionContact, BranchAction.title)
        .join(BranchAction, BranchAction.id == ActionContact.action_id)
        .where(ActionContact.id.in_(ids(rows, TABLE)))
        .order_by(ActionContact.created_at)
    )
    items = tuple(
        Item(f"{TABLE}:{one.id}", title, ((_("Written down by"), one.author_label),), one.created_at)
        for one, title in found
    )
    return (Section(_("Actions you were at"), items),)


register(
    Holding(
        "actions",
        find_presences,
        erase_presences,
        tell_presences,
        exports=frozenset({TABLE}),
        erases=frozenset({TABLE}),
    )
)
about_nobody(
    {
        "action_detail": "where an action is, and which colleague plans it",
        "action_event": "which colleague did what",
        "action_report": "how an action went, in numbers and a colleague's words",
        "report_chase": "which colleague was asked how an action went",
        "report_meeting": "which representative, in public office, they met there",
        "report_version": "how an action went, as a colleague said it before",
    }
)
