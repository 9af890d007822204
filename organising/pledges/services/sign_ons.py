"""Signing as an organisation: somebody asks inside, somebody else approves, and its name stands while it is a member.

Publication follows at once. No third hand is needed for it: the organisation has said its word twice, by two people, and
the coordinator has said who is a member; a list that waited for one more press would be short of somebody, and not exact.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from ...platform.actor import Actor
from ...platform.audit import record
from ...platform.clock import now
from ...platform.db import db, find, new_id
from ...platform.errors import Conflict, Forbidden, Invalid, NotFound
from ...platform.locks import take_turns
from ...platform.permissions import Permission
from ...platform.queue import enqueue_after_commit
from ..models import (
    DriveStatus,
    PledgeDrive,
    PledgeSignOn,
    PledgeSignOnInside,
    PledgeSignOnInvitation,
    PledgeWording,
)
from ..queries import list_partners, list_wordings, whole_text
from ..queries.sign_ons import find_inside, get_own_sign_on
from ..sign_on_states import SignOnState, may
from .drives import check_own

TELL_INVITED = "organising.pledges.sign_on_jobs.tell_invited"
TELL_ASKED = "organising.pledges.sign_on_jobs.tell_asked"


class WordingMoved(Conflict):
    """The wording has a later version than the one that was read."""

    code = "wording_moved"


@dataclass(frozen=True)
class SignOnGiven:
    """What whoever asks writes. ``name``: as it shall be published; ``signatory``: who signs for it, if that is to be said.

    ``version`` and ``text_hash`` name the text that they read; ``note`` is for colleagues alone.
    """

    name: str
    version: int
    text_hash: str
    signatory: str = ""
    signatory_role: str = ""
    note: str = ""


def text_hash(wording: PledgeWording) -> str:
    """What an organisation's word is bound to: SHA-256 of title, introduction and wording, in hexadecimal."""
    return hashlib.sha256(whole_text(wording).encode()).hexdigest()


def invite(actor: Actor, drive: PledgeDrive, organisation_ids: Collection[UUID]) -> int:
    """Ask partners to sign; returns how many invitations went out. One that is invited already is not asked twice.

    Who declined or withdrew is invited anew. Raises :class:`Invalid` for one that takes no part.
    """
    check_own(actor, drive)
    _check_alive(drive)
    partners = {one.id for one in list_partners(drive.campaign_id)} - {actor.organisation_id}
    if not set(organisation_ids) <= partners:
        raise Invalid("Choose partners of the coalition.", organisations="Choose partners of the coalition.")
    take_turns("sign_on_invitations", drive.id)
    there = {
        one.invited_id: one
        for one in db.session.scalars(
            select(PledgeSignOnInvitation).where(PledgeSignOnInvitation.drive_id == drive.id)
        )
    }
    invited = 0
    for organisation_id in organisation_ids:
        row = there.get(organisation_id)
        if row is not None and not _is_over(drive, organisation_id, row):
            continue
        if row is not None:
            db.session.delete(row)
            db.session.flush()
        made = PledgeSignOnInvitation(
            id=new_id(), campaign_id=drive.campaign_id, author_label=actor.author_label, drive_id=drive.id,
            invited_id=organisation_id,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        record(actor, "sign_on.invited", "pledge_drive", drive.id, organisation=str(organisation_id))
        enqueue_after_commit(
            TELL_INVITED,
            organisation_id=organisation_id,
            row_id=made.id,
            purpose="sign_on_invited",
            queue="mail",
        )
        invited += 1
    return invited


def call_off(actor: Actor, drive: PledgeDrive, organisation_id: UUID) -> bool:
    """Take an invitation back; returns whether there was one. What the partner has begun is its own and stays."""
    check_own(actor, drive)
    gone = db.session.execute(
        delete(PledgeSignOnInvitation)
        .where(
            PledgeSignOnInvitation.drive_id == drive.id,
            PledgeSignOnInvitation.organisation_id == actor.organisation_id,
            PledgeSignOnInvitation.invited_id == organisation_id,
        )
        .returning(PledgeSignOnInvitation.id)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        record(actor, "sign_on.called_off", "pledge_drive", drive.id, organisation=str(organisation_id))
    return bool(gone)


def ask_to_sign(actor: Actor, drive: PledgeDrive, given: SignOnGiven) -> PledgeSignOn:
    """Ask colleagues that the organisation signs the present wording. Nothing is signed by it.

    Raises :class:`WordingMoved`, and :class:`Conflict` where it is asked or signed already just so.
    """
    actor.check(Permission.SIGN_ONS_PREPARE)
    _check_alive(drive)
    wording = list_wordings(drive)[0]
    if (given.version, given.text_hash) != (wording.version, text_hash(wording)):
        raise WordingMoved(
            "The wording has a new version since you opened this page. Read it, then ask again."
        )
    take_turns("sign_on", drive.id, actor.organisation_id)
    own = get_own_sign_on(actor, drive, lock=True)
    if own.asked is not None and own.asked.wording_version == wording.version:
        raise Conflict("A colleague has asked for this already. It waits to be approved.")
    if own.signed is not None and _says_the_same(own.signed, given):
        raise Conflict("Your organisation has signed this wording already, under this name.")
    if own.asked is not None and own.asked.move("take_back", now()):
        record(actor, "sign_on.taken_back", "pledge_sign_on", own.asked.id)
        db.session.flush()
    row = _new(actor, drive, given)
    record(actor, "sign_on.asked", "pledge_sign_on", row.id, wording_version=row.wording_version)
    inside = PledgeSignOnInside(id=new_id(), sign_on_id=row.id, asked_by=actor.user_id)
    inside.note = given.note or None
    db.session.add(inside)
    db.session.flush()
    enqueue_after_commit(
        TELL_ASKED,
        organisation_id=actor.organisation_id,
        row_id=row.id,
        purpose="sign_on_asked",
        queue="mail",
    )
    return row


def approve(actor: Actor, sign_on_id: UUID, shown_hash: str, answer: str = "") -> bool:
    """Sign for the organisation; returns whether that changed anything. What it signed before is replaced by it.

    Raises :class:`Forbidden` for whoever asked, :class:`WordingMoved` where the wording has a later version.
    """
    row, inside, drive = _open(actor, sign_on_id)
    _check_decider(actor, "approve", inside)
    if row.state == SignOnState.SIGNED:
        return False
    _check_alive(drive)
    if row.wording_version != drive.wording_version or row.wording_hash != shown_hash:
        raise WordingMoved(
            "The wording has a new version since this was asked for. Ask for the new one instead."
        )
    at = now()
    earlier = get_own_sign_on(actor, drive, lock=True).signed
    _note_decision(actor, inside, answer)
    if earlier is not None and row.state == SignOnState.INTERNAL_APPROVAL:
        earlier.move("replace", at)
        record(actor, "sign_on.replaced", "pledge_sign_on", earlier.id)
    db.session.flush()
    row.move("approve", at, actor.author_label)
    db.session.flush()
    record(actor, "sign_on.signed", "pledge_sign_on", row.id, wording_version=row.wording_version)
    return True


def decline(actor: Actor, sign_on_id: UUID, answer: str = "") -> bool:
    """Say no to a colleague's request; returns whether that changed anything. What stands signed goes on standing."""
    row, inside, _drive = _open(actor, sign_on_id)
    _check_decider(actor, "decline", inside)
    if not row.move("decline", now(), actor.author_label):
        return False
    _note_decision(actor, inside, answer)
    record(actor, "sign_on.declined", "pledge_sign_on", row.id)
    return True


def turn_down(actor: Actor, drive: PledgeDrive, answer: str = "") -> PledgeSignOn:
    """Decline an invitation that nobody inside has taken up. Raises :class:`Conflict` where there is none."""
    if not may(actor, "turn_down"):
        raise Forbidden("Your role in this organisation does not allow this.")
    take_turns("sign_on", drive.id, actor.organisation_id)
    if get_own_sign_on(actor, drive).state is not SignOnState.INVITED:
        raise Conflict("There is no invitation to decline now. Load the page again.")
    wording, at = list_wordings(drive)[0], now()
    row = _new(
        actor, drive, SignOnGiven(actor.organisation_name, wording.version, text_hash(wording)),
        state=SignOnState.DECLINED, decided_at=at, decided_label=actor.author_label, ended_at=at,
    )  # fmt: skip
    inside = PledgeSignOnInside(id=new_id(), sign_on_id=row.id, decided_by=actor.user_id)
    inside.answer = answer or None
    db.session.add(inside)
    record(actor, "sign_on.turned_down", "pledge_sign_on", row.id)
    return row


def take_back(actor: Actor, sign_on_id: UUID) -> bool:
    """Ask no longer; returns whether that changed anything."""
    row, _inside, _drive = _open(actor, sign_on_id)
    if not may(actor, "take_back"):
        raise Forbidden("Your role in this organisation does not allow this.")
    if not row.move("take_back", now()):
        return False
    record(actor, "sign_on.taken_back", "pledge_sign_on", row.id)
    return True


def withdraw(actor: Actor, sign_on_id: UUID) -> bool:
    """Take the organisation's name back, in the same moment off the public list. One person is enough for it."""
    row, _inside, _drive = _open(actor, sign_on_id)
    if not may(actor, "withdraw"):
        raise Forbidden("An administrator or deputy of your organisation takes its name back.")
    if not row.move("withdraw", now()):
        return False
    record(actor, "sign_on.withdrawn", "pledge_sign_on", row.id, wording_version=row.wording_version)
    return True


def _new(actor: Actor, drive: PledgeDrive, given: SignOnGiven, **more: object) -> PledgeSignOn:
    row = PledgeSignOn(
        id=new_id(),
        campaign_id=drive.campaign_id,
        author_label=actor.author_label,
        drive_id=drive.id,
        wording_version=given.version,
        wording_hash=given.text_hash,
        name=given.name,
        signatory=given.signatory or None,
        signatory_role=given.signatory_role or None,
        **more,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _open(actor: Actor, sign_on_id: UUID) -> tuple[PledgeSignOn, PledgeSignOnInside, PledgeDrive]:
    row = find(PledgeSignOn, sign_on_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound
    take_turns("sign_on", row.drive_id, actor.organisation_id)
    db.session.refresh(row, with_for_update=True)
    inside = find_inside(row.id)
    assert inside is not None
    return row, inside, db.session.get_one(PledgeDrive, row.drive_id)


def _check_decider(actor: Actor, verb: str, inside: PledgeSignOnInside) -> None:
    if may(actor, verb, is_asker=inside.asked_by == actor.user_id):
        return
    if inside.asked_by == actor.user_id and actor.can(Permission.SIGN_ONS_APPROVE):
        raise Forbidden("You asked for this, so someone else has to decide.")
    raise Forbidden("An administrator or deputy of your organisation decides on this.")


def _note_decision(actor: Actor, inside: PledgeSignOnInside, answer: str) -> None:
    inside.decided_by, inside.answer = actor.user_id, answer or None
    db.session.flush()


def _says_the_same(row: PledgeSignOn, given: SignOnGiven) -> bool:
    told = (row.wording_version, row.name, row.signatory or "", row.signatory_role or "")
    return told == (given.version, given.name, given.signatory, given.signatory_role)


def _is_over(drive: PledgeDrive, organisation_id: UUID, invitation: PledgeSignOnInvitation) -> bool:
    """Whether an invitation was answered with no, or what came of it was taken back."""
    rows = select(PledgeSignOn).where(
        PledgeSignOn.drive_id == drive.id, PledgeSignOn.organisation_id == organisation_id
    )
    found = list(db.session.scalars(rows))
    if any(one.state in (SignOnState.SIGNED, SignOnState.INTERNAL_APPROVAL) for one in found):
        return False
    return any(one.decided_at and one.ended_at and one.ended_at > invitation.created_at for one in found)


def _check_alive(drive: PledgeDrive) -> None:
    if drive.status == DriveStatus.ARCHIVED:
        raise Conflict("This pledge has ended for good.")
