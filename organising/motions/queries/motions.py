"""Reading motions: what an actor may see of them, the lists, one of them, and what waits for somebody."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true

from organising.accounts.models import User
from organising.motions.models import (
    CarriedText,
    Motion,
    MotionArea,
    MotionDetail,
    MotionEvent,
    MotionForwarding,
    MotionMover,
)
from organising.motions.states import AWAITED, COUNTED, EDITABLE, FINAL, TRANSITIONS, Standing, State, may
from organising.motions.text import MotionText
from organising.organisations.models import CampaignMember, CoalitionStatus
from organising.organisations.queries import in_reach, is_lead, list_reach, within_reach
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.permissions import Permission
from organising.representatives.models import Area, AreaKind, Institution

# So long before its day a deadline is told of.
NEAR = timedelta(days=7)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. ``state`` may be ``counted``: carried in whatever way; ``to_agree``: carried, and waits for
    the reader's word that the body may be named; ``to_name``: agreed, and waits to be named. ``due``: deadlines ahead;
    ``unheard``: the meeting is over, and nobody told what became of it."""

    state: str = ""
    forum: str = ""
    unit_id: UUID | None = None
    organisation_id: UUID | None = None
    due: bool = False
    unheard: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()


@dataclass(frozen=True)
class Row:
    """A motion in a list, with what only its own people are shown of it. ``title``: of the text, for those who may read that."""

    motion: Motion
    detail: MotionDetail | None
    title: str = ""


@dataclass(frozen=True)
class PlacedIn:
    """An area in which the body lies; chosen by hand, or by its postcode."""

    area: Area
    is_chosen: bool


@dataclass(frozen=True)
class MotionRecord:
    """One motion as an actor sees it. Without ``detail`` the reader is not one of its own people."""

    motion: Motion
    standing: Standing
    areas: Sequence[PlacedIn]
    verbs: frozenset[str]
    institution: Institution | None = None
    carried: CarriedText | None = None
    detail: MotionDetail | None = None
    movers: dict[str, str] | None = None
    events: Sequence[MotionEvent] = ()
    forwardings: Sequence[MotionForwarding] = ()
    lead_name: str | None = None

    @property
    def text(self) -> MotionText | None:
        """The text that was submitted, for its own people."""
        return read_text(self.detail.text) if self.detail else None

    @property
    def amended(self) -> MotionText | None:
        """The text that was carried instead, for its own people."""
        return read_text(self.detail.amended) if self.detail else None


def read_text(kept: str | None) -> MotionText | None:
    """A text from what is kept sealed."""
    return MotionText.of(json.loads(kept)) if kept else None


def visible(actor: Actor) -> Select[Motion]:
    """Motions whose headline the actor may read: shared ones, for an analyst or officer once it is known what became of them;
    and those of the own organisation that are within reach, for those who write motions."""
    is_final = Motion.state.in_(FINAL)
    shared: ColumnElement[bool] = Motion.shared_at.is_not(None)
    if not actor.can(Permission.MOTIONS_DRAFT) or actor.unit_id is not None:
        shared = and_(shared, is_final)
    own = and_(Motion.organisation_id == actor.organisation_id, _of_reach(actor))
    return select(Motion).where(Motion.campaign_id == actor.campaign_id, or_(shared, own))


def list_motions(actor: Actor, filters: Filters) -> Select[Motion]:
    """The list, filtered; the page function orders it by ``day`` and ``id``."""
    statement = visible(actor)
    if filters.state == "counted":
        statement = statement.where(Motion.state.in_(COUNTED))
    elif filters.state in WAITING:
        statement = statement.where(*WAITING[filters.state](actor))
    elif filters.state:
        statement = statement.where(Motion.state == filters.state)
    else:
        statement = statement.where(Motion.state != State.WITHDRAWN)
    if filters.forum:
        statement = statement.where(Motion.forum == filters.forum)
    if filters.organisation_id:
        statement = statement.where(Motion.organisation_id == filters.organisation_id)
    if filters.unheard:
        own = Motion.organisation_id == actor.organisation_id
        statement = statement.where(own, Motion.state.in_(AWAITED), Motion.meeting_on < today())
    if filters.unit_id:
        statement = statement.where(Motion.id.in_(_details().where(MotionDetail.unit_id == filters.unit_id)))
    if filters.due:
        statement = statement.where(
            Motion.state.in_((State.DRAFTED, State.SUBMITTED)),
            Motion.id.in_(_details().where(MotionDetail.deadline_on >= today())),
        )
    return statement


def _details() -> Select[UUID]:
    return select(MotionDetail.motion_id)


def list_rows(actor: Actor, motions: Sequence[Motion]) -> list[Row]:
    """Each with its own people's part, for those who see that, and the title of its text: as it was carried, else as it was
    written. Two statements for all."""
    own = [one.id for one in motions if one.organisation_id == actor.organisation_id]
    found = db.session.scalars(select(MotionDetail).where(MotionDetail.motion_id.in_(own))) if own else ()
    details = {one.motion_id: one for one in found if _sees_private(actor, in_reach(actor, one.unit_id))}
    carried = _carried_titles([one.id for one in motions if one.is_counted])
    return [_row(motion, details.get(motion.id), carried) for motion in motions]


def _row(motion: Motion, detail: MotionDetail | None, carried: dict[UUID, str]) -> Row:
    written = read_text(detail.text) if detail else None
    return Row(motion, detail, carried.get(motion.id) or (written.title if written else ""))


def _carried_titles(motion_ids: Sequence[UUID]) -> dict[UUID, str]:
    if not motion_ids:
        return {}
    found = select(CarriedText.motion_id, CarriedText.title).where(CarriedText.motion_id.in_(motion_ids))
    return {row.motion_id: row.title for row in db.session.execute(found)}


def count_carried(actor: Actor) -> int:
    """How many bodies carried one, all partners together. Nothing else counts."""
    statement = select(func.count(Motion.id)).where(
        Motion.campaign_id == actor.campaign_id, Motion.shared_at.is_not(None), Motion.state.in_(COUNTED)
    )
    return int(db.session.scalar(statement) or 0)


def get_record(actor: Actor, motion_id: UUID) -> MotionRecord:
    """One motion with what the actor may see and do. Raises :class:`NotFound` for one not theirs to see."""
    motion = db.session.scalars(visible(actor).where(Motion.id == motion_id)).one_or_none()
    if motion is None:
        raise NotFound
    detail = find_detail(actor, motion)
    standing = standing_to(actor, detail)
    areas = list_areas_of(motion.id)
    verbs = _open_verbs(actor, motion, detail, standing)
    institution = db.session.get(Institution, motion.institution_id) if motion.institution_id else None
    carried = db.session.scalars(select(CarriedText).where(CarriedText.motion_id == motion.id)).one_or_none()
    if detail is None or not _sees_private(actor, standing.in_reach):
        return MotionRecord(motion, standing, areas, verbs, institution, carried)
    lead = db.session.get(User, detail.lead_user_id) if detail.lead_user_id else None
    return MotionRecord(
        motion,
        standing,
        areas,
        verbs,
        institution,
        carried,
        detail,
        list_movers(motion.id),
        list_events(motion.id),
        list_forwardings(motion.id),
        lead.display_name if lead else None,
    )


def find_detail(actor: Actor, motion: Motion) -> MotionDetail | None:
    """The own organisation's part; ``None`` for every partner's motion."""
    if motion.organisation_id != actor.organisation_id:
        return None
    return db.session.scalars(select(MotionDetail).where(MotionDetail.motion_id == motion.id)).one()


def standing_to(actor: Actor, detail: MotionDetail | None) -> Standing:
    """How the actor stands to a motion; without a detail it is a partner's."""
    leads = actor.can(Permission.MOTIONS_PUBLISH) and is_lead(actor)
    if detail is None:
        return Standing(is_own=False, in_reach=False, is_lead=leads)
    return Standing(
        is_own=True,
        in_reach=in_reach(actor, detail.unit_id),
        told_outcome=detail.told_by is not None and detail.told_by == actor.user_id,
        is_lead=leads,
        agreed=detail.agreed_by is not None and detail.agreed_by == actor.user_id,
    )


def list_movers(motion_id: UUID) -> dict[str, str]:
    """Names by what they do."""
    found = db.session.scalars(select(MotionMover).where(MotionMover.motion_id == motion_id))
    return {one.part: one.name or "" for one in found}


def list_events(motion_id: UUID) -> Sequence[MotionEvent]:
    """The history, newest first."""
    return db.session.scalars(
        select(MotionEvent)
        .where(MotionEvent.motion_id == motion_id)
        .order_by(MotionEvent.created_at.desc(), MotionEvent.id)
    ).all()


def list_forwardings(motion_id: UUID) -> Sequence[MotionForwarding]:
    """Whom it was sent to, the latest first."""
    return db.session.scalars(
        select(MotionForwarding)
        .where(MotionForwarding.motion_id == motion_id)
        .order_by(MotionForwarding.sent_on.desc(), MotionForwarding.created_at.desc(), MotionForwarding.id)
    ).all()


def list_areas_of(motion_id: UUID) -> Sequence[PlacedIn]:
    """The areas in which the body lies: constituencies first, then by kind and name."""
    rows = db.session.execute(
        select(Area, MotionArea.is_chosen)
        .join(MotionArea, MotionArea.area_id == Area.id)
        .where(MotionArea.motion_id == motion_id)
        .order_by(Area.kind != AreaKind.WESTMINSTER, Area.kind, Area.sort_key)
    )
    return [PlacedIn(area, is_chosen) for area, is_chosen in rows]


def select_deadlines(actor: Actor, on: date) -> Select[int]:
    """How many of my motions are not on an agenda whose deadline is near."""
    return _mine(actor, MotionDetail.deadline_on.between(on, on + NEAR)).where(
        Motion.state.in_((State.DRAFTED, State.SUBMITTED))
    )


def select_unheard(actor: Actor, on: date) -> Select[int]:
    """How many of my motions were before a body of which nobody told what became of them."""
    return _mine(actor, true()).where(Motion.state.in_(AWAITED), Motion.meeting_on < on)


def select_to_confirm(actor: Actor) -> Select[int]:
    """How many carried motions of the organisation wait for this administrator's word that the body may be named."""
    return select(func.count(Motion.id)).where(*_waits_for_agreement(actor))


def select_to_name(actor: Actor) -> Select[int]:
    """How many bodies wait for this coordinator of the campaign's lead to be named in public."""
    return select(func.count(Motion.id)).where(*_waits_to_be_named(actor))


def _waits_for_agreement(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The organisation's own that were carried, and of which somebody else told so."""
    told_by_me = _details().where(MotionDetail.told_by == actor.user_id)
    return (
        Motion.organisation_id == actor.organisation_id,
        Motion.state.in_(COUNTED),
        Motion.agreed_at.is_(None),
        Motion.id.not_in(told_by_me),
    )


def _waits_to_be_named(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Of all partners, for the lead's: agreed to by somebody else."""
    agreed_by_me = _details().where(MotionDetail.agreed_by == actor.user_id)
    leads = exists().where(
        CampaignMember.campaign_id == actor.campaign_id,
        CampaignMember.organisation_id == actor.organisation_id,
        CampaignMember.coalition_status == CoalitionStatus.LEAD,
    )
    return (
        Motion.campaign_id == actor.campaign_id,
        Motion.state.in_(COUNTED),
        Motion.agreed_at.is_not(None),
        Motion.published_at.is_(None),
        Motion.id.not_in(agreed_by_me),
        leads,
    )


# What one can be asked for besides the states.
WAITING = {"to_agree": _waits_for_agreement, "to_name": _waits_to_be_named}


def _mine(actor: Actor, condition: ColumnElement[bool]) -> Select[int]:
    theirs = or_(
        MotionDetail.lead_user_id == actor.user_id,
        MotionDetail.unit_id == actor.unit_id if actor.unit_id else false(),
    )
    return (
        select(func.count(Motion.id))
        .join(MotionDetail, MotionDetail.motion_id == Motion.id)
        .where(Motion.organisation_id == actor.organisation_id, theirs, condition)
    )


def _sees_private(actor: Actor, reaches: bool) -> bool:
    if actor.can(Permission.NOTES_VIEW):
        return actor.subtree_id is None or reaches
    return actor.can(Permission.NOTES_VIEW_OWN_UNIT) and reaches


def _open_verbs(
    actor: Actor, motion: Motion, detail: MotionDetail | None, standing: Standing
) -> frozenset[str]:
    """What state and role both leave open."""
    by_state = {verb for verb, step in TRANSITIONS.items() if motion.state in step.sources}
    by_state.add("comment")
    if motion.state in EDITABLE:
        by_state.add("edit")
    if motion.is_counted:
        named = motion.published_at is not None
        by_state |= {"take_agreement_back"} if motion.agreed_at else {"agree"}
        by_state |= {"unpublish"} if named else {"publish"} if motion.agreed_at else set()
        lacks_words = motion.outcome == State.CARRIED_AS_AMENDED and detail is not None and not detail.amended
        by_state |= {"word"} if lacks_words else set()
    if motion.state == State.FORWARDED:
        by_state.add("forward_again")
    return frozenset(verb for verb in by_state if may(actor, verb, standing))


def _of_reach(actor: Actor) -> ColumnElement[bool]:
    """Own motions of the units to which the actor's work is limited; none for those who write no motions."""
    if not actor.can(Permission.MOTIONS_DRAFT):
        return false()
    if list_reach(actor) is None:
        return true()
    return Motion.id.in_(_details().where(within_reach(actor, MotionDetail.unit_id)))
