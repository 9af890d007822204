"""Whom mailings come from: an address is the organisation's own once somebody who reads it has said so.

The installation's address stays the default. Another address has to be proven anew, and a mailing whose sender is
not proven any more stops: that is asked at the start and at each claim.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from organising.mailings.models import Mailing, SenderIdentity, SenderProof
from organising.mailings.queries.identities import find_identity, list_identities
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, get_or_404, new_id
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.message import OutgoingMail, named_address
from organising.platform.permissions import Permission
from organising.platform.queue import enqueue_after_commit

from .drafting import ANY_MODE, note_edit, open_for_edit

LASTS = timedelta(days=3)
MOST = 20
MOST_LINKS = 10
SEND = "organising.mailings.identity_jobs.send_proof"
UNCONFIRMED = (
    "The address that this mailing comes from is not confirmed any more. Its organisation’s senders say why."
)


@dataclass(frozen=True)
class Sender:
    """What a person writes: the name and address that mailings come from, and where answers go."""

    name: str
    address: str
    reply_to: str


def add_identity(actor: Actor, sender: Sender) -> SenderIdentity:
    """A new sender, and a link to each of its addresses. Raises :class:`Invalid`, :class:`Conflict`."""
    actor.check(Permission.MAILINGS_SEND)
    if len(list_identities()) >= MOST:
        raise Conflict(f"There are {MOST} senders already. Remove one that is not used.")
    _check(sender, besides=None)
    identity = SenderIdentity(
        id=new_id(), organisation_id=actor.organisation_id, name=sender.name, address=sender.address, reply_to=sender.reply_to
    )  # fmt: skip
    db.session.add(identity)
    db.session.flush()
    audit.record(actor, "sender.added", "sender_identity", identity.id)
    _ask_for_proofs(actor, identity)
    return identity


def change_identity(actor: Actor, identity_id: UUID, sender: Sender) -> bool:
    """Other words or addresses; answers whether an address has to be proven. Mailings from it stop until then."""
    actor.check(Permission.MAILINGS_SEND)
    identity = _get(identity_id)
    _check(sender, besides=identity.id)
    if (identity.name, identity.address, identity.reply_to) == (sender.name, sender.address, sender.reply_to):
        return False
    waits = identity.change(sender.name, sender.address, sender.reply_to)
    audit.record(actor, "sender.changed", "sender_identity", identity.id, confirmed=not waits)
    if waits:
        _ask_for_proofs(actor, identity)
    return waits


def send_links_again(actor: Actor, identity_id: UUID) -> int:
    """Mail fresh links to the addresses that wait; the earlier ones stop working. Answers how many."""
    actor.check(Permission.MAILINGS_SEND)
    identity = _get(identity_id)
    if not identity.unproven:
        raise Conflict("Its addresses are confirmed already.")
    recent = select(SenderProof.id).where(
        SenderProof.identity_id == identity.id, SenderProof.created_at > now() - timedelta(days=1)
    )
    if len(db.session.scalars(recent).all()) >= MOST_LINKS:
        raise Conflict("Many links were sent to these addresses today. Try again tomorrow.")
    return _ask_for_proofs(actor, identity)


def remove_identity(actor: Actor, identity_id: UUID) -> None:
    """Let no mailing come from it any more; those on their way stop."""
    actor.check(Permission.MAILINGS_SEND)
    identity = _get(identity_id)
    identity.removed_at = now()
    _end_links(identity)
    audit.record(actor, "sender.removed", "sender_identity", identity.id)


def _get(identity_id: UUID) -> SenderIdentity:
    identity = get_or_404(SenderIdentity, identity_id)
    if identity.removed_at is not None:
        raise NotFound
    return identity


def _check(sender: Sender, *, besides: UUID | None) -> None:
    for other in list_identities():
        same = (other.address.lower(), other.name) == (sender.address.lower(), sender.name)
        if same and other.id != besides:
            raise Invalid(
                "There is a sender of this name and address already.", address="It is there already."
            )


def _ask_for_proofs(actor: Actor, identity: SenderIdentity) -> int:
    _end_links(identity)
    for address in identity.unproven:
        proof = SenderProof(
            id=new_id(),
            organisation_id=actor.organisation_id,
            identity_id=identity.id,
            address=address,
            asked_by=actor.author_label,
            expires_at=now() + LASTS,
        )
        db.session.add(proof)
        db.session.flush()
        enqueue_after_commit(
            SEND,
            organisation_id=actor.organisation_id,
            row_id=proof.id,
            purpose="sender_proof",
            queue="urgent",
        )
    return len(identity.unproven)


def _end_links(identity: SenderIdentity) -> None:
    db.session.execute(
        update(SenderProof)
        .where(
            SenderProof.organisation_id == identity.organisation_id,
            SenderProof.identity_id == identity.id,
            SenderProof.used_at.is_(None),
        )
        .values(expires_at=now())
        .execution_options(synchronize_session=False)
    )


def compose_proof(
    proof: SenderProof, identity: SenderIdentity, organisation_name: str, link: str
) -> OutgoingMail:
    """The message with the link, to the address that is to be proven."""
    words = _(
        "%(who)s would like mailings of %(organisation)s to use this address (%(address)s), as “%(name)s”.\n\n"
        "If that is right, open this page within three days and press the button:\n\n%(link)s\n\n"
        "If it is not, do nothing: no mailing will use it.",
        who=proof.asked_by,
        organisation=organisation_name,
        address=proof.address,
        name=identity.name,
        link=link,
    )
    return OutgoingMail(
        to=proof.address,
        subject=_("May %(organisation)s write from this address?", organisation=organisation_name),
        text=words,
        headers={"Auto-Submitted": "auto-generated"},
    )


def find_open_proof(proof_id: UUID, *, lock: bool = False) -> tuple[SenderProof, SenderIdentity] | None:
    """A link that still works, with what it proves; ``None`` for one that is spent, too old or replaced."""
    statement = select(SenderProof).where(SenderProof.id == proof_id)
    if lock:
        statement = statement.with_for_update()
    proof = db.session.scalars(statement).one_or_none()
    identity = find_identity(proof.identity_id) if proof else None
    if (
        proof is None
        or identity is None
        or not proof.is_open(now())
        or proof.address not in identity.unproven
    ):
        return None
    return (proof, identity) if identity.removed_at is None else None


def prove(actor: Actor, proof_id: UUID) -> SenderIdentity:
    """Take the link's address as proven. Raises :class:`Conflict` for a link that does not work any more."""
    found = find_open_proof(proof_id, lock=True)
    if found is None:
        raise Conflict("This link has been used or is too old. Ask for a new one.")
    proof, identity = found
    proof.used_at = now()
    identity.confirm(proof.address, now())
    audit.record(actor, "sender.confirmed", "sender_identity", identity.id, complete=identity.is_confirmed)
    return identity


def choose_sender(actor: Actor, mailing_id: UUID, identity_id: UUID | None, version: int) -> Mailing:
    """Let a mailing come from one of the organisation's own addresses, or for ``None`` from the installation's.

    This is an edit. Raises :class:`Invalid` for one that is not confirmed, :class:`Conflict` if another came between.
    """
    mailing = open_for_edit(actor, mailing_id, ANY_MODE)
    if mailing.version != version:
        raise Conflict(f"{mailing.last_editor_label} changed this mailing meanwhile. Reload the page.")
    identity = find_identity(identity_id)
    if identity_id is not None and (identity is None or not identity.is_confirmed):
        raise Invalid("Choose a sender whose addresses are confirmed.")
    if mailing.identity_id == identity_id:
        return mailing
    mailing.identity_id = identity_id
    if identity is not None:
        mailing.sender_name, mailing.reply_to = identity.name, identity.reply_to
    note_edit(actor, mailing, "sender")
    return mailing


def why_sender_unconfirmed(mailing: Mailing) -> str | None:
    """Why a mailing may not come from its sender as things stand, or ``None``. Asked in its own organisation.

    What was signed off holds the address itself: a sender that was changed since is not the one that was signed off.
    """
    if mailing.identity_id is None:
        return None
    identity = find_identity(mailing.identity_id)
    if identity is None or not identity.is_confirmed:
        return UNCONFIRMED
    if mailing.sender is not None and mailing.sender != named_address(identity.name, identity.address):
        return UNCONFIRMED
    return None if mailing.reply_to == identity.reply_to else UNCONFIRMED
