"""A lobby day's meetings: set, filled, briefed, and logged afterwards, one contact a representative."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import UUID, uuid5

from flask_babel import gettext as _
from sqlalchemy import literal, select

from organising.actions.models import BranchAction
from organising.actions.queries import list_asks_of
from organising.actions.states import Kind
from organising.lobbying.models import Engagement, EngagementKind
from organising.lobbying.queries.log import find_submitted, list_submitted
from organising.lobbying.services import EngagementDraft, log_engagement
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.cautions import Caution, ask_first, caution_key
from organising.platform.clock import LONDON, now, today
from organising.platform.db import db, find
from organising.platform.errors import Conflict, Invalid
from organising.representatives.models import Person

from ..cautions import note_cautions
from ..kinds import meets_members
from ..models import LobbyBriefing, MailKind, MeetingSlot, SignUp, SignUpState
from ..models.meetings import MOST_IN_A_SLOT
from ..queries.meetings import (
    Reservation,
    briefing_key,
    count_in_slot,
    find_lines,
    get_slot,
    list_lines,
    list_reservations,
    list_slots,
)
from ..queries.people import get_own_action
from .planning_mail import ring, write_mails

LONGEST_ROOM = 120
LONGEST_LINES = 4_000


@dataclass(frozen=True)
class SlotDraft:
    """A meeting as typed."""

    person_id: UUID
    starts_at: datetime
    room: str
    capacity: int


@dataclass(frozen=True)
class ResultDraft:
    """How a meeting went, as typed: headline and outcome for every partner, the note for one's own people."""

    attended_by: str
    outcome: str
    headline: str
    note: str
    ask_ids: tuple[UUID, ...]


class SlotFull(Conflict):
    """More were put into a meeting than it holds. Nobody was."""

    code = "slot_full"


def add_slot(
    actor: Actor, action_id: UUID, draft: SlotDraft, *, confirmed: Collection[str] = ()
) -> MeetingSlot:
    """Set a meeting. Where a partner has reserved this representative, it asks first. Raises Invalid, NeedsConfirmation."""
    action = _lobby(actor, action_id)
    draft = _checked(action, draft)
    ask_first(cautions_of(actor, draft), confirmed)
    slot = MeetingSlot(
        action_id=action_id,
        person_id=draft.person_id,
        starts_at=draft.starts_at,
        capacity=draft.capacity,
        author_label=actor.author_label,
    )
    slot.room = draft.room or None
    db.session.add(slot)
    db.session.flush()
    audit.record(actor, "meeting_slot.set", "meeting_slot", slot.id)
    return slot


def change_slot(
    actor: Actor, action_id: UUID, slot_id: UUID, draft: SlotDraft, *, confirmed: Collection[str] = ()
) -> MeetingSlot:
    """Change time, room or places; who was briefed is briefed anew when the briefing is sent again. Raises as above."""
    action = _lobby(actor, action_id)
    slot = get_slot(action_id, slot_id, lock=True)
    draft = _checked(action, draft)
    taken = count_in_slot(slot.id)
    if draft.capacity < taken:
        reason = _("%(num)s people are in it already.", num=taken)
        raise Invalid(reason, capacity=reason)
    if draft.person_id != slot.person_id:
        ask_first(cautions_of(actor, draft), confirmed)
    told = (slot.person_id, slot.starts_at, slot.room or "")
    slot.person_id, slot.starts_at, slot.capacity = draft.person_id, draft.starts_at, draft.capacity
    if (slot.room or "") != draft.room:
        slot.room = draft.room or None
    if told != (draft.person_id, draft.starts_at, draft.room):
        slot.version += 1
    db.session.flush()
    audit.record(actor, "meeting_slot.changed", "meeting_slot", slot.id)
    return slot


def remove_slot(actor: Actor, action_id: UUID, slot_id: UUID) -> None:
    """Take a meeting away; who was in it is in none."""
    _lobby(actor, action_id)
    slot = get_slot(action_id, slot_id, lock=True)
    db.session.delete(slot)
    db.session.flush()
    db.session.expire_all()
    audit.record(actor, "meeting_slot.removed", "meeting_slot", slot_id)


def assign(actor: Actor, action_id: UUID, slot_id: UUID | None, sign_up_ids: Sequence[UUID]) -> int:
    """Put people into a meeting, or (no ``slot_id``) out of theirs; answers how many moved.

    Raises :class:`SlotFull` where there is no room for all of them: then nobody is put in.
    """
    _lobby(actor, action_id)
    slot = get_slot(action_id, slot_id, lock=True) if slot_id else None
    people = db.session.scalars(
        select(SignUp)
        .where(
            SignUp.action_id == action_id,
            SignUp.id.in_(list(sign_up_ids)),
            SignUp.state == SignUpState.GOING,
        )
        .order_by(SignUp.confirmed_at, SignUp.id)
        .with_for_update()
    ).all()
    moving = [one for one in people if one.slot_id != slot_id]
    if slot is not None:
        left = slot.capacity - count_in_slot(slot.id)
        if len(moving) > left:
            raise SlotFull(
                _(
                    "There is room for %(left)s more in this meeting, and you chose %(num)s.",
                    left=max(left, 0),
                    num=len(moving),
                )
            )
    for one in moving:
        one.slot_id = slot_id
    db.session.flush()
    if moving:
        audit.record(actor, "meeting_slot.filled", "branch_action", action_id, count=len(moving))
    return len(moving)


def write_lines(
    actor: Actor, action_id: UUID, person_id: UUID | None, lines: str, *, confirmed: Collection[str] = ()
) -> LobbyBriefing:
    """Write what everyone is told before they go, or those who meet one representative: a new version where it differs."""
    _lobby(actor, action_id)
    lines = lines.strip()
    if len(lines) > LONGEST_LINES:
        reason = _("Use at most %(most)s characters.", most=f"{LONGEST_LINES:,}")
        raise Invalid(reason, lines=reason)
    ask_first(note_cautions("lines", lines), confirmed)
    known = find_lines(action_id, person_id)
    if known is None:
        known = LobbyBriefing(
            action_id=action_id, person_id=person_id, version=0, author_label=actor.author_label
        )
        db.session.add(known)
    if known.version == 0 or (known.lines or "") != lines:
        known.lines = lines or None
        known.version += 1
        known.author_label = actor.author_label
        db.session.flush()
        audit.record(actor, "lobby_briefing.written", "branch_action", action_id, version=known.version)
    return known


def send_briefings(actor: Actor, action_id: UUID) -> int:
    """Mail everybody in a meeting their briefing, as it stands: each version once. Answers to how many it goes now."""
    action = _lobby(actor, action_id)
    if action.starts_at <= now():
        raise Conflict(_("It has begun, so a briefing would come too late."))
    sent, lines = 0, list_lines(action_id)
    for slot in list_slots(action_id):
        sent += write_mails(
            MailKind.BRIEFING,
            literal(briefing_key(slot, lines)),
            now(),
            SignUp.slot_id == slot.id,
            SignUp.state == SignUpState.GOING,
        )
    if sent:
        ring(actor.organisation_id)
        audit.record(actor, "lobby_briefing.sent", "branch_action", action_id, count=sent)
    return sent


def log_result(
    actor: Actor, action_id: UUID, person_id: UUID, draft: ResultDraft, *, confirmed: Collection[str] = ()
) -> Engagement:
    """Put how it went into the contact log, once a representative and action.

    Raises what :func:`log_engagement` raises; Invalid before it began.
    """
    action = _lobby(actor, action_id)
    if action.starts_at > now():
        raise Invalid(_("It has not begun yet, so there is nothing to log."))
    slots = list_slots(action_id, person_id)
    on = min((slots[0].starts_at if slots else action.starts_at).astimezone(LONDON).date(), today())
    return log_engagement(
        actor,
        EngagementDraft(
            person_id=person_id,
            happened_on=on,
            kind=EngagementKind.SURGERY if action.kind == Kind.SURGERY_VISIT else EngagementKind.MEETING,
            headline=draft.headline,
            attended_by=draft.attended_by,
            outcome=draft.outcome,
            note=draft.note,
            ask_ids=draft.ask_ids,
            submission_key=result_key(action_id, person_id),
        ),
        confirmed=confirmed,
    ).engagement


def find_result(actor: Actor, action_id: UUID, person_id: UUID) -> Engagement | None:
    """What was logged of a representative's meetings at this action."""
    return find_submitted(actor, result_key(action_id, person_id))


def find_results(actor: Actor, action_id: UUID, person_ids: Collection[UUID]) -> dict[UUID, Engagement]:
    """The same of each of these representatives, where something was logged."""
    whose = {result_key(action_id, person_id): person_id for person_id in person_ids}
    return {whose[one.submission_key]: one for one in list_submitted(actor, whose)}


def result_key(action_id: UUID, person_id: UUID) -> UUID:
    """One for each action and representative: the log takes a second one for the first, sent again."""
    return uuid5(action_id, f"met:{person_id}")


def default_asks(action_id: UUID) -> list[UUID]:
    """The asks that the action is about."""
    return [ask.id for ask in list_asks_of(action_id)]


def _lobby(actor: Actor, action_id: UUID) -> BranchAction:
    action = get_own_action(actor, action_id).action
    if not meets_members(action.kind):
        raise Conflict(_("Nobody meets their MP at an action of this kind."))
    return action


def _checked(action: BranchAction, draft: SlotDraft) -> SlotDraft:
    wrong: dict[str, str] = {}
    room = " ".join(draft.room.split())
    if find(Person, draft.person_id) is None:
        wrong["person_id"] = _("Choose the representative from the list.")
    if not action.starts_at <= draft.starts_at < action.ends_at:
        wrong["time"] = _("Choose a time within the action’s own.")
    if len(room) > LONGEST_ROOM:
        wrong["room"] = _("Use at most %(most)s characters.", most=LONGEST_ROOM)
    if not 1 <= draft.capacity <= MOST_IN_A_SLOT:
        wrong["capacity"] = _("Give a number from 1 to %(most)s.", most=MOST_IN_A_SLOT)
    if wrong:
        raise Invalid(_("The meeting was not set."), **wrong)
    return SlotDraft(draft.person_id, draft.starts_at, room, draft.capacity)


def cautions_of(actor: Actor, draft: SlotDraft) -> Iterator[Caution]:
    """A partner that stands before this representative’s door is asked first, by a person."""
    on = draft.starts_at.astimezone(LONDON).date()
    reserved = list_reservations(actor, [draft.person_id], on).get(draft.person_id, [])
    return chain.from_iterable(_caution(one) for one in reserved if not one.is_own)


def _caution(one: Reservation) -> Iterator[Caution]:
    yield Caution(
        "reserved",
        "person_id",
        _(
            "%(who)s has reserved this MP for those days. Speak with them first, then say so here.",
            who=one.who,
        ),
        caution_key("reserved", str(one.approach_id)),
    )
