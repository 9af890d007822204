"""What the host's staff do: set what the sign-up says, mark who came, take somebody off the list, take the list out."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from organising.actions.models import BranchAction
from organising.contacts.models import ConsentPurpose
from organising.contacts.services.consents import wording_of
from organising.contacts.words import REASONS
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first
from organising.platform.clock import LONDON, now
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid
from organising.platform.pagination import list_first
from organising.platform.permissions import Permission
from organising.platform.spreadsheet import table
from organising.safeguards.practice import may_keep_people
from organising.safeguards.services import asks_why, may_take_out, record_export
from organising.safeguards.storage import find_storage_off
from organising.safeguards.terms import ExportKind

from ..cautions import note_cautions
from ..models import Attended, SignUp, SignUpPage, SignUpState
from ..queries.meetings import find_seat_names, list_slots
from ..queries.people import find_page, get_own_action, get_sign_up, select_people
from ..words import ATTENDED, STATES
from .planning_mail import fill_places, ring

LONGEST_NOTES = 2_000
COLUMNS = ("name", "email", "postcode", "constituency", "list", "confirmed on", "meeting", "attended")


def takes_people(actor: Actor) -> bool:
    """Whether the organisation may take in anybody's details at all."""
    return may_keep_people(actor.organisation_id) and find_storage_off(actor.organisation_id) is None


def set_page(
    actor: Actor, action_id: UUID, notes: str, invitations: bool, *, confirmed: list[str] | None = None
) -> SignUpPage:
    """Set what those who are going are told, and whether the page asks about invitations. Raises Invalid, NeedsConfirmation."""
    page = _page(_editable(actor, action_id))
    notes = notes.strip()
    if len(notes) > LONGEST_NOTES:
        reason = _("Use at most %(most)s characters.", most=f"{LONGEST_NOTES:,}")
        raise Invalid(reason, notes=reason)
    ask_first(note_cautions("notes", notes), confirmed or [])
    if (page.notes or "") != notes:
        page.notes = notes or None
    wording = wording_of(actor, ConsentPurpose.INVITATIONS) if invitations else None
    page.invitations_wording_id = wording.id if wording else None
    audit.record(actor, "attendance.page_set", "branch_action", action_id, invitations=invitations)
    db.session.flush()
    return page


def close_sign_up(actor: Actor, action_id: UUID) -> bool:
    """Take no more sign-ups; who has a place keeps it. Returns whether that changed anything."""
    changed = _page(_editable(actor, action_id)).close(now(), actor.author_label)
    return _noted(actor, changed, "attendance.closed", action_id)


def reopen_sign_up(actor: Actor, action_id: UUID) -> bool:
    """Take sign-ups again. Returns whether that changed anything."""
    changed = _page(_editable(actor, action_id)).reopen()
    return _noted(actor, changed, "attendance.reopened", action_id)


def mark(actor: Actor, action_id: UUID, sign_up_id: UUID, attended: str) -> bool:
    """Note whether somebody came, or that it is not known. Not before it begins. Returns whether that changed anything."""
    record = get_own_action(actor, action_id)
    if attended not in ("", *Attended):
        raise Invalid(_("Choose one of these."))
    if record.action.starts_at > now():
        raise Invalid(_("It has not begun yet, so nobody can have come."))
    sign_up = get_sign_up(action_id, sign_up_id, lock=True)
    changed = sign_up.mark(Attended(attended) if attended else None, actor.author_label)
    return _noted(actor, changed, "attendance.marked", sign_up_id, about="sign_up", attended=attended)


def take_off(actor: Actor, action_id: UUID, sign_up_id: UUID) -> None:
    """Take somebody off the list who asked for it; their details go at once, and who waits longest gets the place."""
    get_own_action(actor, action_id)
    sign_up = get_sign_up(action_id, sign_up_id, lock=True)
    sign_up.state, sign_up.confirmed_at, sign_up.ended_at = SignUpState.WITHDRAWN, None, now()
    sign_up.slot_id = None
    db.session.flush()
    db.session.expire(sign_up)
    if fill_places(action_id):
        ring(actor.organisation_id)
    audit.record(actor, "attendance.taken_off", "sign_up", sign_up_id)


def may_export(actor: Actor) -> bool:
    """Whether this actor may take the list out as a file."""
    return actor.can(Permission.ATTENDEES_EXPORT) and may_take_out(actor, ExportKind.ATTENDEES)


def needs_reason(actor: Actor) -> bool:
    """Whether this role says why it takes people out: the data agreement's to say."""
    return asks_why(actor, ExportKind.ATTENDEES)


def export_people(actor: Actor, action_id: UUID, reason: str) -> str:
    """The list as CSV, in the exports log with who, when, how many and why. Raises Forbidden, Invalid."""
    actor.check(Permission.ATTENDEES_EXPORT)
    record = get_own_action(actor, action_id)
    if reason not in REASONS and (reason or needs_reason(actor)):
        raise Invalid(_("Say what you take them out for."), reason=_("Say what you take them out for."))
    people = list_first(select_people(action_id).order_by(SignUp.confirmed_at, SignUp.id))
    record_export(actor, ExportKind.ATTENDEES, len(people), what=f"action {record.action.id}", reason=reason)
    audit.record(actor, "attendance.exported", "branch_action", action_id, count=len(people))
    return table(COLUMNS, _rows(action_id, list(people)))


def _rows(action_id: UUID, people: list[SignUp]) -> list[tuple[object, ...]]:
    seats = find_seat_names({one.area_id for one in people if one.area_id})
    slots = {one.id: f"{one.starts_at.astimezone(LONDON):%Y-%m-%d %H:%M}" for one in list_slots(action_id)}
    return [
        (
            one.name,
            one.email,
            one.postcode or "",
            seats.get(one.area_id, "") if one.area_id else "",
            str(STATES[SignUpState(one.state)]),
            one.confirmed_at.date() if one.confirmed_at else "",
            slots.get(one.slot_id, "") if one.slot_id else "",
            str(ATTENDED[Attended(one.attended)]) if one.attended else "",
        )
        for one in people
    ]


def _editable(actor: Actor, action_id: UUID) -> BranchAction:
    record = get_own_action(actor, action_id)
    if not actor.can(Permission.ACTIONS_CREATE):
        raise Forbidden("Your role in this organisation does not allow this.")
    return record.action


def _page(action: BranchAction) -> SignUpPage:
    page = find_page(action.id)
    if page is None:
        page = SignUpPage(action_id=action.id)
        db.session.add(page)
        db.session.flush()
    return page


def _noted(
    actor: Actor, changed: bool, what: str, row_id: UUID, about: str = "branch_action", **facts: Any
) -> bool:
    if changed:
        db.session.flush()
        audit.record(actor, what, about, row_id, **facts)
    return changed
