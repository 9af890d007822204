"""The steps of an approach: what was asked and answered, called off and taken back, run out, paused and resumed."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from organising.lobbying.approach_states import EXPIRING, OPEN, TOOK_PLACE, ApproachState, may_follow
from organising.lobbying.models import Approach, ApproachDeed, NoticeKind
from organising.lobbying.services.approach_changes import (
    ReservationClash,
    change,
    note_event,
    open_approach,
    own_side,
    tell_others,
)
from organising.lobbying.services.approach_drafts import list_owners
from organising.platform.actor import Actor
from organising.platform.cautions import ask_first, text_cautions
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.permissions import Permission

LONGEST_WORDS = 280


def take_step(
    actor: Actor,
    approach_id: UUID,
    state: str,
    *,
    words: str = "",
    scheduled_on: date | None = None,
    confirmed: Collection[str] = (),
) -> Approach:
    """Take an approach to its next state; ``words`` are shared. The step that was just taken is not taken twice.

    Raises NotFound; Forbidden; Conflict where the state can't follow; Invalid by field; NeedsConfirmation;
    ReservationClash where days that were let go are held by another now.
    """
    approach = open_approach(actor, approach_id)
    if approach.state == state:
        return approach
    if state not in list(ApproachState) or not may_follow(approach.state, state):
        raise Conflict(_("Meanwhile this approach has moved on. Look again at where it stands."))
    check_words(words)
    ask_first(text_cautions("words", words, shared=True), confirmed)
    if state == ApproachState.ASSIGNED:
        return assign(actor, approach_id, actor.user_id)
    if state == ApproachState.SCHEDULED:
        _check_day(approach, scheduled_on)
    if state == ApproachState.REQUESTED and approach.ends_on < today():
        raise Conflict(_("Its days are over. Change the days first, then ask."))
    if state == ApproachState.HELD and (approach.scheduled_on or approach.starts_on) > today():
        raise Conflict(_("Its day is still to come. Change the day if it was held earlier."))
    _check_minutes(actor, approach, state)
    _move(actor, approach, ApproachState(state), words, scheduled_on)
    return approach


def assign(actor: Actor, approach_id: UUID, user_id: UUID | None) -> Approach:
    """Say who of one's own organisation sees to an approach. Raises Forbidden for another's, Invalid by field."""
    approach = open_approach(actor, approach_id)
    if approach.organisation_id != actor.organisation_id:
        raise Forbidden(_("Who sees to an approach is for the organisation to say that holds it."))
    if approach.state not in OPEN:
        raise Conflict(_("This approach is over. Reserve it again instead."))
    names = {one.user_id: one.display_name for one in list_owners(actor)}
    if user_id not in names:
        raise Invalid(
            _("Nobody was named yet."),
            owner_user_id=_("Choose someone of your organisation who may make approaches."),
        )
    side = own_side(actor, approach)
    if side.owner_user_id == user_id and approach.owner_label:
        return approach
    side.owner_user_id = user_id
    begins = approach.state in (ApproachState.IDENTIFIED, ApproachState.RESEARCHED)
    state = ApproachState.ASSIGNED if begins else approach.state
    note_event(
        actor, approach, ApproachDeed.ASSIGNED, words=names[user_id], to_state=state if begins else None
    )
    change(actor, approach, owner_label=names[user_id], state=state)
    return approach


def cancel_approach(
    actor: Actor, approach_id: UUID, *, words: str = "", confirmed: Collection[str] = ()
) -> Approach:
    """Call an approach off: its days are free at once. Can be undone while nobody else has taken them."""
    approach = open_approach(actor, approach_id)
    if approach.state == ApproachState.CANCELLED:
        return approach
    if approach.state not in OPEN:
        raise Conflict(_("This approach is over already."))
    check_words(words)
    ask_first(text_cautions("words", words, shared=True), confirmed)
    _interrupt(actor, approach, ApproachState.CANCELLED, ApproachDeed.CANCELLED, words)
    tell_others(
        actor,
        approach,
        NoticeKind.RELEASED,
        _("%(partner)s called off the approach to %(name)s.",
          partner=actor.organisation_name, name=approach.subject_name),
    )  # fmt: skip
    return approach


def restore_approach(actor: Actor, approach_id: UUID) -> Approach:
    """Undo :func:`cancel_approach`. Raises Conflict once its days are over, ReservationClash where another holds them."""
    approach = open_approach(actor, approach_id)
    if approach.state != ApproachState.CANCELLED:
        return approach
    if approach.interrupted_state in EXPIRING and approach.ends_on < today():
        raise Conflict(_("Its days are over. Reserve it again instead."))
    _return(actor, approach, ApproachDeed.RESTORED, "")
    return approach


def expire_approach(actor: Actor, approach_id: UUID) -> bool:
    """End a reservation whose days are over with nothing agreed; returns whether it did. Twice is once."""
    approach = open_approach(actor, approach_id)
    if approach.state not in EXPIRING or approach.ends_on >= today():
        return False
    _interrupt(actor, approach, ApproachState.CANCELLED, ApproachDeed.EXPIRED, "", expired_at=now())
    tell_others(
        actor,
        approach,
        NoticeKind.RELEASED,
        _("The reservation of %(name)s that you joined has run out.", name=approach.subject_name),
    )
    return True


def pause_approaches(actor: Actor, *conditions: ColumnElement[bool], words: str = "") -> int:
    """Pause all open approaches of which the conditions on :class:`Approach` are true; returns how many.

    For a coordinator the whole campaign's, for everyone else, and for a job, the own organisation's. What took
    place already goes on. Twice is once.
    """
    paused = [state for state in OPEN if state not in TOOK_PLACE]
    number = 0
    for approach_id in _ids(actor, Approach.state.in_(paused), *conditions):
        approach = open_approach(actor, approach_id)
        if approach.state in paused:
            _interrupt(actor, approach, ApproachState.PAUSED, ApproachDeed.PAUSED, words)
            number += 1
    return number


def resume_approaches(
    actor: Actor, *conditions: ColumnElement[bool], words: str = ""
) -> tuple[int, list[UUID]]:
    """Take paused approaches back to where they were; returns how many, and those whose days another holds now.

    Their days may be over meanwhile: then the sweep ends them, and their holders read so on their day's page.
    """
    number, held = 0, []
    for approach_id in _ids(actor, Approach.state == ApproachState.PAUSED, *conditions):
        approach = open_approach(actor, approach_id)
        try:
            with db.session.begin_nested():
                _return(actor, approach, ApproachDeed.RESUMED, words)
            number += 1
        except ReservationClash:
            held.append(approach_id)
    return number, held


def check_words(words: str, field: str = "words") -> None:
    """Raise Invalid where what is said about a step is too long."""
    if len(words) > LONGEST_WORDS:
        raise Invalid(
            _("This was not kept yet."), **{field: _("Use at most %(most)s characters.", most=LONGEST_WORDS)}
        )


def _move(
    actor: Actor, approach: Approach, state: ApproachState, words: str, scheduled_on: date | None
) -> None:
    note_event(actor, approach, ApproachDeed.STEP, words=words, to_state=state)
    agreed = scheduled_on if state == ApproachState.SCHEDULED else approach.scheduled_on
    if state in (*EXPIRING, ApproachState.DECLINED):
        agreed = None
    change(actor, approach, state=state, scheduled_on=agreed)


def _interrupt(
    actor: Actor,
    approach: Approach,
    state: ApproachState,
    deed: ApproachDeed,
    words: str,
    **values: object,
) -> None:
    note_event(actor, approach, deed, words=words, to_state=state)
    change(actor, approach, state=state, interrupted_state=approach.state, **values)


def _return(actor: Actor, approach: Approach, deed: ApproachDeed, words: str) -> None:
    state = approach.interrupted_state
    note_event(actor, approach, deed, words=words, to_state=state)
    change(actor, approach, state=state, interrupted_state=None, expired_at=None)


def _check_day(approach: Approach, day: date | None) -> None:
    if day is None:
        raise Invalid(_("The step was not kept yet."), scheduled_on=_("Say which day was agreed."))
    if not approach.starts_on <= day <= approach.ends_on:
        raise Invalid(
            _("The step was not kept yet."),
            scheduled_on=_("This day is not among those reserved. Change the days first."),
        )


def _check_minutes(actor: Actor, approach: Approach, state: str) -> None:
    if state == ApproachState.MINUTES_DRAFT:
        own_side(actor, approach).minutes_user_id = actor.user_id
    elif (
        state == ApproachState.MINUTES_APPROVED and own_side(actor, approach).minutes_user_id == actor.user_id
    ):
        raise Forbidden(_("Nobody approves their own minutes: let a colleague read them."))


def _ids(actor: Actor, *conditions: ColumnElement[bool]) -> list[UUID]:
    statement = select(Approach.id).where(Approach.campaign_id == actor.campaign_id, *conditions)
    if not actor.can(Permission.APPROACHES_HAND_OVER):
        statement = statement.where(Approach.organisation_id == actor.organisation_id)
    # In one order, so that two who do the same wait for each other once, and not crosswise.
    return list(db.session.scalars(statement.order_by(Approach.id)))
