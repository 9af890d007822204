"""Demo: one open page of the NEU's with letters that have left, every one invented, and a draft that waits for a reader."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from organising.mailings.models import Delivery
from organising.mailings.services import outbox
from organising.mailings.states import DeliveryState
from organising.organisations.models import Ask
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db, new_id
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Area, AreaKind

from .content import hash_action
from .keys import person_key
from .models import Letter, LetterAction, LetterState
from .queries import Member, find_member_of, get_action
from .services.actions import ActionWords, draft_action, open_action
from .texts import letter_consent

# How many wrote to the members of the first constituencies by name.
WROTE = (34, 21, 14, 12, 7, 3)
SCHOOLS = ActionWords(
    slug="safe-schools",
    title="Tell your MP: a school is a safe place",
    standfirst="Parents should be able to tell a school where they live without wondering who else will know. "
    "Your MP can ask for a promise. A letter in your own words, from an address in the constituency, is what offices read.",
    prompts="What have you seen or heard in the school that you know?\n"
    "Why does it matter to the place where you live?\n"
    "What would you like your MP to do by the end of the term?",
    subject="Schools and the Home Office",
    ask_id=None,
)
SURGERIES = ActionWords(
    slug="safe-surgeries",
    title="Tell your MP: see a doctor without fear",
    standfirst="Nobody should stay away from a doctor for fear of who reads their file.",
    prompts="What have you seen where you work?\nWhat would you ask your MP to say in the debate?",
    subject="Patients’ details",
    ask_id=None,
)


def seed(organiser: Actor, admin: Actor) -> None:
    """Seed both, in sessions of their own, and commit. Does nothing where the organisation has a page already.

    The representatives must have been seeded before. Runs within an application context; nothing leaves.
    """
    with use_context(_as(organiser)) as session:
        if session.scalar(select(func.count()).select_from(LetterAction)):
            return
        schools = draft_action(organiser, _asking(organiser, SCHOOLS, "EDU-1")).id
        draft_action(organiser, _asking(organiser, SURGERIES, "HLT-4"))
        session.commit()
    with use_context(_as(admin)) as session:
        open_action(admin, schools, hash_action(get_action(admin, schools)))
        _write_letters(admin, schools)
        session.commit()


def _as(actor: Actor) -> Context:
    return Context(organisation_id=actor.organisation_id, user_id=actor.user_id)


def _asking(actor: Actor, words: ActionWords, code: str) -> ActionWords:
    ask_id = db.session.scalar(select(Ask.id).where(Ask.code == code, Ask.campaign_id == actor.campaign_id))
    return ActionWords(**(vars(words) | {"ask_id": ask_id}))


def _write_letters(actor: Actor, action_id: UUID) -> None:
    action = db.session.scalars(select(LetterAction).where(LetterAction.id == action_id)).one()
    assert action.mailing_id is not None
    seats = (
        select(Area.id).where(Area.kind == AreaKind.WESTMINSTER).order_by(Area.sort_key).limit(3 * len(WROTE))
    )
    members = [find_member_of(area_id, on=today()) for area_id in db.session.scalars(seats)]
    reached = [member for member in members if member is not None and member.address]
    for member, number in zip(reached, WROTE, strict=False):
        for n in range(number):
            letter = _letter(actor, action, member, n)
            db.session.add(letter)
            db.session.flush()
            outbox.add_letter(
                actor.organisation_id,
                action.mailing_id,
                letter_id=letter.id,
                holding_id=letter.holding_id,
                address=letter.address,
                host="organising.example",
            )
    left = {"state": DeliveryState.ACCEPTED, "attempt": 1, "last_code": 250, "last_reply": "250 OK"}
    db.session.execute(
        update(Delivery)
        .where(Delivery.mailing_id == action.mailing_id)
        .values(**left, changed_at=now() - timedelta(days=2))
        .execution_options(synchronize_session=False)
    )


def _letter(actor: Actor, action: LetterAction, member: Member, number: int) -> Letter:
    email = f"writer{number}.{member.holding_id.hex[:8]}@example.org"
    letter = Letter(
        organisation_id=actor.organisation_id,
        id=new_id(),
        action_id=action.id,
        signing_id=new_id(),
        state=LetterState.CONFIRMED,
        holding_id=member.holding_id,
        address=member.address,
        greeting=member.greeting,
        consent=letter_consent(actor.organisation_name, member.name),
        person_key=person_key(action.id, email),
        confirmed_at=now() - timedelta(days=2, minutes=number),
    )
    letter.name, letter.email, letter.street = (
        f"Invented Writer {number + 1}",
        email,
        f"{number + 1} Invented Row",
    )
    letter.postcode, letter.subject = "ZA1 0AA", action.subject
    letter.body = "I know the school on our street, and nobody should be afraid of its gate."
    return letter
