"""What every change of an action has in common: taking the row, who may, history, dates and counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from organising.actions import queries
from organising.actions.models import MOST_COUNTED, ActionDetail, ActionEvent, BranchAction
from organising.actions.states import TRANSITIONS, Standing, Who, may
from organising.organisations.unit_history import note_acted_for
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid, NotFound

FURTHEST_AHEAD = timedelta(days=731)
LONGEST_AGO = timedelta(days=5 * 366)
LONGEST_COMMENT = 2_000


class EditedMeanwhile(Conflict):
    """Someone changed the action after this page was loaded. ``details``: ``version``, as it is now."""

    code = "edited_meanwhile"


@dataclass(frozen=True)
class Taken:
    """An action of the own organisation, locked until the transaction ends."""

    action: BranchAction
    detail: ActionDetail
    standing: Standing


def take(actor: Actor, action_id: UUID, verb: str) -> Taken:
    """Lock the action for one step. Raises :class:`NotFound` for one not the organisation's (or not to be
    seen), :class:`Forbidden` where another must take this step."""
    statement = queries.visible(actor).where(
        BranchAction.id == action_id, BranchAction.organisation_id == actor.organisation_id
    )
    # The joined organisation is no part of the lock: nobody may update it here.
    action = db.session.scalars(
        statement.with_for_update(of=BranchAction).execution_options(populate_existing=True)
    ).one_or_none()
    if action is None:
        raise NotFound
    detail = queries.find_detail(actor, action)
    assert detail is not None
    standing = queries.standing_to(actor, detail, queries.list_events(action))
    if not may(actor, verb, standing):
        raise Forbidden(_refusal(actor, verb, standing))
    return Taken(action, detail, standing)


def get_own(actor: Actor, action_id: UUID) -> BranchAction:
    """An action of the own organisation within reach. Raises :class:`NotFound`."""
    record = queries.get_record(actor, action_id)
    if not (record.standing.is_own and record.standing.in_reach):
        raise NotFound
    return record.action


def _refusal(actor: Actor, verb: str, standing: Standing) -> str:
    approver = verb in TRANSITIONS and TRANSITIONS[verb].who is Who.APPROVER
    if approver and standing.is_author and queries.can_approve(actor):
        return "You planned, changed or reported this action, so someone else has to approve it."
    if not approver and not standing.in_reach:
        return "This action belongs to another unit. Its officers and your staff can change it."
    return "Your role in this organisation does not allow this."


def check_version(action: BranchAction, version: int) -> None:
    """Raise :class:`EditedMeanwhile` unless the page showed the action as it still is."""
    if action.version != version:
        raise EditedMeanwhile(
            "Someone changed this action while you had it open. Load the page again to see it as it is.",
            version=action.version,
        )


# What a unit's officers do: done by an organiser or admin, it stands in the unit's history as done on its behalf.
FOR_THE_UNIT = {
    "created": "action_planned",
    "edited": "action_changed",
    "reported": "action_reported",
    "reported_past": "action_reported",
    "corrected": "action_reported",
}


def note(
    actor: Actor,
    action: BranchAction,
    what: str,
    at: datetime,
    *,
    comment: str | None = None,
    fields: list[str] | None = None,
    **facts: object,
) -> None:
    """Write one line of history and one audit event."""
    event = ActionEvent(
        action_id=action.id,
        what=what,
        user_id=actor.user_id,
        user_label=actor.display_name,
        state=action.state,
        fields=fields or [],
        created_at=at,
    )
    event.comment = (comment or "").strip()[:LONGEST_COMMENT] or None
    db.session.add(event)
    db.session.flush()
    audit.record(actor, f"action.{what}", "branch_action", action.id, at=at, state=str(action.state), **facts)
    if what in FOR_THE_UNIT:
        of = select(ActionDetail.unit_id).where(ActionDetail.action_id == action.id)
        note_acted_for(actor, db.session.scalar(of), FOR_THE_UNIT[what], "branch_action", action.id)


def check_dates(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Raise :class:`Invalid` for dates that can't be meant; ``details`` maps the field to the reason."""
    if ends_at <= starts_at:
        raise Invalid("The end is not after the start.", ends="The end has to be after the start.")
    if starts_at > at + FURTHEST_AHEAD:
        raise Invalid("That is more than two years ahead.", day="Choose a day within the next two years.")
    if starts_at < at - LONGEST_AGO:
        raise Invalid("That is more than five years ago.", day="Choose a day within the last five years.")


def check_count(name: str, value: int | None, *, least: int = 0) -> None:
    """Raise :class:`Invalid` for a count below ``least`` or above 100,000; ``None`` is "not counted"."""
    if value is not None and not least <= value <= MOST_COUNTED:
        message = f"Give a number from {least} to {MOST_COUNTED:,}."
        raise Invalid(message, **{name: message})


def check_campaign(actor: Actor) -> UUID:
    """The campaign in which the actor writes; raises :class:`Invalid` where there is none."""
    if actor.campaign_id is None:
        raise Invalid("Your organisation takes part in no campaign.")
    return actor.campaign_id
