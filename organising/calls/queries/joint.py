"""The coalition's calls: what partners are asked, what each said in safe numbers, and what waits for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from organising.calls.models import Decision, JointCall, JointPart, JointState
from organising.organisations.models import Organisation
from organising.organisations.queries import list_campaign_organisations
from organising.platform.actor import Actor
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.permissions import Permission


@dataclass(frozen=True)
class Standing:
    """How partners stand to one call. ``taking_part`` with safe numbers; who has not decided is told to the lead alone."""

    taking_part: Sequence[tuple[Organisation, JointPart]]
    declined: Sequence[Organisation]
    undecided: Sequence[Organisation]


def list_joint(actor: Actor) -> Select[JointCall]:
    """The campaign's calls to every partner; one that is called off only at the organisation that wrote it."""
    return select(JointCall).where(
        JointCall.campaign_id == actor.campaign_id,
        (JointCall.state == JointState.OPEN) | (JointCall.organisation_id == actor.organisation_id),
    )


def list_current_joint(actor: Actor, on: date | None = None) -> Sequence[JointCall]:
    """Those whose last day is not over, the most urgent first."""
    statement = list_joint(actor).where(JointCall.due_on >= (on or today()))
    return db.session.scalars(statement.order_by(JointCall.due_on, JointCall.id)).unique().all()


def get_joint(actor: Actor, joint_call_id: UUID) -> JointCall:
    """One call to every partner. Raises ``NotFound``."""
    found = db.session.scalars(list_joint(actor).where(JointCall.id == joint_call_id)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def find_own_part(actor: Actor, joint_call_id: UUID) -> JointPart | None:
    """What the own organisation decided, if it did."""
    return db.session.scalars(
        select(JointPart).where(
            JointPart.joint_call_id == joint_call_id, JointPart.organisation_id == actor.organisation_id
        )
    ).one_or_none()


def own_decisions(actor: Actor, joint_call_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What the own organisation decided on each of these."""
    rows = db.session.execute(
        select(JointPart.joint_call_id, JointPart.decision).where(
            JointPart.joint_call_id.in_(joint_call_ids), JointPart.organisation_id == actor.organisation_id
        )
    )
    return dict(rows.all())


def get_standing(call: JointCall) -> Standing:
    """How partners stand to a call, by name: nobody is ranked."""
    parts = {
        part.organisation_id: part
        for part in db.session.scalars(select(JointPart).where(JointPart.joint_call_id == call.id))
    }
    partners = list_campaign_organisations(call.campaign_id)
    decided = {key: part.decision for key, part in parts.items()}
    return Standing(
        [(one, parts[one.id]) for one in partners if decided.get(one.id) == Decision.PASSED_ON],
        [one for one in partners if decided.get(one.id) == Decision.DECLINED],
        [one for one in partners if one.id not in parts],
    )


def list_to_decide(actor: Actor) -> list[tuple[UUID, str]]:
    """Calls to every partner on which this person's organisation has not decided, for whoever decides there."""
    if not actor.can(Permission.CALLS_RELAY) or actor.campaign_id is None:
        return []
    decided = select(JointPart.joint_call_id).where(JointPart.organisation_id == actor.organisation_id)
    rows = db.session.execute(
        select(JointCall.id, JointCall.title)
        .where(
            JointCall.campaign_id == actor.campaign_id,
            JointCall.state == JointState.OPEN,
            JointCall.due_on >= today(),
            JointCall.id.not_in(decided),
        )
        .order_by(JointCall.due_on, JointCall.id)
    )
    return [(row.id, row.title) for row in rows]
