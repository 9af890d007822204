"""A lobby day by representative: who comes from their constituency, which meetings there are, who is in which."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from organising.actions.models import BranchAction
from organising.actions.queries import list_asks_of
from organising.lobbying.approach_states import LIVE
from organising.lobbying.models import Approach
from organising.platform.actor import Actor
from organising.platform.clock import LONDON
from organising.platform.db import db, find
from organising.platform.errors import NotFound
from organising.platform.permissions import Permission
from organising.platform.ui import long_datetime
from organising.representatives.models import Area, OfficeHolding, OfficeKind, Person
from organising.representatives.queries import in_office

from ..models import AttendanceMail, LobbyBriefing, MailKind, MeetingSlot, SignUp, SignUpState


@dataclass(frozen=True)
class BriefingFor:
    """What one person is told before a meeting. Without a meeting, the lines for everyone."""

    person_id: UUID | None
    member: str
    seat: str
    time: str
    room: str
    asks: Sequence[str]
    lines: str
    own_lines: str


@dataclass(frozen=True)
class SlotWithPeople:
    """A meeting and who is in it."""

    slot: MeetingSlot
    people: Sequence[SignUp]

    @property
    def left(self) -> int:
        """How many places are left."""
        return self.slot.capacity - len(self.people)


@dataclass(frozen=True)
class Reservation:
    """An approach to a representative that is live on a day. ``is_told``: the reader may see whose, and open it."""

    approach_id: UUID
    who: str
    is_own: bool
    is_told: bool


@dataclass
class Group:
    """One representative's: the seat, its people who come and who are in no meeting yet, and the meetings."""

    person: Person
    seat: str
    area_id: UUID | None
    party: str
    party_colour: str
    unplaced: list[SignUp] = field(default_factory=list)
    slots: list[SlotWithPeople] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many people come, in a meeting or not."""
        return len(self.unplaced) + sum(len(one.people) for one in self.slots)


@dataclass(frozen=True)
class Grouped:
    """All who have a place: by representative, by vacant seat, and those whose postcode led nowhere."""

    groups: Sequence[Group]
    vacant: Sequence[tuple[str, Sequence[SignUp]]]
    nowhere: Sequence[SignUp]


def group_people(action: BranchAction, on: date) -> Grouped:
    """Everybody with a place, by the MP who sits for their constituency on a day; meetings beside them."""
    people = list(
        db.session.scalars(
            select(SignUp)
            .where(SignUp.action_id == action.id, SignUp.state == SignUpState.GOING)
            .order_by(SignUp.confirmed_at, SignUp.id)
        )
    )
    slots = list_slots(action.id)
    seats = _holdings({one.area_id for one in people if one.area_id}, on)
    groups = _groups({h.person_id for h in seats.values()} | {one.person_id for one in slots}, on)
    in_slot: dict[UUID, list[SignUp]] = defaultdict(list)
    vacant: dict[UUID, list[SignUp]] = defaultdict(list)
    nowhere: list[SignUp] = []
    for one in people:
        if one.slot_id is not None:
            in_slot[one.slot_id].append(one)
        elif one.area_id is None:
            nowhere.append(one)
        elif one.area_id in seats:
            groups[seats[one.area_id].person_id].unplaced.append(one)
        else:
            vacant[one.area_id].append(one)
    for slot in slots:
        groups[slot.person_id].slots.append(SlotWithPeople(slot, in_slot[slot.id]))
    names = find_seat_names(vacant)
    return Grouped(
        sorted(groups.values(), key=lambda one: (one.person.sort_key, one.person.id)),
        sorted((names[area_id], theirs) for area_id, theirs in vacant.items()),
        nowhere,
    )


def list_slots(action_id: UUID, person_id: UUID | None = None) -> Sequence[MeetingSlot]:
    """An action's meetings by time, of one representative where one is given."""
    statement = select(MeetingSlot).where(MeetingSlot.action_id == action_id)
    if person_id is not None:
        statement = statement.where(MeetingSlot.person_id == person_id)
    return db.session.scalars(statement.order_by(MeetingSlot.starts_at, MeetingSlot.id)).all()


def get_slot(action_id: UUID, slot_id: UUID, *, lock: bool = False) -> MeetingSlot:
    """One meeting of this action. Raises :class:`NotFound`."""
    statement = select(MeetingSlot).where(MeetingSlot.action_id == action_id, MeetingSlot.id == slot_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def briefing_key(slot: MeetingSlot, lines: Mapping[UUID | None, LobbyBriefing]) -> str:
    """Which version of all that somebody in this meeting is told: of the meeting, of everyone's lines, of its own."""
    everyone, own = lines.get(None), lines.get(slot.person_id)
    versions = (slot.version, everyone.version if everyone else 0, own.version if own else 0)
    return f"{slot.id.hex}.{'.'.join(map(str, versions))}"


def list_reservations(actor: Actor, person_ids: Collection[UUID], on: date) -> dict[UUID, list[Reservation]]:
    """Who stands before these representatives' doors on a day. A role that sees no approaches learns that somebody does."""
    statement = (
        select(Approach)
        .where(
            Approach.campaign_id == actor.campaign_id,
            Approach.person_id.in_(list(person_ids)),
            Approach.state.in_(LIVE),
            Approach.starts_on <= on,
            Approach.ends_on >= on,
        )
        .options(joinedload(Approach.organisation))
        .order_by(Approach.starts_on, Approach.id)
    )
    told = actor.can(Permission.APPROACHES_VIEW)
    found: dict[UUID, list[Reservation]] = defaultdict(list)
    for one in db.session.scalars(statement):
        assert one.person_id is not None
        is_own = one.organisation_id == actor.organisation_id
        who = one.organisation.short_name if told or is_own else _("A partner")
        found[one.person_id].append(Reservation(one.id, who, is_own, told))
    return found


def count_briefed(action_id: UUID) -> int:
    """To how many people who are in a meeting the briefing as it stands has gone, or is going."""
    lines = list_lines(action_id)
    keys = [briefing_key(slot, lines) for slot in list_slots(action_id)]
    statement = (
        select(func.count(func.distinct(AttendanceMail.sign_up_id)))
        .join(SignUp, SignUp.id == AttendanceMail.sign_up_id)
        .where(
            SignUp.action_id == action_id,
            SignUp.slot_id.is_not(None),
            AttendanceMail.kind == MailKind.BRIEFING,
            AttendanceMail.key.in_(keys),
            AttendanceMail.dropped_at.is_(None),
        )
    )
    return db.session.scalar(statement) or 0


def count_in_slot(slot_id: UUID) -> int:
    """How many people are in a meeting."""
    statement = select(func.count()).where(SignUp.slot_id == slot_id, SignUp.state == SignUpState.GOING)
    return db.session.scalar(statement) or 0


def find_lines(action_id: UUID, person_id: UUID | None) -> LobbyBriefing | None:
    """The briefing lines for everyone, or for those who meet one representative."""
    same = LobbyBriefing.person_id == person_id if person_id else LobbyBriefing.person_id.is_(None)
    return db.session.scalars(
        select(LobbyBriefing).where(LobbyBriefing.action_id == action_id, same)
    ).one_or_none()


def list_lines(action_id: UUID) -> dict[UUID | None, LobbyBriefing]:
    """All lines of an action, by representative; those for everyone under None."""
    found = db.session.scalars(select(LobbyBriefing).where(LobbyBriefing.action_id == action_id))
    return {one.person_id: one for one in found}


def find_briefing_for(sign_up: SignUp) -> BriefingFor | None:
    """What this person is told; ``None`` where there is neither a meeting nor a line."""
    slot = find(MeetingSlot, sign_up.slot_id) if sign_up.slot_id else None
    everyone = find_lines(sign_up.action_id, None)
    if slot is None:
        lines = (everyone.lines or "") if everyone else ""
        return BriefingFor(None, "", "", "", "", (), lines, "") if lines else None
    person = db.session.get_one(Person, slot.person_id)
    own = find_lines(sign_up.action_id, slot.person_id)
    return BriefingFor(
        person_id=person.id,
        member=person.name,
        seat=find_seat(person.id, slot.starts_at.astimezone(LONDON).date()),
        time=long_datetime(slot.starts_at),
        room=slot.room or "",
        asks=[ask.wording for ask in list_asks_of(sign_up.action_id)],
        lines=(everyone.lines or "") if everyone else "",
        own_lines=(own.lines or "") if own else "",
    )


def find_seat(person_id: UUID, on: date) -> str:
    """The constituency that somebody sits for on a day, or nothing."""
    name = db.session.scalar(
        select(Area.name)
        .join(OfficeHolding, OfficeHolding.area_id == Area.id)
        .where(OfficeHolding.person_id == person_id, _sits(on))
        .limit(1)
    )
    return name or ""


def _sits(on: date) -> ColumnElement[bool]:
    return and_(OfficeHolding.kind == OfficeKind.MP, in_office(on))


def _holdings(area_ids: set[UUID], on: date) -> dict[UUID, OfficeHolding]:
    statement = select(OfficeHolding).where(OfficeHolding.area_id.in_(area_ids), _sits(on))
    found = db.session.scalars(statement.order_by(OfficeHolding.start_on.asc().nulls_first()))
    return {one.area_id: one for one in found if one.area_id is not None}


def _groups(person_ids: set[UUID], on: date) -> dict[UUID, Group]:
    holdings = db.session.scalars(
        select(OfficeHolding)
        .where(OfficeHolding.person_id.in_(person_ids), _sits(on))
        .options(joinedload(OfficeHolding.area), joinedload(OfficeHolding.party))
    )
    seats = {one.person_id: one for one in holdings}
    groups = {}
    for person in db.session.scalars(select(Person).where(Person.id.in_(person_ids))):
        sits = seats.get(person.id)
        groups[person.id] = Group(
            person,
            sits.area.name if sits and sits.area else "",
            sits.area_id if sits else None,
            sits.party.name if sits and sits.party else "",
            (sits.party.colour or "") if sits and sits.party else "",
        )
    return groups


def find_seat_names(area_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of these constituencies."""
    rows = db.session.execute(select(Area.id, Area.name).where(Area.id.in_(list(area_ids))))
    return dict(row.tuple() for row in rows)
