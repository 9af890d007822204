"""Whom the own organisation's mailings may come from, and the server they leave through."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from organising.mailings.models import Mailing, MailServer, SenderIdentity, SenderProof
from organising.mailings.states import BEFORE_SENDING, MailingState
from organising.platform.db import db, find

LIVE = (MailingState.DRAFT, *BEFORE_SENDING, MailingState.SENDING, MailingState.PAUSED)


def list_identities() -> Sequence[SenderIdentity]:
    """The organisation's senders that were not removed, by name."""
    statement = (
        select(SenderIdentity)
        .where(SenderIdentity.removed_at.is_(None))
        .order_by(SenderIdentity.name, SenderIdentity.created_at)
    )
    return db.session.scalars(statement).all()


def list_confirmed_identities() -> list[SenderIdentity]:
    """Those that a mailing may come from."""
    return [one for one in list_identities() if one.is_confirmed]


def find_identity(identity_id: UUID | None) -> SenderIdentity | None:
    """One of the organisation's own senders, removed ones too; ``None`` for any other."""
    return find(SenderIdentity, identity_id) if identity_id else None


def list_proofs(identity_ids: Sequence[UUID]) -> Sequence[SenderProof]:
    """The links mailed to prove these senders' addresses, the newest first."""
    statement = (
        select(SenderProof)
        .where(SenderProof.identity_id.in_(identity_ids))
        .order_by(SenderProof.created_at.desc(), SenderProof.id)
    )
    return db.session.scalars(statement).all()


def list_unsent_proofs(at: datetime) -> Sequence[UUID]:
    """Links that wait to be mailed."""
    statement = select(SenderProof.id).where(
        SenderProof.sent_at.is_(None),
        SenderProof.used_at.is_(None),
        SenderProof.refusal_code.is_(None),
        SenderProof.expires_at > at,
    )
    return db.session.scalars(statement).all()


def list_users_of(identity_id: UUID) -> Sequence[Mailing]:
    """Mailings in hand that come from a sender."""
    statement = (
        select(Mailing)
        .where(Mailing.identity_id == identity_id, Mailing.state.in_(LIVE))
        .order_by(Mailing.updated_at.desc())
    )
    return db.session.scalars(statement).all()


def is_reply_to_known(reply_to: str) -> bool:
    """Whether one of the organisation's senders has proven this address."""
    wanted = reply_to.strip().lower()
    for one in list_identities():
        if wanted in (one.reply_to.lower(), one.address.lower()) and wanted not in [
            address.lower() for address in one.unproven
        ]:
            return True
    return False


def find_mail_server() -> MailServer | None:
    """The organisation's own mail server."""
    return db.session.scalars(select(MailServer)).one_or_none()
