"""Telling a partner what concerns it: one line on its Today page, and in its people's digest."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from organising.lobbying.models import Notice, NoticeKind, NoticeRead
from organising.lobbying.models.shared import AboutSubject
from organising.lobbying.queries.notices import list_unread_notice_ids
from organising.lobbying.services.shared import authorship
from organising.platform.actor import Actor
from organising.platform.db import db, new_id

MOST_WORDS = 280


def tell_partner(
    actor: Actor,
    organisation_id: UUID,
    kind: NoticeKind,
    words: str,
    *,
    person_id: UUID | None = None,
    institution_id: UUID | None = None,
) -> Notice | None:
    """Leave a line for another organisation; one's own is told nothing. ``words`` are read by all partners."""
    if organisation_id == actor.organisation_id:
        return None
    return leave_notice(
        actor, organisation_id, kind, words, person_id=person_id, institution_id=institution_id
    )


def tell_about(
    actor: Actor, row: AboutSubject, organisation_id: UUID, kind: NoticeKind, words: str
) -> Notice | None:
    """:func:`tell_partner` of something that concerns whom this row is about."""
    return tell_partner(
        actor, organisation_id, kind, words, person_id=row.person_id, institution_id=row.institution_id
    )


def leave_notice(
    actor: Actor,
    organisation_id: UUID,
    kind: NoticeKind,
    words: str,
    *,
    person_id: UUID | None = None,
    institution_id: UUID | None = None,
) -> Notice | None:
    """Leave a line for an organisation, which may be the actor's own; none outside a campaign."""
    if actor.campaign_id is None:
        return None
    notice = Notice(
        **authorship(actor),
        to_organisation_id=organisation_id,
        kind=kind,
        words=" ".join(words.split())[:MOST_WORDS],
        person_id=person_id,
        institution_id=institution_id,
    )
    db.session.add(notice)
    db.session.flush()
    return notice


def read_notices(actor: Actor) -> int:
    """Note that this member has seen what there was to see; returns how many that were. Twice is once."""
    if actor.user_id is None:
        return 0
    unread = list_unread_notice_ids(actor)
    for notice_id in unread:
        db.session.execute(
            insert(NoticeRead)
            .values(
                organisation_id=actor.organisation_id,
                id=new_id(),
                notice_id=notice_id,
                user_id=actor.user_id,
            )
            .on_conflict_do_nothing()
        )
    return len(unread)
