"""Demo: a public meeting that is full, with a waiting list; and a lobby day by MP, with meetings and a briefing. All invented."""

from datetime import datetime, time, timedelta
from itertools import cycle
from uuid import UUID

from sqlalchemy import func, select, text

from organising.actions.services import Plan, approve_action, plan_action, submit_action
from organising.actions.states import Kind
from organising.organisations.queries import list_open_asks
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now, today
from organising.platform.db import db, new_id
from organising.platform.sealing import blind_index, canonical_email
from organising.platform.tenancy import Context, use_context
from organising.representatives.invented_postcodes import EXAMPLES
from organising.representatives.services import find_areas

from .keys import person_key
from .models import SignUp, SignUpState
from .queries.meetings import group_people
from .queries.people import get_own_action
from .services import meetings, people
from .texts import CONSENT_VERSION, consent

NAMES = (
    "Ines Invented", "Tomos Madeup", "Marta Fictional", "Rui Storyman", "Nia Pretend", "Sol Notreal", "Beth Example",
    "Iago Imagined", "Ana Legend", "Gwen Tale", "Luz Fable", "Owen Yarn", "Rosa Novel", "Dai Sketch", "Eva Draft",
)  # fmt: skip
PLACES = 12
POSTCODES = (*EXAMPLES, "ZA3 2AA", "ZA12 7AA")


def seed(organiser: Actor, approver: Actor) -> None:
    """Seed both in sessions of their own, and commit. Does nothing where somebody has signed up already."""
    with use_context(_as(organiser)) as session:
        if session.scalar(select(func.count()).select_from(SignUp)):
            return
        evening = _plan(organiser, Kind.PUBLIC_MEETING, "Safe at school: an evening for parents", 12, PLACES)
        lobby = _plan(organiser, Kind.LOBBY_DAY, "Teachers meet their MPs", 24, 60)
        session.commit()
    with use_context(_as(approver)) as session:
        for action_id, version in (evening, lobby):
            approve_action(approver, action_id, version)
        session.commit()
    with use_context(_as(organiser)) as session:
        _sign_up(organiser, evening[0], NAMES, PLACES)
        people.set_page(organiser, evening[0], "Come in by the side door; there is a ramp.", True)
        _sign_up(organiser, lobby[0], NAMES, len(NAMES))
        session.commit()
        _meet(organiser, lobby[0])
        session.commit()


def _plan(actor: Actor, kind: str, title: str, days: int, capacity: int) -> tuple[UUID, int]:
    starts_at = datetime.combine(today() + timedelta(days=days), time(18), LONDON)
    plan = Plan(
        kind=kind,
        title=title,
        area="Candlewick, Quillshire",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        is_public=True,
        ask_ids=frozenset(ask.id for ask in list_open_asks(actor.campaign_id) if ask.code == "EDU-1"),
        summary="What happens to what a school knows about a family, and what we ask of those who decide. "
        "Bring a neighbour; there is tea.",
        place="The old reading room",
        postcode=EXAMPLES[0],
        capacity=capacity,
    )
    action = plan_action(actor, plan)
    submit_action(actor, action.id, action.version)
    return action.id, action.version


def _sign_up(actor: Actor, action_id: UUID, names: tuple[str, ...], places: int) -> None:
    at = now() - timedelta(days=3)
    told = db.session.scalar(text("SELECT app.told_of(:o, :a)"), {"o": actor.organisation_id, "a": action_id})
    for number, (name, postcode) in enumerate(zip(names, cycle(POSTCODES), strict=False)):
        email = f"{name.split()[0].lower()}{number}@example.org"
        answer = find_areas(postcode)
        row = SignUp(
            id=new_id(),
            action_id=action_id,
            signing_id=new_id(),
            state=SignUpState.GOING if number < places else SignUpState.WAITING,
            consent=consent(actor.organisation_name, meets_members=True),
            consent_version=CONSENT_VERSION,
            email_key=blind_index(actor.organisation_id, "email", canonical_email(email)),
            person_key=person_key(action_id, email),
            area_id=answer.constituency.id if answer.constituency else None,
            told=told,
            confirmed_at=at + timedelta(hours=number),
        )
        row.name, row.email, row.postcode = name, email, postcode
        db.session.add(row)
    db.session.flush()


def _meet(actor: Actor, action_id: UUID) -> None:
    """Meetings with the first two MPs by name, half full; lines for everyone."""
    action = get_own_action(actor, action_id).action
    groups = group_people(action, action.starts_at.astimezone(LONDON).date()).groups
    for number, group in enumerate(groups[:2]):
        draft = meetings.SlotDraft(
            group.person.id, action.starts_at + timedelta(minutes=30 * (number + 1)), f"Room {number + 1}", 4
        )
        reserved = meetings.cautions_of(actor, draft)
        slot = meetings.add_slot(actor, action_id, draft, confirmed=[one.key for one in reserved])
        meetings.assign(actor, action_id, slot.id, [one.id for one in group.unplaced[:2]])
    meetings.write_lines(
        actor,
        action_id,
        None,
        "Thank them for their time. Ask for one thing: a promise that schools can keep.",
    )


def _as(actor: Actor) -> Context:
    return Context(organisation_id=actor.organisation_id, user_id=actor.user_id)
