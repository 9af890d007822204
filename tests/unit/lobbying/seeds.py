"""A handful of invented members, and drafts that are right until a test says otherwise."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from organising.lobbying.services import EngagementDraft, FollowUpDraft, PositionDraft
from organising.organisations.models import Ask
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Area, OfficeHolding, Party, Person, PersonToken
from organising.representatives.names import fold

SEATS = (
    ("Ada Wexcombe", "Fablewick", "North Vale", "Orchard Party"),
    ("Bruno Tallis", "Marlow Sands", "South Vale", "Harbour Party"),
    ("Cleo Wexford", "Otterhithe", "North Vale", "Harbour Party"),
)


def seed_members(world) -> dict[str, UUID]:
    """Three sitting members and a former one (Dora Quell, until 2020); by first name, their ids."""
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        parties = {}
        for name in {party for *_rest, party in SEATS}:
            parties[name] = Party(key=fold(name), name=name, colour="#2f7d32")
            session.add(parties[name])
        session.flush()
        ids = {}
        for name, seat, region, party in SEATS:
            ids[name.split()[0]] = _member(
                session, name, seat, region, parties[party].id, date(2024, 7, 4), None
            )
        ids["Dora"] = _member(
            session, "Dora Quell", "Old Fenwick", "South Vale", None, date(2015, 5, 7), date(2019, 12, 31)
        )
        session.commit()
    return ids


def _member(session, name, seat, region, party_id, start, end) -> UUID:
    person = Person(name=name, sort_key=fold(" ".join(reversed(name.split()))))
    area = Area(kind="westminster", name=seat, sort_key=fold(seat), region=region)
    session.add_all([person, area])
    session.flush()
    session.add(
        OfficeHolding(
            person_id=person.id,
            kind="mp",
            area_id=area.id,
            party_id=party_id,
            start_on=start,
            end_on=end,
            source="test",
        )
    )
    for token in {*fold(name).split(), *fold(seat).split()}:
        session.add(PersonToken(token=token, person_id=person.id))
    session.flush()
    return person.id


def ask_id(world, code: str = "DP-1") -> UUID:
    """An ask of the campaign by its code."""
    with world.context("liberty"):
        return db.session.scalars(select(Ask.id).where(Ask.code == code)).one()


def draft(person: UUID | None, /, *, position=None, follow_up=None, **changes) -> EngagementDraft:
    """A surgery of yesterday, with a note; one position and one follow-up by their own names."""
    changes |= {"positions": (position,)} if position else {}
    changes |= {"follow_ups": (follow_up,)} if follow_up else {}
    made = EngagementDraft(
        person_id=person,
        happened_on=today() - timedelta(days=1),
        kind="surgery",
        headline="Will ask the minister a written question",
        attended_by="member",
        submission_key=uuid4(),
        note="Nervous about the whips.",
    )
    return replace(made, **changes)


def position(ask: UUID, **changes) -> PositionDraft:
    """Leaning for, said yesterday."""
    made = PositionDraft(
        ask_id=ask, position="leaning_support", basis="meeting", held_on=today() - timedelta(days=1)
    )
    return replace(made, **changes)


def follow_up(**changes) -> FollowUpDraft:
    """A briefing in a week."""
    return replace(FollowUpDraft("Send the two-page briefing", today() + timedelta(days=7)), **changes)
