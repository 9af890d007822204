"""What organisations hold of one person who is no colleague: an invitation that nobody has taken up."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from ..platform.actor import Actor
from ..platform.db import db
from ..platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register
from .models import Invitation


def find_invitations(actor: Actor, subject: Subject) -> Rows:
    """Invitations to one of their addresses that were not accepted."""
    open_ones = db.session.scalars(select(Invitation).where(Invitation.accepted_at.is_(None)))
    theirs = {one.id for one in open_ones if (one.email or "").strip().lower() in subject.emails}
    return {"invitation": frozenset(theirs)}


def erase_invitations(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Remove them: their links open nothing any more."""
    gone = delete(Invitation).where(Invitation.id.in_(ids(rows, "invitation")))
    changed: Any = db.session.execute(gone.execution_options(synchronize_session=False))
    return {"invitation": int(changed.rowcount)}


def tell_invitations(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Each with its role and who invited."""
    found = db.session.scalars(select(Invitation).where(Invitation.id.in_(ids(rows, "invitation"))))
    items = tuple(
        Item(
            f"invitation:{one.id}",
            one.email or "",
            ((_("Role"), one.role), (_("Invited by"), one.invited_by)),
            one.created_at,
        )
        for one in found
    )
    return (Section(_("Invitations to work with us"), items),)


register(
    Holding(
        "organisations",
        find_invitations,
        erase_invitations,
        tell_invitations,
        exports=frozenset({"invitation"}),
        erases=frozenset({"invitation"}),
    )
)
about_nobody(
    {
        "organisation_key": "the organisation's own key",
        "second_factor_demand": "from which roles of colleagues a second factor is asked",
        "unit": "branches and groups",
        "erasure": "that somebody was erased, by number and counts",
        "erased_row": "ids of rows that are gone",
        "erased_key": "keyed hashes, by which an import recognises who was erased",
    }
)
