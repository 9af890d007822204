"""Demo: the NEU asks its districts for signings in staff rooms, and the coalition asks every partner for a day of stalls."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from organising.organisations.models import Unit, UnitKind
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context

from .models import ActionCall, CallMail, CallUnit
from .services import joint
from .services.answering import Said, answer_on_behalf
from .services.drafting import choose_units, write_call
from .services.rules import Words
from .services.steps import publish_call
from .states import Answer

# What was said by phone, by district; the others have said nothing yet.
ANSWERS = {
    "Northmoor District": (Said(Answer.DOING, note="In four schools, on the Thursday."), "the secretary"),
    "Larkhollow District": (
        Said(Answer.NEED_HELP, note="Nobody to carry the sheets round."),
        "the treasurer",
    ),
    "Fernwick District": (Said(Answer.NOT_US), "the secretary"),
}


def seed(actors: Mapping[str, Actor]) -> None:
    """Put both, in sessions of their own. Does nothing where there is a call already."""
    organiser = actors["organiser@neu.example"]
    with _speaking(organiser) as session:
        if session.scalar(select(ActionCall.id).limit(1)) is not None:
            return
        _ask_districts(organiser)
        session.commit()
    coordinator, admin = actors["coordinator@liberty.example"], actors["admin@praxis.example"]
    with _speaking(coordinator) as session:
        joint_call_id = joint.launch_joint(coordinator, _day_of_stalls()).id
        session.commit()
    with _speaking(admin) as session:
        call = joint.pass_on(admin, joint_call_id)
        _put_to(admin, call, list(session.scalars(select(Unit.id))))
        joint.publish_numbers(admin)
        session.commit()


def _ask_districts(organiser: Actor) -> None:
    call = write_call(
        organiser,
        Words(
            title="Signings in staff rooms",
            question="Can your district sign the pledge in its staff rooms in the first week of term?",
            text="We send sheets and posters by post. One person a school is enough; ring us if you are short of hands.",
            due_on=today() + timedelta(days=12),
            action_kind="workplace_signing",
            action_title="Staff room signing",
            action_on=today() + timedelta(days=20),
            straight=True,
        ),
    )
    districts = dict(
        db.session.execute(select(Unit.name, Unit.id).where(Unit.kind == UnitKind.DISTRICT)).all()
    )
    _put_to(organiser, call, list(districts.values()))
    for name, (said, who) in ANSWERS.items():
        asked = select(CallUnit.id).where(
            CallUnit.call_id == call.id, CallUnit.unit_id == districts.get(name)
        )
        call_unit_id = db.session.scalar(asked)
        if call_unit_id is not None:
            answer_on_behalf(organiser, call.id, call_unit_id, said, who)


def _day_of_stalls() -> Words:
    return Words(
        title="One stall in every town",
        question="Can your branch hold a stall on the day, or near it?",
        text="A day on which the promise is on as many high streets as there are of us. Leaflets for all partners lie at Liberty.",
        due_on=today() + timedelta(days=20),
        action_kind="stall",
        action_title="Stall for the firewall",
        action_on=today() + timedelta(days=34),
        straight=True,
    )


def _put_to(actor: Actor, call: ActionCall, unit_ids: list[UUID]) -> None:
    """Put it to these units as if it had been done some days ago: nobody invented is written to."""
    choose_units(actor, call.id, unit_ids, shown=unit_ids)
    publish_call(actor, call.id, call.version)
    for mail in db.session.scalars(select(CallMail).where(CallMail.call_id == call.id)):
        mail.confirmation_sent_at = mail.accepted_at = now() - timedelta(days=4)


def _speaking(actor: Actor) -> AbstractContextManager[Session]:
    return use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id))
