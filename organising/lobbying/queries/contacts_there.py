"""Contacts who were there when somebody was met: for their own page, and for segments."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import joinedload

from organising.contacts.queries.happenings import (
    About,
    Happening,
    register_happenings,
    register_occasions,
)
from organising.contacts.queries.keeps import say_keep
from organising.contacts.queries.questions import (
    Operator,
    Question,
    Takes,
    Theme,
    among,
    having,
    register_questions,
)
from organising.lobbying.models import Engagement, EngagementContact
from organising.lobbying.words import KINDS
from organising.platform.actor import Actor
from organising.platform.clock import LONDON, today
from organising.platform.db import db
from organising.platform.ui import link, longdate

MOST_OFFERED = 30


class Engagements:
    """The contact log of one's own organisation, as occasions."""

    key = "engagement"
    label = _l("Contact log")
    model = EngagementContact
    column = "engagement_id"

    def offer(self, actor: Actor) -> Sequence[tuple[UUID, str]]:
        """The latest, with whom and when."""
        statement = _own(actor).order_by(Engagement.happened_on.desc(), Engagement.id).limit(MOST_OFFERED)
        return [(one.id, _words(one)) for one in db.session.scalars(statement)]

    def is_own(self, actor: Actor, occasion_id: UUID) -> bool:
        """Whether it is one of the own organisation's that stands."""
        return db.session.scalars(_own(actor).where(Engagement.id == occasion_id)).one_or_none() is not None


@register_happenings
def list_met(actor: Actor, about: About) -> Iterable[Happening]:
    """When they were there."""
    there = and_(
        EngagementContact.engagement_id == Engagement.id, EngagementContact.contact_id == about.contact_id
    )
    statement = _own(actor).join(EngagementContact, there).order_by(Engagement.happened_on.desc()).limit(100)
    for one in db.session.scalars(statement):
        yield Happening(
            datetime.combine(one.happened_on, time(12), LONDON),
            _("Was there: %(what)s", what=_words(one)),
            link("lobbying.engagement_history", engagement_id=one.id),
            f"engagement:{one.id}",
        )


@register_questions
def list_met_questions() -> Iterable[Question]:
    """Whether they were ever there when somebody was met."""
    yield Question("engagement", _l("Was there when you met somebody"), Theme.DID, (
        Operator("ever", _l("ever"), _l("they were there when you met somebody"), lambda _none: having(EngagementContact)),
        Operator("within", _l("in the last … days"), _l("they were there when you met somebody in the last %(value)s days"),
                 _lately, Takes.DAYS),
        Operator("never", _l("never"), _l("they were never there when you met somebody"),
                 lambda _none: ~having(EngagementContact)),
    ))  # fmt: skip


def _lately(days: Any) -> ColumnElement[bool]:
    met = select(Engagement.id).where(
        Engagement.withdrawn_at.is_(None),
        Engagement.happened_on >= today() - timedelta(days=days),
    )
    return having(EngagementContact, among(EngagementContact.engagement_id, met))


def _own(actor: Actor) -> Select[Engagement]:
    return (
        select(Engagement)
        .options(joinedload(Engagement.person), joinedload(Engagement.institution))
        .where(Engagement.organisation_id == actor.organisation_id, Engagement.withdrawn_at.is_(None))
    )


def _words(one: Engagement) -> str:
    about = one.person or one.institution
    return f"{KINDS[one.kind]}, {about.name if about else ''}, {longdate(one.happened_on)}"  # type: ignore[index]


register_occasions(Engagements())
say_keep(EngagementContact, _l("Put to a conversation in the contact log"))
