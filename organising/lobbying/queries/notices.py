"""Notices to the reader's organisation that the reader has not seen; to those alone who see its approaches.

They tell who leads on whom and who asks to join an approach: nothing that an officer of a branch could act on.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, exists, false, func, select
from sqlalchemy.orm import joinedload

from organising.lobbying.models import Notice, NoticeRead
from organising.platform.actor import Actor
from organising.platform.db import db
from organising.platform.few import Few, first_few
from organising.platform.permissions import Permission

MOST = 20


def _unread(actor: Actor) -> Select[Notice]:
    seen = exists().where(
        NoticeRead.notice_id == Notice.id,
        NoticeRead.organisation_id == actor.organisation_id,
        NoticeRead.user_id == actor.user_id,
    )
    found = select(Notice).where(
        Notice.to_organisation_id == actor.organisation_id, Notice.campaign_id == actor.campaign_id, ~seen
    )
    return found if actor.can(Permission.APPROACHES_VIEW) else found.where(false())


def list_notices(actor: Actor, *, limit: int = MOST) -> Few[Notice]:
    """What partners left for this organisation and this member has not seen, newest first."""
    statement = _unread(actor).options(
        joinedload(Notice.organisation), joinedload(Notice.person), joinedload(Notice.institution)
    )
    return first_few(statement.order_by(Notice.created_at.desc(), Notice.id), limit)


def count_lines(actor: Actor) -> int:
    """How many different words :func:`list_notices` would go through: those that say the same are read as one."""
    words = _unread(actor).with_only_columns(Notice.words).distinct().subquery()
    return db.session.scalar(select(func.count()).select_from(words)) or 0


def list_unread_notice_ids(actor: Actor) -> Sequence[UUID]:
    """The ids of all that :func:`list_notices` would go through."""
    return db.session.scalars(_unread(actor).with_only_columns(Notice.id)).all()
