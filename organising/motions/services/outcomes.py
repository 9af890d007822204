"""What became of a motion: told once, taken back where it was told wrongly, and told afterwards for what a body carried before."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select

from organising.motions.models import MOST_VOTES, CarriedText, How, Motion, MotionDetail, NotNow
from organising.motions.queries.motions import read_text
from organising.motions.states import AWAITED, CARRIED, OUTCOMES, State
from organising.motions.text import MotionText
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Invalid

from .rules import Taken, check_day, check_text, check_version, note, take
from .writing import Draft, begin, find_written, keep_text

VOTES = ("votes_for", "votes_against", "abstained")


class AlreadyTold(Conflict):
    """Somebody told another outcome already. ``details``: ``outcome``."""

    code = "already_told"


@dataclass(frozen=True)
class Told:
    """What a body decided. ``amended``: the text that it carried instead of the one submitted, where that is known."""

    outcome: str
    on: date
    how: str | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    abstained: int | None = None
    amended: MotionText | None = None


def tell_outcome(
    actor: Actor, motion_id: UUID, version: int, told: Told, *, at: datetime | None = None
) -> Motion:
    """Write down what became of it. Told twice it is told once. Raises ``AlreadyTold``, ``EditedMeanwhile``, ``Invalid``."""
    check_told(told)
    taken = take(actor, motion_id, OUTCOMES[State(told.outcome)])
    motion = taken.motion
    if motion.state not in AWAITED:
        if motion.outcome == told.outcome:
            return motion
        if motion.outcome is not None:
            raise AlreadyTold(
                "What became of this motion was told already. Take that back first if it is wrong.",
                outcome=motion.outcome,
            )
        raise NotNow("Send the motion in first.", state=motion.state, verb="decide")
    check_version(motion, version)
    _check_amended(taken.detail, told)
    motion.decide(State(told.outcome), told.on)
    # Where no meeting was noted, the list has it under the day of the decision, which its line shows.
    motion.day = motion.meeting_on or told.on
    _keep(actor, taken, told)
    note(actor, taken, "told", at or now(), outcome=str(motion.outcome))
    return motion


def tell_past(actor: Actor, draft: Draft, told: Told, key: UUID, *, at: datetime | None = None) -> Motion:
    """Tell what a body decided of which nothing stood here: one step. The text of the draft is the one that was carried."""
    moment = at or now()
    check_told(told)
    earlier = find_written(actor, key)
    if earlier is not None:
        return earlier
    taken = begin(actor, draft, key, moment, what="told_past", state=State(told.outcome), on=told.on)
    if told.outcome == State.CARRIED_AS_AMENDED:
        # Nobody kept what was submitted; what is known is what was carried.
        taken.detail.text, taken.detail.amended = None, keep_text(draft.text)
        told = Told(
            told.outcome, told.on, told.how, told.votes_for, told.votes_against, told.abstained, draft.text
        )
    _keep(actor, taken, told)
    note(actor, taken, "told_past", moment, outcome=str(taken.motion.outcome), forum=taken.motion.forum)
    return taken.motion


def put_amended_text(
    actor: Actor, motion_id: UUID, version: int, text: MotionText, *, at: datetime | None = None
) -> Motion:
    """Put in the text as it was carried, where "as amended" was told without it. Raises ``Invalid``, ``NotNow``."""
    taken = take(actor, motion_id, "word")
    motion, detail = taken.motion, taken.detail
    if detail.amended and read_text(detail.amended) == text:
        return motion
    check_version(motion, version)
    if motion.outcome != State.CARRIED_AS_AMENDED or not motion.is_counted or detail.amended:
        raise NotNow("Its text is known already.", state=motion.state, verb="word")
    check_text(text, whole=True)
    _check_differs(detail, text)
    detail.amended = keep_text(text)
    motion.version += 1
    _show(actor, taken, text, as_amended=True)
    note(actor, taken, "worded", at or now())
    return motion


def take_outcome_back(actor: Actor, motion_id: UUID, version: int, *, at: datetime | None = None) -> Motion:
    """It was told wrongly: the motion stands where it stood, counts no more, and is named no more."""
    taken = take(actor, motion_id, "take_outcome_back")
    motion, moment = taken.motion, at or now()
    if motion.state in AWAITED and motion.outcome is None:
        return motion
    check_version(motion, version)
    before = motion.outcome
    motion.take_outcome_back(moment)
    forget(taken)
    note(actor, taken, "outcome_taken_back", moment, outcome=str(before))
    return motion


def forget(taken: Taken) -> None:
    """Nothing is known of a decision any more: votes and the carried text go, the text that was submitted stays."""
    detail = taken.detail
    for name in ("how", *VOTES, "told_by", "agreed_by"):
        setattr(detail, name, None)
    if detail.text is None:
        detail.text = detail.amended
    detail.amended = None
    db.session.execute(delete(CarriedText).where(CarriedText.motion_id == taken.motion.id))


def check_told(told: Told) -> None:
    """Raise :class:`Invalid` for an outcome that can't be meant."""
    if told.outcome not in OUTCOMES:
        raise Invalid("There is no such outcome.", outcome="Choose one of the outcomes.")
    check_day("on", told.on, past=True)
    if told.how is not None and told.how not in set(How):
        raise Invalid("There is no such way to decide.", how="Choose how it was decided.")
    for name in VOTES:
        value = getattr(told, name)
        if value is not None and not 0 <= value <= MOST_VOTES:
            message = f"Give a number from 0 to {MOST_VOTES:,}."
            raise Invalid(message, **{name: message})
    ayes, noes = told.votes_for, told.votes_against
    if told.outcome in CARRIED and ayes is not None and noes is not None and ayes < noes:
        raise Invalid(
            "More voted against than for.", votes_for="More voted against than for. Was it carried, then?"
        )
    if told.outcome in CARRIED and told.how == How.UNANIMOUS and noes:
        raise Invalid("Somebody voted against.", votes_against="A unanimous vote has none against.")


def _check_amended(detail: MotionDetail, told: Told) -> None:
    if told.amended is None:
        return
    if told.outcome == State.CARRIED_AS_AMENDED:
        check_text(told.amended, whole=True)
        _check_differs(detail, told.amended)
    elif told.outcome == State.CARRIED and told.amended != read_text(detail.text):
        raise Invalid(
            "The text was changed.", outcome="You changed the text: then it was “Carried as amended”."
        )


def _check_differs(detail: MotionDetail, text: MotionText) -> None:
    if text == read_text(detail.text):
        raise Invalid(
            "The text is the one that was submitted.",
            resolves="This is word for word the text that was submitted. Change it, or choose “Carried”.",
        )


def _keep(actor: Actor, taken: Taken, told: Told) -> None:
    """Votes where there was a vote, and for partners the text that was carried, where it is known."""
    detail = taken.detail
    detail.told_by = actor.user_id
    if told.outcome in (*CARRIED, State.LOST):
        detail.how = told.how
        if told.how in (None, How.COUNTED, How.UNANIMOUS):
            for name in VOTES:
                setattr(detail, name, getattr(told, name))
    if told.outcome == State.CARRIED_AS_AMENDED and told.amended is not None:
        detail.amended = keep_text(told.amended)
        _show(actor, taken, told.amended, as_amended=True)
    if told.outcome == State.CARRIED:
        text = read_text(detail.text)
        assert text is not None
        _show(actor, taken, text, as_amended=False)
    db.session.flush()


def _show(actor: Actor, taken: Taken, text: MotionText, *, as_amended: bool) -> None:
    motion = taken.motion
    present = db.session.scalar(select(CarriedText.id).where(CarriedText.motion_id == motion.id))
    if present is not None:
        return
    db.session.add(
        CarriedText(
            id=new_id(),
            organisation_id=motion.organisation_id,
            campaign_id=motion.campaign_id,
            author_label=actor.author_label,
            motion_id=motion.id,
            as_amended=as_amended,
            **text.as_dict(),
        )
    )
    db.session.flush()


def past_day(day: date | None) -> date:
    """The day on which a body will have decided: its meeting's where that is over, else today."""
    return day if day is not None and day <= today() else today()
