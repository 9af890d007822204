"""Reading organisations, their people, the coalition and its asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from ...accounts.models import User
from ...platform.actor import Actor
from ...platform.db import db
from ...platform.permissions import SEES_PEOPLE, Permission, Role
from ..models import (
    Ask,
    Campaign,
    CampaignMember,
    CoalitionStatus,
    Invitation,
    Membership,
    Organisation,
    SecondFactorDemand,
    Unit,
)


@dataclass(frozen=True)
class Member:
    """One person's membership, as its admins see it. ``ended_at`` is ``None`` while it lasts."""

    id: UUID
    user_id: UUID
    display_name: str
    email: str
    role: Role
    unit_id: UUID | None
    unit_name: str | None
    since: datetime
    ended_at: datetime | None
    subtree_id: UUID | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Partner:
    """An organisation in the campaign."""

    organisation: Organisation
    status: CoalitionStatus
    since: datetime


def get_own_organisation(actor: Actor) -> Organisation:
    """The actor's organisation."""
    return db.session.get_one(Organisation, actor.organisation_id)


def is_lead(actor: Actor) -> bool:
    """Whether the actor's organisation leads its campaign."""
    return find_status(actor) is CoalitionStatus.LEAD


def find_status(actor: Actor) -> CoalitionStatus | None:
    """The organisation's standing in its campaign, or ``None`` where it takes part in none."""
    found = db.session.scalar(
        select(CampaignMember.coalition_status).where(
            CampaignMember.campaign_id == actor.campaign_id,
            CampaignMember.organisation_id == actor.organisation_id,
        )
    )
    return CoalitionStatus(found) if found else None


def find_system_actor(organisation_id: UUID) -> Actor:
    """The actor of a sweep that works for an organisation, in its campaign."""
    row = db.session.execute(
        select(Organisation.short_name, CampaignMember.campaign_id)
        .outerjoin(
            CampaignMember,
            (CampaignMember.organisation_id == Organisation.id)
            & (CampaignMember.coalition_status != CoalitionStatus.LEFT),
        )
        .where(Organisation.id == organisation_id)
        .order_by(CampaignMember.created_at)
        .limit(1)
    ).one()
    return Actor.system(organisation_id, row.short_name, row.campaign_id)


def find_campaign(actor: Actor) -> Campaign | None:
    """The campaign in which the actor's organisation takes part."""
    return db.session.get(Campaign, actor.campaign_id) if actor.campaign_id else None


def find_campaign_shown(slug: str | None = None) -> Campaign | None:
    """The campaign that public pages are about: the first, where none is named."""
    statement = select(Campaign).order_by(Campaign.created_at).limit(1)
    if slug:
        statement = statement.where(Campaign.slug == slug)
    return db.session.scalars(statement).one_or_none()


def list_members(actor: Actor, *, ended: bool = False) -> list[Member]:
    """The organisation's people by name: those there now, or those whose membership has ended."""
    rows = db.session.execute(_members(actor.organisation_id, ended).order_by(func.lower(User.display_name)))
    return [_member(*row) for row in rows]


def find_member(actor: Actor, membership_id: UUID) -> Member | None:
    """One present member of the actor's organisation."""
    found = db.session.execute(_members(actor.organisation_id, False).where(Membership.id == membership_id))
    return next((_member(*row) for row in found), None)


def count_members(organisation_id: UUID) -> int:
    """How many people belong to the session's organisation now."""
    statement = select(func.count(Membership.id)).where(
        Membership.organisation_id == organisation_id, Membership.ended_at.is_(None)
    )
    return db.session.scalar(statement) or 0


def list_people(
    organisation_id: UUID,
    permission: Permission,
    *,
    organisation_name: str = "",
    campaign_id: UUID | None = None,
    user_id: UUID | None = None,
) -> list[tuple[Actor, str]]:
    """Who in the session's organisation may do something, or one person if they may, each with their address."""
    statement = (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    if user_id is not None:
        statement = statement.where(Membership.user_id == user_id)
    found = [
        (
            Actor(
                user.id,
                user.display_name,
                organisation_id,
                organisation_name,
                Role(membership.role),
                membership.unit_id,
                campaign_id,
                subtree_id=membership.subtree_id,
            ),
            user.email,
        )
        for membership, user in db.session.execute(statement)
        if user.email
    ]
    return [(actor, email) for actor, email in found if actor.can(permission)]


def list_without_second_factor(organisation_id: UUID) -> list[Member]:
    """The session's organisation's people whose role sees people, and who sign in by their password alone; by name.

    Empty is what going live asks for.
    """
    statement = (
        _members(organisation_id, ended=False)
        .where(Membership.role.in_(list(SEES_PEOPLE)), User.id.not_in(_with_second_factor()))
        .order_by(func.lower(User.display_name))
    )
    return [_member(*row) for row in db.session.execute(statement)]


def list_with_second_factor() -> set[UUID]:
    """Which of the session's organisation's people have their second factor on."""
    return set(db.session.scalars(_with_second_factor()))


def _with_second_factor() -> Select[UUID]:
    return select(func.app.members_with_second_factor())


def list_second_factor_demands() -> dict[Role, datetime]:
    """The roles of which the session's organisation demands a second factor, and from when on."""
    rows = db.session.execute(select(SecondFactorDemand.role, SecondFactorDemand.due_at))
    return {Role(row.role): row.due_at for row in rows}


def list_publishable(campaign_id: UUID) -> list[tuple[UUID, str]]:
    """The organisations that may stand in public under the campaign's letters: members and the lead, id and name."""
    statement = (
        select(Organisation.id, Organisation.name)
        .join(CampaignMember, CampaignMember.organisation_id == Organisation.id)
        .where(
            CampaignMember.campaign_id == campaign_id,
            CampaignMember.coalition_status.in_([one for one in CoalitionStatus if one.may_be_published]),
            Organisation.left_at.is_(None),
        )
        .order_by(Organisation.name)
    )
    return [(row.id, row.name) for row in db.session.execute(statement)]


def _members(organisation_id: UUID, ended: bool) -> Select[Membership, User, str]:
    # A person reads their own memberships elsewhere too, so the organisation is named here.
    return (
        select(Membership, User, Unit.name)
        .join(User, User.id == Membership.user_id)
        .outerjoin(
            Unit, (Unit.id == Membership.unit_id) & (Unit.organisation_id == Membership.organisation_id)
        )
        .where(Membership.organisation_id == organisation_id)
        .where(Membership.ended_at.is_not(None) if ended else Membership.ended_at.is_(None))
    )


def _member(membership: Membership, user: User, unit_name: str | None) -> Member:
    return Member(
        membership.id,
        user.id,
        user.display_name,
        user.email or "",
        Role(membership.role),
        membership.unit_id,
        unit_name,
        membership.created_at,
        membership.ended_at,
        membership.subtree_id,
        membership.ends_on,
    )


def list_pending_invitations() -> Sequence[Invitation]:
    """The organisation's invitations that were neither accepted nor withdrawn, newest first."""
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .order_by(Invitation.created_at.desc())
    ).all()


def list_unsent_invitations(at: datetime) -> Sequence[UUID]:
    """Ids of the organisation's invitations that still have to be mailed."""
    return db.session.scalars(
        select(Invitation.id).where(
            Invitation.sent_at.is_(None),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.refusal_code.is_(None),
            Invitation.expires_at > at,
        )
    ).all()


def list_partners(campaign_id: UUID) -> list[Partner]:
    """The campaign's organisations: the lead first, those that left last, else by name."""
    rows = db.session.execute(
        select(Organisation, CampaignMember)
        .join(CampaignMember, CampaignMember.organisation_id == Organisation.id)
        .where(CampaignMember.campaign_id == campaign_id)
        .order_by(func.lower(Organisation.name))
    )
    partners = [Partner(o, CoalitionStatus(m.coalition_status), m.created_at) for o, m in rows]
    rank = {CoalitionStatus.LEAD: 0, CoalitionStatus.LEFT: 2}
    return sorted(partners, key=lambda partner: rank.get(partner.status, 1))


def list_asks(campaign_id: UUID) -> Sequence[Ask]:
    """The campaign's asks in their order, closed ones in place."""
    return db.session.scalars(
        select(Ask).where(Ask.campaign_id == campaign_id).order_by(Ask.place, Ask.code)
    ).all()


def find_ask(ask_id: UUID | None) -> Ask | None:
    """An ask by its id; ``None`` for none."""
    return db.session.get(Ask, ask_id) if ask_id else None


def list_open_asks(campaign_id: UUID | None) -> Sequence[Ask]:
    """The campaign's asks that still stand, in their order."""
    return db.session.scalars(
        select(Ask).where(Ask.campaign_id == campaign_id, Ask.closed_at.is_(None)).order_by(Ask.place)
    ).all()


def list_campaign_organisations(
    campaign_id: UUID | None, *, with_former: bool = False
) -> Sequence[Organisation]:
    """The organisations taking part in a campaign, by short name; with those that left where asked for."""
    statement = (
        select(Organisation)
        .join(CampaignMember, CampaignMember.organisation_id == Organisation.id)
        .where(CampaignMember.campaign_id == campaign_id)
        .order_by(Organisation.short_name)
    )
    if not with_former:
        statement = statement.where(CampaignMember.coalition_status != CoalitionStatus.LEFT)
    return db.session.scalars(statement).all()


def list_names(actor: Actor) -> dict[UUID, str]:
    """Names of all who are or were members, for the audit log."""
    rows = db.session.execute(
        select(User.id, User.display_name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == actor.organisation_id)
    )
    return dict(rows.all())
