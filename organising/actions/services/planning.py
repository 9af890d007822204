"""Planning an action and changing the plan."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select

from organising.actions.models import ActionAsk, ActionDetail, BranchAction, NotNow
from organising.actions.queries.templates import get_template
from organising.actions.starting_points import starting_checklist
from organising.actions.states import AGREED, Kind, State, needs_approval
from organising.organisations.models import Ask, Membership, Unit
from organising.organisations.queries import in_reach
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, now
from organising.platform.db import db, new_id
from organising.platform.errors import Invalid
from organising.platform.permissions import Permission

from .placing import as_written, check_postcode, put_areas
from .preparing import begin_preparing, copy_preparations, ensure_risks
from .rules import Taken, check_campaign, check_count, check_dates, check_version, get_own, note, take
from .templates import follow_template

LONGEST = {
    "title": 120,
    "area": 80,
    "summary": 600,
    "place": 200,
    "postcode": 12,
    "venue": 300,
    "notes": 4_000,
}
SHARED_FIELDS = (
    "kind", "title", "area", "summary", "place", "postcode", "capacity", "starts_at", "ends_at", "all_day",
    "is_public",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What a planner says. ``venue``, ``notes``, ``lead_user_id`` stay at home; the rest is headline.

    ``summary`` and ``place`` are what the public reads of a public action; ``area_ids`` are chosen by hand, beside
    those that follow from the postcode. ``unit_id`` None: the organisation as a whole. An officer's plan is always of the own unit.
    """

    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    area: str
    all_day: bool = False
    is_public: bool = False
    summary: str | None = None
    place: str | None = None
    postcode: str | None = None
    capacity: int | None = None
    area_ids: frozenset[UUID] = frozenset()
    ask_ids: frozenset[UUID] = frozenset()
    unit_id: UUID | None = None
    venue: str | None = None
    notes: str | None = None
    lead_user_id: UUID | None = None

    def __post_init__(self) -> None:
        """Keep UTC: two times in one zone compare as its clock shows them, even where that jumps."""
        for name in ("starts_at", "ends_at"):
            object.__setattr__(self, name, getattr(self, name).astimezone(UTC))
        for name in ("summary", "place"):
            object.__setattr__(self, name, (getattr(self, name) or "").strip() or None)
        object.__setattr__(self, "postcode", as_written(self.postcode))


@dataclass(frozen=True)
class Model:
    """What a new action is made after: a template, or another action of the organisation; else its kind alone."""

    template_id: UUID | None = None
    action_id: UUID | None = None


def plan_action(
    actor: Actor, plan: Plan, *, model: Model | None = None, at: datetime | None = None
) -> BranchAction:
    """A new draft, seen by nobody outside the organisation. It begins with the checklist and risks of its model or kind.

    Raises ``Invalid`` for what can't be planned.
    """
    moment = at or now()
    if plan.starts_at.astimezone(LONDON).date() < moment.astimezone(LONDON).date():
        raise Invalid(
            "That day is over.",
            day="That day is over. If it already happened, use “Report what already happened”.",
        )
    action = begin(actor, plan, State.DRAFT, moment, "created")
    begin_after(actor, action, model or Model())
    return action


def begin_after(actor: Actor, action: BranchAction, model: Model) -> None:
    """Give a new action what its model has: checklist, materials, risks."""
    if model.action_id is not None:
        copy_preparations(get_own(actor, model.action_id), action)
    elif model.template_id is not None:
        follow_template(actor, get_template(actor, model.template_id), action)
    else:
        begin_preparing(action, starting_checklist(action.kind), ())
    ensure_risks(action)


def begin(actor: Actor, plan: Plan, state: State, at: datetime, what: str) -> BranchAction:
    """Write a new action with its detail, asks and first line of history."""
    actor.check(Permission.ACTIONS_CREATE)
    campaign_id = check_campaign(actor)
    _check_plan(plan, at)
    unit_id = unit_in_reach(actor, plan.unit_id)
    action = BranchAction(
        id=new_id(),
        campaign_id=campaign_id,
        organisation_id=actor.organisation_id,
        author_label=actor.author_label,
        unit_label=label_of_unit(unit_id),
        created_at=at,
        **{name: getattr(plan, name) for name in SHARED_FIELDS},
    )
    action.begin(state, at)
    db.session.add(action)
    db.session.flush()
    detail = ActionDetail(action_id=action.id, unit_id=unit_id, created_by=actor.user_id, created_at=at)
    _write_private(actor, detail, plan)
    db.session.add(detail)
    _write_asks(actor, action, plan.ask_ids)
    put_areas(actor, action, detail, plan.area_ids)
    note(actor, action, what, at, kind=plan.kind)
    return action


def edit_action(
    actor: Actor, action_id: UUID, version: int, plan: Plan, *, at: datetime | None = None
) -> BranchAction:
    """Change the plan. Where the headline changes after approval and needs one, it goes back for approval.

    Raises ``EditedMeanwhile`` where another was quicker, ``NotNow`` once the action is over, ``Invalid``.
    """
    moment = at or now()
    taken = take(actor, action_id, "edit")
    action = taken.action
    check_version(action, version)
    if not action.is_editable:
        raise NotNow(
            "This action is over or called off, so its plan can't be changed.",
            state=action.state,
            verb="edit",
        )
    _check_plan(plan, moment)
    fields = _apply(actor, taken, plan)
    ensure_risks(action)
    if fields:
        action.version += 1
        _approve_again(taken, fields, moment)
        note(actor, action, "edited", moment, fields=fields)
    return action


def _approve_again(taken: Taken, fields: list[str], at: datetime) -> None:
    """What was approved is the headline as it was: a changed one needs approval anew."""
    action = taken.action
    if not set(fields) & {*SHARED_FIELDS, "asks", "unit", "areas"} or action.state not in AGREED:
        return
    if needs_approval(action.kind, action.is_public):
        action.revise(at)
        taken.detail.approval = None


def _apply(actor: Actor, taken: Taken, plan: Plan) -> list[str]:
    """Write what differs; answers the names of the fields that did."""
    action, detail = taken.action, taken.detail
    changed = [name for name in SHARED_FIELDS if getattr(action, name) != getattr(plan, name)]
    for name in changed:
        setattr(action, name, getattr(plan, name))
    unit_id = unit_in_reach(actor, plan.unit_id)
    if unit_id != detail.unit_id:
        action.unit_label, detail.unit_id = label_of_unit(unit_id), unit_id
        changed.append("unit")
    before = set(db.session.scalars(select(ActionAsk.ask_id).where(ActionAsk.action_id == action.id)))
    if before != plan.ask_ids:
        db.session.execute(delete(ActionAsk).where(ActionAsk.action_id == action.id))
        _write_asks(actor, action, plan.ask_ids)
        changed.append("asks")
    if put_areas(actor, action, detail, plan.area_ids):
        changed.append("areas")
    return changed + _write_private(actor, detail, plan)


def _write_private(actor: Actor, detail: ActionDetail, plan: Plan) -> list[str]:
    changed = []
    for name in ("venue", "notes"):
        value = (getattr(plan, name) or "").strip() or None
        if getattr(detail, name) != value:
            setattr(detail, name, value)
            changed.append(name)
    lead = plan.lead_user_id or detail.lead_user_id or actor.user_id
    if lead != detail.lead_user_id:
        check_lead(actor, lead)
        detail.lead_user_id = lead
        changed.append("lead")
    return changed


def _write_asks(actor: Actor, action: BranchAction, ask_ids: frozenset[UUID]) -> None:
    known = set(
        db.session.scalars(select(Ask.id).where(Ask.campaign_id == action.campaign_id, Ask.id.in_(ask_ids)))
    )
    if known != set(ask_ids):
        raise Invalid("That ask is not one of the campaign's.", asks="Choose from the campaign's asks.")
    for ask_id in sorted(ask_ids):
        db.session.add(
            ActionAsk(
                action_id=action.id,
                ask_id=ask_id,
                campaign_id=action.campaign_id,
                author_label=actor.author_label,
            )
        )
    db.session.flush()


def _check_plan(plan: Plan, at: datetime) -> None:
    if plan.kind not in set(Kind):
        raise Invalid("There is no such kind of action.", kind="Choose one of the kinds.")
    for name in ("title", "area"):
        if not getattr(plan, name).strip():
            raise Invalid("Something is missing.", **{name: "Fill this in."})
    for name, longest in LONGEST.items():
        if len(getattr(plan, name) or "") > longest:
            raise Invalid("That text is too long.", **{name: f"Use at most {longest:,} characters."})
    check_count("capacity", plan.capacity, least=1)
    check_postcode(plan.postcode)
    check_dates(plan.starts_at, plan.ends_at, at)


def unit_in_reach(actor: Actor, chosen: UUID | None) -> UUID | None:
    """The unit that was chosen; an officer's own, an organiser's limited to a subtree within it. Raises :class:`Invalid`."""
    unit_id = actor.unit_id or chosen or actor.subtree_id
    if not in_reach(actor, unit_id):
        raise Invalid("That unit is not one of yours.", unit="Choose one of your units.")
    return unit_id


def label_of_unit(unit_id: UUID | None) -> str:
    """The unit's name as partners see it: words, since a key would lead them to a private row."""
    if unit_id is None:
        return ""
    label = db.session.scalar(select(Unit.name).where(Unit.id == unit_id))
    if label is None:
        raise Invalid("That is not one of your units.", unit="Choose one of your units.")
    return label


def check_lead(actor: Actor, user_id: UUID | None) -> None:
    """Raise :class:`Invalid` unless that is the actor or a colleague."""
    if user_id == actor.user_id:
        return
    member = select(Membership.id).where(
        Membership.user_id == user_id,
        Membership.organisation_id == actor.organisation_id,
        Membership.ended_at.is_(None),
    )
    if db.session.scalar(member) is None:
        raise Invalid("That person is not a colleague.", lead="Choose one of your colleagues.")
