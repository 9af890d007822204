"""Demo: motions at invented branches and bodies, one in each state that somebody should see."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select

from organising.organisations.models import Unit
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.representatives.invented_postcodes import EXAMPLES

from .models import Motion
from .services.outcomes import Told, tell_outcome, tell_past
from .services.steps import agree_to_name, take_step
from .services.writing import Draft, write_motion
from .states import Forum, State
from .text import MotionText

SCHOOLS = MotionText(
    "Schools are for learning",
    "Between 2016 and 2018 schools were asked for pupils’ nationality and country of birth.\n"
    "Families in our town have kept children at home since.",
    "A register is there to keep children safe.\nTrust, once lost, takes years to win back.",
    "To sign the coalition’s pledge as a district.\nTo send this motion to the governing bodies of our schools.",
)
AMENDED = MotionText(
    SCHOOLS.title,
    SCHOOLS.notes,
    SCHOOLS.believes,
    "To sign the coalition’s pledge as a district.\nTo send this motion to the governing body and parents’ forum of each of our schools.\n"
    "To report back before the summer.",
)
CLINIC = MotionText(
    "Safe to see a doctor",
    "People in our area ask whether a clinic passes their address on.",
    "Nobody should weigh a treatment against a knock at the door.",
    "To ask the trust for a firewall between care and immigration enforcement.",
)
# Postcodes of the invented parliament, so that the map has something to show.
NORTHMOOR, LARKHOLLOW = EXAMPLES


def seed(actors: Mapping[str, Actor]) -> None:
    """The officer's, in the officer's session, committed by the caller. Does nothing where there is a motion already."""
    officer, organiser, admin = actors["officer"], actors["organiser"], actors["admin"]
    if db.session.scalar(select(Motion.id).limit(1)) is not None:
        return
    _coming(officer)
    _decided(officer, admin)
    _elsewhere(organiser)


def _coming(officer: Actor) -> None:
    """One whose deadline is near, and one on an agenda."""
    draft = _draft(
        Forum.TRADES_COUNCIL, SCHOOLS, "Northmoor Trades Council", in_days=16, deadline_in=6,
        notes="Ask the chair whether we may speak first.",
    )  # fmt: skip
    _write(officer, draft, "near")
    waiting = _write(officer, _draft(Forum.DISTRICT, SCHOOLS, in_days=9, deadline_in=2), "agenda")
    take_step(officer, waiting.id, "submit", waiting.version)
    take_step(officer, waiting.id, "put_on_agenda", waiting.version)


def _decided(officer: Actor, admin: Actor) -> None:
    """Carried as amended and agreed to be named; lost; not reached."""
    carried = _write(officer, _draft(Forum.DISTRICT, SCHOOLS), "amended")
    _tell(officer, carried, State.CARRIED_AS_AMENDED, votes_for=24, votes_against=3, amended=AMENDED)
    agree_to_name(admin, carried.id, carried.version, shows_text=True)
    lost = _write(officer, _draft(Forum.GOVERNING_BODY, SCHOOLS, "Kettlestow Primary"), "lost")
    _tell(officer, lost, State.LOST, votes_for=4, votes_against=6, abstained=1)
    missed = _write(
        officer, _draft(Forum.CONFERENCE, SCHOOLS, "Northmoor Region spring conference"), "missed"
    )
    _tell(officer, missed, State.NOT_REACHED)


def _elsewhere(organiser: Actor) -> None:
    """Told afterwards: a body outside carried it."""
    unit = db.session.scalar(select(Unit.id).where(Unit.name == "Larkhollow District"))
    draft = Draft(
        Forum.TRUST_BOARD, CLINIC, "Larkhollow clinics’ board", "Larkhollow", LARKHOLLOW, unit_id=unit
    )
    tell_past(organiser, draft, Told(State.CARRIED, today() - timedelta(days=33), "unanimous"), _key("past"))


def _draft(
    forum: Forum, text: MotionText, body: str = "", *, in_days: int | None = None, deadline_in: int | None = None,
    notes: str = "",
) -> Draft:  # fmt: skip
    return Draft(
        forum, text, body, "Candlewick, Quillshire", NORTHMOOR, meeting_on=_day(in_days), deadline_on=_day(deadline_in),
        proposer="Pat Demo-Proposer", seconder="Sam Demo-Seconder", notes=notes,
    )  # fmt: skip


def _write(actor: Actor, draft: Draft, name: str) -> Motion:
    return write_motion(actor, draft, _key(name))


def _tell(actor: Actor, motion: Motion, outcome: State, **more: object) -> None:
    take_step(actor, motion.id, "submit", motion.version)
    tell_outcome(actor, motion.id, motion.version, Told(outcome, today() - timedelta(days=12), **more))  # type: ignore[arg-type]


def _day(in_days: int | None) -> date | None:
    return None if in_days is None else today() + timedelta(days=in_days)


def _key(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"demo/motions/{name}")
