"""Mail that is due, and to whom: rows of the current organisation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from organising.actions.models import BranchAction
from organising.platform.db import db

from ..models import STANDING, AttendanceMail, MailKind, SignUp


def list_attended(organisation_id: UUID, ended_after: datetime) -> Sequence[BranchAction]:
    """The organisation's actions that somebody stands on the list of, and that are not long over."""
    standing = exists().where(SignUp.action_id == BranchAction.id, SignUp.state.in_(STANDING))
    statement = (
        select(BranchAction)
        .where(BranchAction.organisation_id == organisation_id, BranchAction.ends_at > ended_after, standing)
        .order_by(BranchAction.starts_at, BranchAction.id)
    )
    return db.session.scalars(statement).all()


def count_confirmations_since(sign_up: SignUp, since: datetime) -> int:
    """How many confirmation mails this address was sent since then, for whichever action."""
    statement = (
        select(func.count())
        .select_from(AttendanceMail)
        .join(SignUp, SignUp.id == AttendanceMail.sign_up_id)
        .where(
            AttendanceMail.kind == MailKind.CONFIRM,
            AttendanceMail.confirmation_sent_at > since,
            SignUp.email_key == sign_up.email_key,
        )
    )
    return db.session.scalar(statement) or 0


def stands_already(sign_up: SignUp) -> bool:
    """Whether the same person has confirmed another sign-up for the same action."""
    other = select(SignUp.id).where(
        SignUp.action_id == sign_up.action_id,
        SignUp.person_key == sign_up.person_key,
        SignUp.id != sign_up.id,
        SignUp.state.in_(STANDING),
    )
    return db.session.scalar(other.limit(1)) is not None


def has_later(mail: AttendanceMail) -> bool:
    """Whether a newer message of the same kind says it better."""
    later = select(AttendanceMail.id).where(
        AttendanceMail.sign_up_id == mail.sign_up_id,
        AttendanceMail.kind == mail.kind,
        AttendanceMail.id != mail.id,
        AttendanceMail.created_at > mail.created_at,
    )
    return db.session.scalar(later.limit(1)) is not None


def was_told_cancelled() -> ColumnElement[bool]:
    """Of a sign-up: whether more was said to it of being called off than of taking place after all."""

    def number(kind: MailKind, *conditions: Any) -> Any:
        one = aliased(AttendanceMail)
        told = (
            one.confirmation_sent_at.is_not(None) if kind is MailKind.CANCELLED else one.dropped_at.is_(None)
        )
        return (
            select(func.count())
            .select_from(one)
            .where(
                one.organisation_id == SignUp.organisation_id,
                one.sign_up_id == SignUp.id,
                one.kind == kind,
                told,
            )
            .scalar_subquery()
        )

    more: ColumnElement[bool] = number(MailKind.CANCELLED) > number(MailKind.RESTORED)
    return more
