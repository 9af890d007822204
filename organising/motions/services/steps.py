"""The steps of a motion beside its outcome: send in, agenda, once more, withdraw, comment, and the name in public."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import text

from organising.motions.models import LONGEST_NAME, Motion, MotionDetail, NotNow
from organising.motions.queries.motions import get_record, read_text
from organising.motions.states import TRANSITIONS, State, may
from organising.organisations.models import Unit, UnitKind
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db, find
from organising.platform.errors import Forbidden, Invalid

from .localising import check_gaps
from .outcomes import forget
from .rules import check_day, check_text, check_version, note, take

# Each step with the line that it leaves in the history.
LINES = {
    "submit": "submitted",
    "call_back": "called_back",
    "put_on_agenda": "put_on_agenda",
    "take_off_agenda": "taken_off_agenda",
    "withdraw": "withdrawn",
    "restore": "restored",
}


def take_step(
    actor: Actor,
    motion_id: UUID,
    verb: str,
    version: int,
    *,
    gaps_seen: bool = False,
    at: datetime | None = None,
) -> Motion:
    """Walk one of :data:`LINES`; pressed twice it changes nothing. Raises ``EditedMeanwhile``, ``NotNow``, ``Invalid``,
    and ``GapsLeft`` for a text with gaps that whoever sends it in was not told of (``gaps_seen``)."""
    taken = take(actor, motion_id, verb)
    motion, moment = taken.motion, at or now()
    if _is_done(motion, verb):
        return motion
    check_version(motion, version)
    if verb == "submit":
        words = read_text(taken.detail.text)
        assert words is not None
        check_text(words, whole=True)
        if not gaps_seen:
            check_gaps(words)
    if getattr(motion, verb)(moment):
        if verb == "restore":
            forget(taken)
        note(actor, taken, LINES[verb], moment)
    return motion


def _is_done(motion: Motion, verb: str) -> bool:
    target = TRANSITIONS[verb].target
    return motion.state == target or (target is None and motion.state not in TRANSITIONS[verb].sources)


def bring_again(
    actor: Actor, motion_id: UUID, version: int, meeting_on: date | None, deadline_on: date | None,
    *, at: datetime | None = None,
) -> Motion:  # fmt: skip
    """Not reached, or remitted: before another meeting, with that one's day and deadline."""
    taken = take(actor, motion_id, "bring_again")
    motion, moment = taken.motion, at or now()
    if motion.state == State.SUBMITTED and motion.meeting_on == meeting_on:
        return motion
    check_version(motion, version)
    for name, day in (("meeting_on", meeting_on), ("deadline_on", deadline_on)):
        check_day(name, day)
        if day is not None and day < today():
            raise Invalid("That day is over.", **{name: "That day is over."})
    motion.bring_again(moment)
    forget(taken)
    motion.meeting_on, motion.day = meeting_on, meeting_on or motion.day
    taken.detail.deadline_on = deadline_on
    note(actor, taken, "brought_again", moment)
    return motion


def comment_motion(actor: Actor, motion_id: UUID, comment: str, *, at: datetime | None = None) -> Motion:
    """Say something of it to one's own people. Raises ``Invalid`` without a word."""
    if not comment.strip():
        raise Invalid("Say something.", comment="Say something.")
    taken = take(actor, motion_id, "comment")
    note(actor, taken, "commented", at or now(), comment=comment)
    return taken.motion


def agree_to_name(
    actor: Actor, motion_id: UUID, version: int, public_name: str = "", *, shows_text: bool = False,
    at: datetime | None = None,
) -> Motion:  # fmt: skip
    """The organisation agrees that the body is named in public, and by which name; not by whoever told the outcome."""
    taken = take(actor, motion_id, "agree")
    motion, moment = taken.motion, at or now()
    name = " ".join(public_name.split()) or usual_name(motion, taken.detail)
    if len(name) > LONGEST_NAME:
        wrong = f"Use at most {LONGEST_NAME} characters."
        raise Invalid(wrong, public_name=wrong)
    if motion.agreed_at is not None:
        return motion
    check_version(motion, version)
    motion.agree(moment, actor.author_label, name, shows_text=shows_text)
    taken.detail.agreed_by = actor.user_id
    note(actor, taken, "agreed", moment)
    return motion


def usual_name(motion: Motion, detail: MotionDetail | None) -> str:
    """As what a body is named unless whoever agrees says otherwise: a workplace does not name its employer."""
    unit = find(Unit, detail.unit_id) if detail and detail.unit_id else None
    if unit is not None and unit.kind == UnitKind.WORKPLACE_GROUP:
        return str(_("A workplace group of %(name)s", name=motion.organisation.name))
    return motion.body


def take_agreement_back(actor: Actor, motion_id: UUID, version: int, *, at: datetime | None = None) -> Motion:
    """The organisation no longer agrees: the body is named no more, from this moment."""
    taken = take(actor, motion_id, "take_agreement_back")
    motion = taken.motion
    if motion.agreed_at is None:
        return motion
    check_version(motion, version)
    motion.take_agreement_back()
    taken.detail.agreed_by = None
    note(actor, taken, "agreement_taken_back", at or now())
    return motion


def name_in_public(actor: Actor, motion_id: UUID, version: int, *, named: bool) -> None:
    """The lead's coordinator has a body named in public, or no more; the database asks again who they are.

    Raises ``NotFound``, ``Forbidden`` and, where it is not as the page showed it, ``NotNow``.
    """
    record = get_record(actor, motion_id)
    motion, verb = record.motion, "publish" if named else "unpublish"
    if not may(actor, verb, record.standing):
        raise Forbidden(
            "You agreed for your organisation, so someone else has to name the body."
            if record.standing.agreed
            else "The coordinator of the campaign’s lead names bodies in public."
        )
    if (motion.published_at is not None) == named:
        return
    values: dict[str, Any] = {"m": motion_id, "seen": version, "named": named, "label": actor.author_label}
    if not db.session.scalar(text("SELECT app.name_motion(:m, :seen, :named, :label)"), values):
        raise NotNow(
            "This can't be done as the motion stands now. Load the page again.",
            state=motion.state,
            verb=verb,
        )
    db.session.expire(motion)
    audit.record(actor, "motion.named" if named else "motion.unnamed", "motion", motion_id)
