"""What every change of a motion has in common: taking the row, who may, history, and checks of what was typed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from organising.motions.models import Motion, MotionDetail, MotionEvent
from organising.motions.models.texts import LONGEST_PART, LONGEST_TITLE
from organising.motions.queries import motions as queries
from organising.motions.states import DEEDS, TRANSITIONS, Standing, Who, may
from organising.motions.text import PARTS, MotionText
from organising.organisations.unit_history import note_acted_for
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import Conflict, Forbidden, Invalid, NotFound

FURTHEST_AHEAD = timedelta(days=731)
LONGEST_AGO = timedelta(days=5 * 366)
LONGEST_COMMENT = 2_000


class EditedMeanwhile(Conflict):
    """Someone changed the motion after this page was loaded. ``details``: ``version``, as it is now."""

    code = "edited_meanwhile"


@dataclass(frozen=True)
class Taken:
    """A motion of the own organisation, locked until the transaction ends."""

    motion: Motion
    detail: MotionDetail
    standing: Standing


def take(actor: Actor, motion_id: UUID, verb: str) -> Taken:
    """Lock the motion for one step. Raises :class:`NotFound` for one not the organisation's (or not to be seen),
    :class:`Forbidden` where another must take this step."""
    statement = queries.visible(actor).where(
        Motion.id == motion_id, Motion.organisation_id == actor.organisation_id
    )
    # The joined organisation is no part of the lock: nobody may update it here.
    motion = db.session.scalars(
        statement.with_for_update(of=Motion).execution_options(populate_existing=True)
    ).one_or_none()
    if motion is None:
        raise NotFound
    detail = queries.find_detail(actor, motion)
    assert detail is not None
    standing = queries.standing_to(actor, detail)
    if not may(actor, verb, standing):
        raise Forbidden(_refusal(verb, standing))
    return Taken(motion, detail, standing)


def _refusal(verb: str, standing: Standing) -> str:
    who = TRANSITIONS[verb].who if verb in TRANSITIONS else DEEDS[verb]
    if who == Who.CONFIRMER and standing.told_outcome:
        return "You told the outcome of this motion, so someone else has to confirm it."
    if who == Who.EDITOR and not standing.in_reach:
        return "This motion belongs to another unit. Its officers and your staff can change it."
    return "Your role in this organisation does not allow this."


def check_version(motion: Motion, version: int) -> None:
    """Raise :class:`EditedMeanwhile` unless the page showed the motion as it still is."""
    if motion.version != version:
        raise EditedMeanwhile(
            "Someone changed this motion while you had it open. Load the page again to see it as it is.",
            version=motion.version,
        )


# What a unit's officers do: done by an organiser or admin, it stands in the unit's history as done on its behalf.
FOR_THE_UNIT = frozenset({"written", "edited", "submitted", "told", "told_past"})


def note(
    actor: Actor,
    taken: Taken,
    what: str,
    at: datetime,
    *,
    comment: str | None = None,
    fields: list[str] | None = None,
    **facts: object,
) -> None:
    """Write one line of history and one audit event."""
    motion = taken.motion
    event = MotionEvent(
        organisation_id=motion.organisation_id,
        motion_id=motion.id,
        what=what,
        user_id=actor.user_id,
        user_label=actor.display_name,
        state=motion.state,
        fields=fields or [],
        created_at=at,
    )
    event.comment = (comment or "").strip()[:LONGEST_COMMENT] or None
    db.session.add(event)
    db.session.flush()
    audit.record(actor, f"motion.{what}", "motion", motion.id, at=at, state=str(motion.state), **facts)
    if what in FOR_THE_UNIT:
        note_acted_for(actor, taken.detail.unit_id, "motion_changed", "motion", motion.id)


def check_text(text: MotionText, *, whole: bool) -> None:
    """Raise :class:`Invalid` for a text that can't be kept; ``whole``: one that is put to a body resolves something."""
    if not text.title:
        raise Invalid("The motion has no title.", title="Give it a title.")
    if len(text.title) > LONGEST_TITLE:
        raise Invalid("That title is too long.", title=f"Use at most {LONGEST_TITLE} characters.")
    for part in PARTS:
        if len(getattr(text, part)) > LONGEST_PART:
            raise Invalid("That text is too long.", **{part: f"Use at most {LONGEST_PART:,} characters."})
    if whole and not text.resolves:
        raise Invalid("The motion resolves nothing.", resolves="Say what the body resolves to do.")


def check_day(name: str, day: date | None, *, past: bool = False) -> None:
    """Raise :class:`Invalid` for a day that can't be meant; ``past``: it is over."""
    if day is None:
        return
    if past and day > today():
        raise Invalid("That day is still to come.", **{name: "That day is still to come."})
    if day > today() + FURTHEST_AHEAD:
        raise Invalid(
            "That is more than two years ahead.", **{name: "Choose a day within the next two years."}
        )
    if day < today() - LONGEST_AGO:
        raise Invalid(
            "That is more than five years ago.", **{name: "Choose a day within the last five years."}
        )
