"""What organisations hold of one person who is no colleague: an invitation that nobody has taken up, an office in a unit."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, select

from ..platform.actor import Actor
from ..platform.db import change_rows, db
from ..platform.people import Holding, Item, Rows, Section, Subject, about_nobody, ids, register
from .models import Invitation, OfficerRole, UnitOfficer
from .words import OFFICER_ROLE_NAMES


def find_invitations(actor: Actor, subject: Subject) -> Rows:
    """Invitations to one of their addresses that were not accepted."""
    open_ones = db.session.scalars(select(Invitation).where(Invitation.accepted_at.is_(None)))
    theirs = {one.id for one in open_ones if (one.email or "").strip().lower() in subject.emails}
    return {"invitation": frozenset(theirs)}


def erase_invitations(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Remove them: their links open nothing any more."""
    gone = delete(Invitation).where(Invitation.id.in_(ids(rows, "invitation")))
    return {"invitation": change_rows(gone)}


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


def find_offices(actor: Actor, subject: Subject) -> Rows:
    """Offices in units that bear one of their addresses, whether they have an account or not."""
    held = db.session.scalars(select(UnitOfficer).where(UnitOfficer.user_id.is_(None)))
    theirs = {one.id for one in held if (one.email or "").strip().lower() in subject.emails}
    return {"unit_officer": frozenset(theirs)}


def erase_offices(actor: Actor, rows: Rows) -> Mapping[str, int]:
    """Remove them; the unit's history tells the office and its days, and no longer whose it was."""
    gone = delete(UnitOfficer).where(UnitOfficer.id.in_(ids(rows, "unit_officer")))
    return {"unit_officer": change_rows(gone)}


def tell_offices(actor: Actor, rows: Rows) -> Sequence[Section]:
    """Each with its name, address and term."""
    found = db.session.scalars(select(UnitOfficer).where(UnitOfficer.id.in_(ids(rows, "unit_officer"))))
    items = tuple(
        Item(
            f"unit_officer:{one.id}",
            one.name or "",
            (
                (_("Email address"), one.email or ""),
                (_("Office"), str(OFFICER_ROLE_NAMES[OfficerRole(one.role)])),
                (_("From"), one.starts_on.isoformat()),
                (_("To"), one.ends_on.isoformat() if one.ends_on else ""),
            ),
            one.created_at,
        )
        for one in found
    )
    return (Section(_("Offices in our branches and groups"), items),)


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
register(
    Holding(
        "units",
        find_offices,
        erase_offices,
        tell_offices,
        exports=frozenset({"unit_officer"}),
        erases=frozenset({"unit_officer"}),
        stays={"unit_import": "a sealed file that waits to be looked at, and goes within a day"},
        untold={"unit_import": "a sealed file that waits to be looked at, and goes within a day"},
    )
)
about_nobody(
    {
        "organisation_key": "the organisation's own key",
        "second_factor_demand": "from which roles of colleagues a second factor is asked",
        "stopped_mail": "which mail a colleague does not want",
        "unit": "branches and groups",
        "unit_area": "the areas that branches and groups cover",
        "unit_change": "what became of a branch: names of units, codes of areas, roles and days",
        "erasure": "that somebody was erased, by number and counts",
        "erased_row": "ids of rows that are gone",
        "erased_key": "keyed hashes, by which an import recognises who was erased",
    }
)
