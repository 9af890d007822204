"""Reading which organisations signed a drive: the published list, one's own standing, and that of every partner for the host."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text

from ...organisations.models import CoalitionStatus, Organisation
from ...organisations.queries import list_partners as list_members
from ...platform.actor import Actor
from ...platform.db import db
from ...platform.permissions import Permission
from ..canonical import folded
from ..models import (
    DriveStatus,
    PledgeDrive,
    PledgeSignOn,
    PledgeSignOnInside,
    PledgeSignOnInvitation,
    PledgeSignOnNotice,
)
from ..sign_on_states import SignOnState, follows

# An invitation whose mail could not go for so long is found on the page.
NEWS = timedelta(days=2)


@dataclass(frozen=True)
class PublishedSignOn:
    """An organisation on the public list, by the name that it gave itself. ``signatory``: who signed for it, if told."""

    organisation_id: UUID
    name: str
    signatory: str | None
    signatory_role: str | None
    wording_version: int
    signed_at: datetime


@dataclass(frozen=True)
class OwnSignOn:
    """Where one's own organisation stands. ``asked`` waits for a colleague, ``signed`` stands; ``ended`` came to an end last."""

    state: SignOnState
    invitation: PledgeSignOnInvitation | None
    asked: PledgeSignOn | None
    signed: PledgeSignOn | None
    ended: PledgeSignOn | None
    inside: PledgeSignOnInside | None


@dataclass(frozen=True)
class PartnerSignOn:
    """Where one partner stands, as the organisation that made the drive sees it: nothing of what is said inside."""

    organisation: Organisation
    status: CoalitionStatus
    state: SignOnState
    row: PledgeSignOn | None
    is_asking_again: bool
    invited_at: datetime | None


def list_published_sign_ons(drive_id: UUID) -> list[PublishedSignOn]:
    """The organisations on the public list, by name: members and the lead alone, as the database decides at this moment.

    Empty for a drive that the public may not read.
    """
    rows = db.session.execute(text("SELECT * FROM app.published_sign_ons(:d)"), {"d": drive_id})
    return sorted((PublishedSignOn(*row) for row in rows), key=lambda one: (folded(one.name), one.name))


def get_own_sign_on(actor: Actor, drive: PledgeDrive, *, lock: bool = False) -> OwnSignOn:
    """The actor's organisation's standing. ``lock``: hold its rows until the commit."""
    statement = select(PledgeSignOn).where(
        PledgeSignOn.drive_id == drive.id, PledgeSignOn.organisation_id == actor.organisation_id
    )
    if lock:
        statement = statement.with_for_update()
    rows = list(db.session.scalars(statement.order_by(PledgeSignOn.created_at.desc(), PledgeSignOn.id)))
    invitation = db.session.scalars(
        select(PledgeSignOnInvitation).where(
            PledgeSignOnInvitation.drive_id == drive.id,
            PledgeSignOnInvitation.invited_id == actor.organisation_id,
        )
    ).one_or_none()
    asked, signed, ended = _sorted_out(rows)
    public = {one.organisation_id for one in list_published_sign_ons(drive.id)}
    told = asked or signed or ended
    return OwnSignOn(
        _state(rows, invitation, is_public=actor.organisation_id in public),
        invitation,
        asked,
        signed,
        ended,
        None if told is None else find_inside(told.id),
    )


def find_inside(sign_on_id: UUID) -> PledgeSignOnInside | None:
    """What the current organisation keeps to itself about one of its requests."""
    return db.session.scalars(
        select(PledgeSignOnInside).where(PledgeSignOnInside.sign_on_id == sign_on_id)
    ).one_or_none()


def list_partner_sign_ons(drive: PledgeDrive) -> list[PartnerSignOn]:
    """Every partner's standing, the lead first; whole only for the organisation that made the drive."""
    rows: dict[UUID, list[PledgeSignOn]] = {}
    found = select(PledgeSignOn).where(PledgeSignOn.drive_id == drive.id)
    for row in db.session.scalars(found.order_by(PledgeSignOn.created_at.desc(), PledgeSignOn.id)):
        rows.setdefault(row.organisation_id, []).append(row)
    invited = {
        one.invited_id: one
        for one in db.session.scalars(
            select(PledgeSignOnInvitation).where(PledgeSignOnInvitation.drive_id == drive.id)
        )
    }
    public = {one.organisation_id for one in list_published_sign_ons(drive.id)}
    return [
        _partner(member.organisation, member.status, rows.get(key, []), invited.get(key), key in public)
        for member in list_members(drive.campaign_id)
        if (key := member.organisation.id) and member.status is not CoalitionStatus.LEFT
    ]


@dataclass(frozen=True)
class SignOnToday:
    """What waits for a person: a drive's title, and the drive to open."""

    drive_id: UUID
    title: str
    is_request: bool


def list_sign_ons_today(actor: Actor) -> list[SignOnToday]:
    """What this person could decide: colleagues' requests, and invitations that nobody has answered."""
    if not actor.can(Permission.SIGN_ONS_APPROVE):
        return []
    drives = {
        one.id: one
        for one in db.session.scalars(
            select(PledgeDrive).where(
                PledgeDrive.campaign_id == actor.campaign_id, PledgeDrive.status != DriveStatus.ARCHIVED
            )
        )
    }
    asked = [row for row, inside in list_asked(actor.organisation_id) if inside.asked_by != actor.user_id]
    waiting = [(row.drive_id, True) for row in asked]
    waiting += [(one.drive_id, False) for one in list_unanswered_invitations(actor.organisation_id)]
    return [
        SignOnToday(drive_id, drives[drive_id].title, is_request)
        for drive_id, is_request in waiting
        if drive_id in drives
    ]


def list_asked(organisation_id: UUID) -> list[tuple[PledgeSignOn, PledgeSignOnInside]]:
    """The current organisation's requests that wait for a colleague, the oldest first."""
    statement = (
        select(PledgeSignOn, PledgeSignOnInside)
        .join(PledgeSignOnInside, PledgeSignOnInside.sign_on_id == PledgeSignOn.id)
        .where(
            PledgeSignOn.organisation_id == organisation_id,
            PledgeSignOn.state == SignOnState.INTERNAL_APPROVAL,
        )
        .order_by(PledgeSignOn.created_at)
    )
    return [(row, inside) for row, inside in db.session.execute(statement)]


def list_unanswered_invitations(organisation_id: UUID) -> list[PledgeSignOnInvitation]:
    """Invitations to the current organisation since which it has asked nobody and answered nothing."""
    answered = select(PledgeSignOn.id).where(
        PledgeSignOn.drive_id == PledgeSignOnInvitation.drive_id,
        PledgeSignOn.organisation_id == organisation_id,
        (PledgeSignOn.state.in_([SignOnState.INTERNAL_APPROVAL, SignOnState.SIGNED]))
        | (
            PledgeSignOn.decided_at.is_not(None) & (PledgeSignOn.ended_at > PledgeSignOnInvitation.created_at)
        ),
    )
    statement = select(PledgeSignOnInvitation).where(
        PledgeSignOnInvitation.invited_id == organisation_id, ~answered.exists()
    )
    return list(db.session.scalars(statement.order_by(PledgeSignOnInvitation.created_at)))


def list_told_of(about_id: UUID) -> set[UUID]:
    """Who of the current organisation has been written to about an invitation or a request."""
    statement = select(PledgeSignOnNotice.user_id).where(PledgeSignOnNotice.about_id == about_id)
    return set(db.session.scalars(statement))


def _partner(
    organisation: Organisation,
    status: CoalitionStatus,
    rows: Sequence[PledgeSignOn],
    invitation: PledgeSignOnInvitation | None,
    is_public: bool,
) -> PartnerSignOn:
    asked, signed, ended = _sorted_out(rows)
    # What stands says more than a request for a later wording beside it.
    state = _state(
        [one for one in rows if one is not asked] if signed else rows, invitation, is_public=is_public
    )
    return PartnerSignOn(
        organisation,
        status,
        state,
        signed or asked or ended,
        asked is not None and signed is not None,
        invitation.created_at if invitation else None,
    )


def _sorted_out(
    rows: Sequence[PledgeSignOn],
) -> tuple[PledgeSignOn | None, PledgeSignOn | None, PledgeSignOn | None]:
    """Of one organisation's rows, newest first: the one that waits, the one that stands, the last that was decided and ended."""
    asked = next((one for one in rows if one.state == SignOnState.INTERNAL_APPROVAL), None)
    signed = next((one for one in rows if one.state == SignOnState.SIGNED), None)
    over = [one for one in rows if one.ended_at is not None and one.decided_at is not None]
    return asked, signed, max(over, key=lambda one: one.ended_at or one.created_at, default=None)


def _state(
    rows: Sequence[PledgeSignOn], invitation: PledgeSignOnInvitation | None, *, is_public: bool
) -> SignOnState:
    asked, signed, ended = _sorted_out(rows)
    latest = asked or signed or ended
    if latest is ended and ended is not None and invitation is not None:
        assert ended.ended_at is not None
        if invitation.created_at > ended.ended_at:
            latest = None
    return follows(
        None if latest is None else SignOnState(latest.state),
        is_invited=invitation is not None,
        was_signed=latest is not None and latest.decided_at is not None,
        is_public=is_public,
    )
