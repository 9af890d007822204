"""Whose name stands under a statement, who was asked for it, and for whom something waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, text

from organising.organisations.models import CampaignMember, CoalitionStatus, Membership, Organisation
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.permissions import Permission, Role, may
from organising.pledges.canonical import folded
from organising.statements.models import Statement, StatementAsked, StatementSignOff, StatementVersion
from organising.statements.states import Decision, State

SIGNERS = [role for role in Role if may(role, Permission.STATEMENTS_SIGN)]


@dataclass(frozen=True)
class Signatory:
    """An organisation under a statement, exactly as it is published. ``withdrawn_at``: after the release."""

    organisation_id: UUID
    name: str
    signatory: str
    title: str
    signed_at: datetime
    withdrawn_at: datetime | None
    is_lead: bool


@dataclass(frozen=True)
class Asked:
    """A partner that is asked, and its answer: whole for the statement's own organisation, its own for a partner."""

    organisation: Organisation
    status: CoalitionStatus
    may_sign: bool
    sign_off: StatementSignOff | None

    @property
    def is_waited_for(self) -> bool:
        """Whether its answer may still put a name under the text."""
        return self.may_sign and self.status.may_be_published and self.sign_off is None


def list_signatories(statement: Statement) -> list[Signatory]:
    """All who signed the text that stands, and may be published at this moment: the database decides. By name, or lead first."""
    rows = db.session.execute(text("SELECT * FROM app.statement_signatories(:s)"), {"s": statement.id})
    first = statement.lead_first
    return sorted(
        (Signatory(*row) for row in rows),
        key=lambda one: (first and not one.is_lead, folded(one.name), one.name),
    )


def list_asked(statement: Statement) -> list[Asked]:
    """Who was asked, by name, with the answer that stands."""
    answers = {
        one.organisation_id: one
        for one in db.session.scalars(
            select(StatementSignOff).where(
                StatementSignOff.statement_id == statement.id,
                StatementSignOff.voided_at.is_(None),
                StatementSignOff.withdrawn_at.is_(None),
            )
        )
    }
    rows = db.session.execute(
        select(Organisation, CampaignMember.coalition_status, StatementAsked.may_sign)
        .join(StatementAsked, StatementAsked.asked_id == Organisation.id)
        .join(
            CampaignMember,
            (CampaignMember.organisation_id == Organisation.id)
            & (CampaignMember.campaign_id == statement.campaign_id),
        )
        .where(StatementAsked.statement_id == statement.id)
        .order_by(Organisation.name)
    )
    return [
        Asked(organisation, CoalitionStatus(status), may_sign, answers.get(organisation.id))
        for organisation, status, may_sign in rows
    ]


def find_own_sign_off(actor: Actor, statement: Statement) -> StatementSignOff | None:
    """What the actor's organisation has answered about the text that stands; after a release, also what it took back."""
    return db.session.scalars(
        select(StatementSignOff)
        .where(
            StatementSignOff.statement_id == statement.id,
            StatementSignOff.organisation_id == actor.organisation_id,
            StatementSignOff.voided_at.is_(None),
            or_(StatementSignOff.withdrawn_at.is_(None), StatementSignOff.digest == statement.locked_hash),
        )
        .order_by(StatementSignOff.withdrawn_at.is_not(None), StatementSignOff.created_at.desc())
        .limit(1)
    ).one_or_none()


def leaves_it_to_a_colleague(actor: Actor, statement: Statement) -> bool:
    """Whether this person wrote the text that stands, and somebody else with them may sign it."""
    found = select(Statement.id).where(Statement.id == statement.id, _is_left_to_a_colleague_of(actor))
    return db.session.scalar(found) is not None


def list_waiting(organisation_id: UUID, *, reader: Actor | None = None) -> Sequence[Statement]:
    """Statements on which an answer of the session's organisation is still due, the soonest deadline first.

    ``reader``: without those that this person leaves to a colleague.
    """
    answered = exists().where(
        StatementSignOff.statement_id == Statement.id,
        StatementSignOff.organisation_id == organisation_id,
        StatementSignOff.voided_at.is_(None),
        StatementSignOff.withdrawn_at.is_(None),
    )
    asked = exists().where(
        StatementAsked.statement_id == Statement.id,
        StatementAsked.asked_id == organisation_id,
        StatementAsked.may_sign,
    )
    standing = exists().where(
        CampaignMember.campaign_id == Statement.campaign_id,
        CampaignMember.organisation_id == organisation_id,
        CampaignMember.coalition_status.in_([one for one in CoalitionStatus if one.may_be_published]),
    )
    return db.session.scalars(
        select(Statement)
        .where(
            Statement.state == State.SIGNOFF_OPEN,
            or_(Statement.hard_deadline.is_(None), Statement.hard_deadline > now()),
            asked,
            standing,
            ~answered,
            *([~_is_left_to_a_colleague_of(reader)] if reader else []),
        )
        .order_by(Statement.hard_deadline.nulls_last(), Statement.id)
    ).all()


def has_signed(statement: Statement) -> bool:
    """Whether any organisation has put its name under the text that stands."""
    return any(
        one.sign_off is not None and one.sign_off.decision == Decision.SIGN for one in list_asked(statement)
    )


def find_void_sign_off(actor: Actor, statement: Statement) -> StatementSignOff | None:
    """What the actor's organisation answered last about a text that has been changed since."""
    return db.session.scalars(
        select(StatementSignOff)
        .where(
            StatementSignOff.statement_id == statement.id,
            StatementSignOff.organisation_id == actor.organisation_id,
            StatementSignOff.voided_at.is_not(None),
            StatementSignOff.withdrawn_at.is_(None),
        )
        .order_by(StatementSignOff.created_at.desc())
        .limit(1)
    ).one_or_none()


def _is_left_to_a_colleague_of(actor: Actor) -> ColumnElement[bool]:
    """What the database asks before it takes a signature: nobody signs their own words, unless nobody else can."""
    wrote = exists().where(
        StatementVersion.statement_id == Statement.id,
        StatementVersion.number == Statement.locked_number,
        StatementVersion.editor_id == actor.user_id,
    )
    colleague = exists().where(
        Membership.organisation_id == actor.organisation_id,
        Membership.ended_at.is_(None),
        Membership.user_id != actor.user_id,
        Membership.role.in_(SIGNERS),
    )
    return and_(wrote, colleague)
