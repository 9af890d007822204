"""Reading actions: what an actor may see of them, the lists and the totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, true

from organising.accounts.models import User
from organising.organisations.models import Ask
from organising.organisations.queries import in_reach, list_reach, within_reach
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.permissions import Permission
from organising.representatives.models import Area, AreaKind

from ..models import ActionArea, ActionAsk, ActionDetail, ActionEvent, ActionReport, BranchAction
from ..states import TRANSITIONS, Standing, State, may
from .approvers import is_delegate

# Events of these kinds make a person one of the authors, who may not approve or check the action.
AUTHORING = (
    "created",
    "edited",
    "submitted",
    "scheduled_standing",
    "reported",
    "reported_past",
    "corrected",
    "went_back",
)
UNCOUNTED = (State.DRAFT, State.CANCELLED)


class When(StrEnum):
    UPCOMING = "upcoming"
    PAST = "past"


@dataclass(frozen=True)
class Filters:
    """What a list shows. Empty means any; without a state, cancelled actions stay out."""

    when: When = When.UPCOMING
    organisation_id: UUID | None = None
    kind: str | None = None
    area: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class Totals:
    """Across all partners together: never a table of who has more."""

    actions: int
    reported: int
    attendance: int
    paper_pledges: int


@dataclass(frozen=True)
class PlacedIn:
    """An area in which an action lies; chosen by hand, or by its postcode."""

    area: Area
    is_chosen: bool


@dataclass(frozen=True)
class ActionRecord:
    """One action as an actor sees it. Without ``sees_private``, detail, report and events are empty."""

    action: BranchAction
    standing: Standing
    asks: Sequence[Ask]
    areas: Sequence[PlacedIn]
    verbs: frozenset[str]
    sees_private: bool
    detail: ActionDetail | None = None
    report: ActionReport | None = None
    events: Sequence[ActionEvent] = ()
    lead_name: str | None = None


def visible(actor: Actor) -> Select[BranchAction]:
    """Actions whose headline the actor may read: the database's rule, and of drafts only those in reach."""
    return select(BranchAction).where(
        BranchAction.campaign_id == actor.campaign_id,
        or_(
            BranchAction.shared_at.is_not(None),
            and_(BranchAction.organisation_id == actor.organisation_id, _in_reach(actor)),
        ),
    )


def list_actions(actor: Actor, filters: Filters, at: datetime | None = None) -> Select[BranchAction]:
    """One tab of the list, filtered; the page function orders it."""
    edge = at or now()
    # What is reported is over, though its day may not be.
    over = or_(BranchAction.ends_at <= edge, BranchAction.reported_at.is_not(None))
    over = over if filters.when is When.PAST else not_(over)
    statement = _filtered(visible(actor), filters).where(over)
    return statement if filters.state else statement.where(BranchAction.state != State.CANCELLED)


def sum_totals(actor: Actor, filters: Filters) -> Totals:
    """Counts over both tabs, of what is shared and not cancelled."""
    counted = _filtered(visible(actor), filters).where(
        BranchAction.state.not_in(UNCOUNTED), BranchAction.shared_at.is_not(None)
    )
    columns = (
        func.count(BranchAction.id),
        func.count(BranchAction.reported_at),
        func.coalesce(func.sum(BranchAction.attendance), 0),
        func.coalesce(func.sum(BranchAction.paper_pledges), 0),
    )
    return Totals(*(int(n or 0) for n in db.session.execute(counted.with_only_columns(*columns)).one()))


def _filtered(statement: Select[BranchAction], filters: Filters) -> Select[BranchAction]:
    for column, value in (
        (BranchAction.organisation_id, filters.organisation_id),
        (BranchAction.kind, filters.kind),
        (BranchAction.state, filters.state),
    ):
        if value:
            statement = statement.where(column == value)
    if filters.area:
        statement = statement.where(BranchAction.area.icontains(filters.area, autoescape=True))
    return statement


def get_record(actor: Actor, action_id: UUID) -> ActionRecord:
    """One action with what the actor may see and do. Raises :class:`NotFound` for one not theirs to see."""
    action = db.session.scalars(visible(actor).where(BranchAction.id == action_id)).one_or_none()
    if action is None:
        raise NotFound
    asks, areas = list_asks_of(action.id), list_areas_of(action.id)
    detail = find_detail(actor, action)
    if detail is None:
        return ActionRecord(
            action, Standing(False, False, False), asks, areas, frozenset(), sees_private=False
        )
    events = list_events(action)
    standing = standing_to(actor, detail, events)
    verbs = _open_verbs(actor, action, standing)
    if not _sees_private(actor, standing):
        return ActionRecord(action, standing, asks, areas, verbs, sees_private=False)
    lead = db.session.get(User, detail.lead_user_id) if detail.lead_user_id else None
    return ActionRecord(
        action,
        standing,
        asks,
        areas,
        verbs,
        True,
        detail,
        find_report(action),
        events,
        lead.display_name if lead else None,
    )


def find_detail(actor: Actor, action: BranchAction) -> ActionDetail | None:
    """The own organisation's part; ``None`` for every partner's action."""
    if action.organisation_id != actor.organisation_id:
        return None
    return db.session.scalars(select(ActionDetail).where(ActionDetail.action_id == action.id)).one()


def find_report(action: BranchAction) -> ActionReport | None:
    """The private part of the report, where there is one."""
    return db.session.scalars(select(ActionReport).where(ActionReport.action_id == action.id)).one_or_none()


def list_events(action: BranchAction) -> Sequence[ActionEvent]:
    """The history, newest first."""
    return db.session.scalars(
        select(ActionEvent)
        .where(ActionEvent.action_id == action.id)
        .order_by(ActionEvent.created_at.desc(), ActionEvent.id)
    ).all()


def list_asks_of(action_id: UUID) -> Sequence[Ask]:
    """The asks that an action is about, in the campaign's order."""
    return db.session.scalars(
        select(Ask)
        .join(ActionAsk, ActionAsk.ask_id == Ask.id)
        .where(ActionAsk.action_id == action_id)
        .order_by(Ask.place)
    ).all()


def list_areas_of(action_id: UUID) -> Sequence[PlacedIn]:
    """The areas in which an action lies: constituencies first, then by kind and name."""
    rows = db.session.execute(
        select(Area, ActionArea.is_chosen)
        .join(ActionArea, ActionArea.area_id == Area.id)
        .where(ActionArea.action_id == action_id)
        .order_by(Area.kind != AreaKind.WESTMINSTER, Area.kind, Area.sort_key)
    )
    return [PlacedIn(area, is_chosen) for area, is_chosen in rows]


def standing_to(actor: Actor, detail: ActionDetail, events: Sequence[ActionEvent]) -> Standing:
    """How the actor stands to an action of their own organisation."""
    reaches = in_reach(actor, detail.unit_id)
    authors = {event.user_id for event in events if event.what in AUTHORING}
    return Standing(True, reaches, actor.user_id in authors, is_delegate(actor))


def _sees_private(actor: Actor, standing: Standing) -> bool:
    if actor.can(Permission.NOTES_VIEW):
        return actor.subtree_id is None or standing.in_reach
    return actor.can(Permission.NOTES_VIEW_OWN_UNIT) and standing.in_reach


def _open_verbs(actor: Actor, action: BranchAction, standing: Standing) -> frozenset[str]:
    """The verbs that both state and role leave open; ``edit`` and ``correct`` besides the table's."""
    by_state = {verb for verb, step in TRANSITIONS.items() if action.state in step.sources}
    by_state |= {"edit"} if action.is_editable else set()
    by_state |= {"correct"} if action.state == State.REPORTED else set()
    by_state -= {"revise", "finish"} | ({"report"} if action.starts_at > now() else set())
    return frozenset(verb for verb in by_state if may(actor, verb, standing))


def _in_reach(actor: Actor) -> ColumnElement[bool]:
    """Own actions whose drafts the actor may see: those within reach, an analyst none."""
    if not actor.can(Permission.ACTIONS_CREATE):
        return false()
    return of_reach(actor)


def of_reach(actor: Actor) -> ColumnElement[bool]:
    """Actions of the units to which the actor's work is limited; all where it is not."""
    if list_reach(actor) is None:
        return true()
    return BranchAction.id.in_(
        select(ActionDetail.action_id).where(within_reach(actor, ActionDetail.unit_id))
    )
