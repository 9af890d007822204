"""Officers of units: entered with a term, invited, handed over; their access ends with the term."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from ..accounts.models import User
from ..accounts.services import email_key
from ..platform.actor import Actor
from ..platform.audit import record
from ..platform.clock import now, today
from ..platform.db import db, get_or_404
from ..platform.errors import Conflict, Invalid
from ..platform.permissions import Permission, Role
from . import invitations
from .models import Membership, OfficerRole, Unit, UnitChange, UnitChangeKind, UnitOfficer
from .terms import follow_work, sync_access, withdraw_invitations
from .unit_history import note_change

Kind = UnitChangeKind
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """Who is entered, in which office, from which day to which; both days count."""

    name: str
    email: str
    role: OfficerRole
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class HandedOver:
    """What a hand-over did: the successor's entry, whether they were invited, and how much work followed at once."""

    officer: UnitOfficer
    invited: bool
    followed: int


def add_officer(
    actor: Actor, unit_id: UUID, entry: Entry, *, invite: bool = False, follows_id: UUID | None = None
) -> tuple[UnitOfficer, bool]:
    """Enter an officer; with ``invite`` they get a link, where they have no account here. Answers whether they did.

    Raises :class:`NotFound`, :class:`Invalid` by field, :class:`Conflict` for a closed unit or one entered already.
    """
    actor.check(Permission.UNITS_MANAGE)
    _check_entry(entry, invite)
    unit = get_or_404(Unit, unit_id)
    if not unit.is_open:
        raise Conflict("This unit is closed. Open it again first.")
    key = email_key(entry.email) if entry.email.strip() else None
    user_id = _find_colleague(actor, key)
    _check_new(unit_id, entry, key, user_id)
    officer = _find_unnamed(unit_id, user_id) or UnitOfficer(
        organisation_id=actor.organisation_id, unit_id=unit_id, user_id=user_id
    )
    officer.role, officer.starts_on, officer.ends_on = entry.role, entry.starts_on, entry.ends_on
    officer.email_key, officer.follows_id = key, follows_id
    officer.name, officer.email = " ".join(entry.name.split()), entry.email.strip() or None
    db.session.add(officer)
    db.session.flush()
    record(actor, "officer.entered", "unit", unit_id, role=entry.role)
    if follows_id is None:
        note_change(actor, unit_id, Kind.OFFICER_ADDED, after=_told(officer), officer_id=officer.id)
    sync_access(actor, officer)
    invited = invite and officer.user_id is None and _invite(actor, officer)
    return officer, invited


def edit_officer(
    actor: Actor, officer_id: UUID, entry: Entry, *, kind: UnitChangeKind = Kind.OFFICER_EDITED
) -> bool:
    """Correct an entry; returns whether that changed anything. Access follows the term.

    Who has an account here says name and address there: those of the entry stay. Raises as :func:`add_officer`.
    """
    actor.check(Permission.UNITS_MANAGE)
    _check_entry(entry, invite=False)
    officer = _get(officer_id)
    key = email_key(entry.email) if entry.email.strip() else None
    before, told = _told(officer), _details(officer)
    officer.role, officer.starts_on, officer.ends_on = entry.role, entry.starts_on, entry.ends_on
    if officer.user_id is None:
        if key != officer.email_key:
            withdraw_invitations(actor, officer)
            officer.user_id = _find_colleague(actor, key)
        officer.name, officer.email = " ".join(entry.name.split()), entry.email.strip() or None
        officer.email_key = key
    if before == _told(officer) and told == _details(officer):
        return False
    db.session.flush()
    record(actor, "officer.edited", "unit", officer.unit_id, role=entry.role)
    note_change(actor, officer.unit_id, kind, before=before, after=_told(officer), officer_id=officer.id)
    sync_access(actor, officer)
    return True


def end_officer(actor: Actor, officer_id: UUID, last_day: date) -> bool:
    """End an officer's term with ``last_day``; returns whether that changed anything.

    Their access ends with it: on the day after, or at once where the day is past. Raises :class:`NotFound`,
    :class:`Invalid` for a day before the term.
    """
    actor.check(Permission.UNITS_MANAGE)
    officer = _get(officer_id)
    if last_day < officer.starts_on:
        raise Invalid("The term can’t end before it begins.", ends_on="Choose a day in the term.")
    if officer.ends_on == last_day:
        return False
    before = _told(officer)
    officer.ends_on = last_day
    db.session.flush()
    record(actor, "officer.ended", "unit", officer.unit_id, role=officer.role)
    note_change(
        actor, officer.unit_id, Kind.OFFICER_ENDED, before=before, after=_told(officer), officer_id=officer.id
    )
    sync_access(actor, officer)
    return True


def hand_over(actor: Actor, leaver_id: UUID, entry: Entry, *, invite: bool = True) -> HandedOver:
    """One goes, one comes: the leaver's term ends the day before the successor's begins, and open work follows.

    What the leaver has in hand goes to the successor as soon as the day has come and they have an account. Raises as
    :func:`add_officer`, and :class:`Invalid` for a day on or before the leaver's first.
    """
    actor.check(Permission.UNITS_MANAGE)
    leaver = _get(leaver_id)
    last_day = entry.starts_on - DAY
    if last_day < leaver.starts_on:
        raise Invalid(
            "The hand-over can’t come before the term it ends.",
            starts_on="Choose a day after the term began.",
        )
    if leaver.email_key and entry.email.strip() and email_key(entry.email) == leaver.email_key:
        raise Invalid("This is the address of who goes.", email="Enter the address of who comes.")
    before = _told(leaver)
    if leaver.ends_on is None or leaver.ends_on > last_day:
        leaver.ends_on = last_day
    db.session.flush()
    officer, invited = add_officer(actor, leaver.unit_id, entry, invite=invite, follows_id=leaver.id)
    record(actor, "officer.handed_over", "unit", leaver.unit_id, role=entry.role)
    note_change(
        actor,
        leaver.unit_id,
        Kind.HANDED_OVER,
        before={"officer": before, "leaver_id": str(leaver.id)},
        after=_told(officer),
        officer_id=officer.id,
    )
    sync_access(actor, leaver)
    return HandedOver(officer, invited, follow_work(actor, officer))


def invite_officer(actor: Actor, officer_id: UUID) -> bool:
    """Send an officer without an account a link to come in; returns whether one went that was not on its way already.

    Raises :class:`NotFound`, :class:`Invalid` without an address, :class:`Conflict` after the term.
    """
    actor.check(Permission.MEMBERS_MANAGE)
    officer = _get(officer_id)
    if not officer.email:
        raise Invalid("There is no address to write to.", email="Enter the address first.")
    if officer.ends_on is not None and officer.ends_on < today():
        raise Conflict("This term is over.")
    return officer.user_id is None and _invite(actor, officer)


def remove_officer(actor: Actor, officer_id: UUID) -> None:
    """Take back an entry that was made by mistake: it counts nowhere, and what it gave access to is closed."""
    actor.check(Permission.UNITS_MANAGE)
    officer = _get(officer_id)
    officer.removed_at = now()
    db.session.flush()
    record(actor, "officer.removed", "unit", officer.unit_id, role=officer.role)
    sync_access(actor, officer)


def undo_officers(actor: Actor, change: UnitChange) -> None:
    """Put back what one change of an officer's entry was about. Raises :class:`Conflict` where it changed again."""
    if change.officer_id is None:
        raise Conflict("The entry is gone.")
    officer = _get(change.officer_id)
    if _told(officer) != change.after:
        raise Conflict("The entry was changed again meanwhile.")
    if change.kind in (Kind.OFFICER_ADDED, Kind.HANDED_OVER):
        remove_officer(actor, officer.id)
        if change.kind == Kind.HANDED_OVER:
            leaver = _get(UUID(change.before["leaver_id"]))
            _restore(actor, leaver, change.before["officer"])
        return
    _restore(actor, officer, change.before)


def _restore(actor: Actor, officer: UnitOfficer, told: dict[str, str | None]) -> None:
    entry = Entry(
        officer.name or "",
        officer.email or "",
        OfficerRole(str(told["role"])),
        date.fromisoformat(str(told["starts_on"])),
        date.fromisoformat(told["ends_on"]) if told["ends_on"] else None,
    )
    before = _told(officer)
    officer.role, officer.starts_on, officer.ends_on = entry.role, entry.starts_on, entry.ends_on
    db.session.flush()
    note_change(
        actor,
        officer.unit_id,
        Kind.OFFICER_EDITED,
        before=before,
        after=_told(officer),
        officer_id=officer.id,
    )
    record(actor, "officer.edited", "unit", officer.unit_id, role=officer.role)
    sync_access(actor, officer)


def _get(officer_id: UUID) -> UnitOfficer:
    officer = get_or_404(UnitOfficer, officer_id)
    if officer.removed_at is not None:
        raise Conflict("This entry was taken back.")
    return officer


def _invite(actor: Actor, officer: UnitOfficer) -> bool:
    try:
        invitations.invite(actor, officer.email or "", Role.OFFICER, officer.unit_id, officer_id=officer.id)
    except invitations.AlreadyThere:
        return False
    return True


def _find_colleague(actor: Actor, key: bytes | None) -> UUID | None:
    """Who of the organisation's present people has this address."""
    if key is None:
        return None
    return db.session.scalar(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.email_key == key,
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
        )
    )


def _find_unnamed(unit_id: UUID, user_id: UUID | None) -> UnitOfficer | None:
    """The entry that a member's role made by itself, which says no office: it becomes the one that is entered."""
    if user_id is None:
        return None
    return db.session.scalars(
        select(UnitOfficer).where(
            UnitOfficer.unit_id == unit_id,
            UnitOfficer.user_id == user_id,
            UnitOfficer.role == OfficerRole.OTHER,
            UnitOfficer.name_cipher.is_(None),
            UnitOfficer.removed_at.is_(None),
            UnitOfficer.ends_on.is_(None),
        )
    ).first()


def _check_entry(entry: Entry, invite: bool) -> None:
    wrong: dict[str, str] = {}
    if not entry.name.strip():
        wrong["name"] = "Enter the name."
    if invite and not entry.email.strip():
        wrong["email"] = "An invitation needs an address."
    if entry.ends_on is not None and entry.ends_on < entry.starts_on:
        wrong["ends_on"] = "The term can’t end before it begins."
    if wrong:
        raise Invalid(next(iter(wrong.values())), **wrong)


def _check_new(unit_id: UUID, entry: Entry, key: bytes | None, user_id: UUID | None) -> None:
    """The same person in the same office of the same unit, at the same time, is entered once."""
    same = select(UnitOfficer).where(
        UnitOfficer.unit_id == unit_id,
        UnitOfficer.role == entry.role,
        UnitOfficer.removed_at.is_(None),
        or_(UnitOfficer.ends_on.is_(None), UnitOfficer.ends_on >= entry.starts_on),
    )
    for other in db.session.scalars(same):
        overlaps = entry.ends_on is None or other.starts_on <= entry.ends_on
        is_same = (user_id is not None and other.user_id == user_id and other.name_cipher is not None) or (
            other.email_key == key
            if key or other.email_key
            else (other.name or "").casefold() == " ".join(entry.name.split()).casefold()
        )
        if overlaps and is_same:
            raise Conflict("They are entered in this office already.", email="They are entered already.")


def _told(officer: UnitOfficer) -> dict[str, str | None]:
    return {
        "role": str(officer.role),
        "starts_on": officer.starts_on.isoformat(),
        "ends_on": officer.ends_on.isoformat() if officer.ends_on else None,
    }


def _details(officer: UnitOfficer) -> tuple[str | None, str | None]:
    return officer.name, officer.email
