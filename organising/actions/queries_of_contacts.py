"""Contacts who were at an action: for their own page, and for segments."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, select

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
    begins,
    having,
    register_questions,
)
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.ui import link, longdate

from .models import ActionContact, BranchAction
from .queries import visible
from .states import State

MOST_OFFERED = 30


class Actions:
    """Actions of one's own organisation, as occasions: those that have begun."""

    key = "action"
    label = _l("Actions")
    model = ActionContact
    column = "action_id"

    def offer(self, actor: Actor) -> Sequence[tuple[UUID, str]]:
        """The latest that have begun."""
        statement = _own(actor).order_by(BranchAction.starts_at.desc(), BranchAction.id).limit(MOST_OFFERED)
        return [(one.id, _words(one)) for one in db.session.scalars(statement)]

    def is_own(self, actor: Actor, occasion_id: UUID) -> bool:
        """Whether it is one of the own organisation's within reach."""
        return db.session.scalars(_own(actor).where(BranchAction.id == occasion_id)).one_or_none() is not None


@register_happenings
def list_attended(actor: Actor, about: About) -> Iterable[Happening]:
    """Where they were."""
    there = and_(ActionContact.action_id == BranchAction.id, ActionContact.contact_id == about.contact_id)
    statement = visible(actor).join(ActionContact, there).order_by(BranchAction.starts_at.desc()).limit(100)
    for one in db.session.scalars(statement):
        words = _("Was at an action: %(what)s", what=_words(one))
        yield Happening(one.starts_at, words, link("actions.show", action_id=one.id), f"action:{one.id}")


@register_questions
def list_attended_questions() -> Iterable[Question]:
    """Whether they were at an action."""
    yield Question("action", _l("Was at an action"), Theme.DID, (
        Operator("ever", _l("ever"), _l("they were at an action"), lambda _none: having(ActionContact)),
        Operator("within", _l("in the last … days"), _l("they were at an action in the last %(value)s days"), _lately, Takes.DAYS),
        Operator("never", _l("never"), _l("they were never at an action"), lambda _none: ~having(ActionContact)),
        Operator("at", _l("at"), _l("they were at “%(value)s”"), lambda one: having(ActionContact, ActionContact.action_id == one),
                 Takes.ID),
    ), _attended)  # fmt: skip


def _lately(days: Any) -> ColumnElement[bool]:
    held = select(BranchAction.id).where(BranchAction.starts_at >= begins(today() - timedelta(days=days)))
    return having(ActionContact, among(ActionContact.action_id, held))


def _attended() -> list[tuple[str, str]]:
    """Actions at which some contact was, the latest first."""
    there = select(ActionContact.id).where(ActionContact.action_id == BranchAction.id)
    statement = select(BranchAction).where(there.exists()).order_by(BranchAction.starts_at.desc()).limit(200)
    return [(str(one.id), _words(one)) for one in db.session.scalars(statement)]


def _own(actor: Actor) -> Select[BranchAction]:
    return visible(actor).where(
        BranchAction.organisation_id == actor.organisation_id,
        BranchAction.starts_at <= now(),
        BranchAction.state != State.CANCELLED,
    )


def _words(one: BranchAction) -> str:
    return f"{one.title}, {longdate(one.starts_at)}"


register_occasions(Actions())
say_keep(ActionContact, _l("Put to an action"))
