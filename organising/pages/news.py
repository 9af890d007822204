"""What partners did since somebody last looked: headlines that every partner reads, the latest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, DateTime, Select, func, literal, or_, select
from sqlalchemy.orm import joinedload

from ..actions.models import BranchAction
from ..actions.states import State as ActionState
from ..lobbying.models import Engagement
from ..lobbying.queries.subjects import subject_place
from ..organisations.models import Organisation
from ..platform.actor import Actor
from ..platform.clock import now
from ..platform.db import db
from ..statements.models import Statement
from ..statements.states import State as StatementState
from ..tasks.queries import select_last_look

# Who never looked, or long ago, is shown so much.
AT_FIRST = timedelta(days=7)
LONGEST_BACK = timedelta(days=60)
MOST = 100


@dataclass(frozen=True)
class Deed:
    """What a partner did: when, of what, who and a headline, and where to read it."""

    at: date
    title: str
    words: str
    endpoint: str
    values: dict[str, Any]


@dataclass(frozen=True)
class PartnersNews:
    """What partners did since ``since``; ``is_cut``: there was more of one kind than is shown."""

    since: datetime
    looked: bool
    deeds: list[Deed]
    is_cut: bool


def partners_news(actor: Actor) -> PartnersNews:
    """Contacts logged, actions planned, reported and called off, and statements released by others, in four statements."""
    since, looked = db.session.execute(select(_since(actor), select_last_look(actor).scalar_subquery())).one()
    kinds = [list(one(actor, since)) for one in (_contacts, _actions, _statements)]
    deeds = sorted((deed for kind in kinds for deed in kind), key=lambda deed: deed.at, reverse=True)
    return PartnersNews(since, looked is not None, deeds, any(len(kind) == MOST for kind in kinds))


def select_news_counts(actor: Actor) -> dict[str, Select[int]]:
    """How many there are since the last look, by kind and up to :data:`MOST` of each, as Today adds them up."""
    since = _since(actor)
    found = {"contacts": _select_contacts, "actions": _select_actions, "statements": _select_statements}
    return {
        f"partners_{kind}": select(func.count()).select_from(
            of_kind(actor, since).order_by(None).limit(MOST).subquery()
        )
        for kind, of_kind in found.items()
    }


def _since(actor: Actor) -> ColumnElement[datetime]:
    """From when on something is new to this person."""
    moment = now()
    looked = select_last_look(actor).scalar_subquery()
    return func.greatest(
        func.coalesce(looked, literal(moment - AT_FIRST)),
        literal(moment - LONGEST_BACK),
        type_=DateTime(timezone=True),
    )


def _of_others(statement: Select[Any], model: Any, actor: Actor) -> Select[Any]:
    return statement.where(
        model.campaign_id == actor.campaign_id, model.organisation_id != actor.organisation_id
    )


def _select_contacts(actor: Actor, since: Any) -> Select[Any]:
    fresh = (
        select(Engagement)
        .where(Engagement.created_at > since, Engagement.withdrawn_at.is_(None))
        .options(
            joinedload(Engagement.person),
            joinedload(Engagement.institution),
            joinedload(Engagement.organisation),
        )
    )
    return _of_others(fresh, Engagement, actor).order_by(Engagement.created_at.desc())


def _contacts(actor: Actor, since: datetime) -> Iterator[Deed]:
    for one in db.session.scalars(_select_contacts(actor, since).limit(MOST)).unique():
        words = f"{one.organisation.short_name}: {one.headline}"
        yield Deed(one.created_at, one.subject_name, words, *subject_place(one))


def _select_actions(actor: Actor, since: Any) -> Select[Any]:
    fresh = select(BranchAction).where(
        BranchAction.shared_at.is_not(None),
        or_(BranchAction.shared_at > since, BranchAction.reported_at > since),
    )
    latest = func.greatest(BranchAction.shared_at, BranchAction.reported_at)
    return _of_others(fresh, BranchAction, actor).order_by(latest.desc())


def _actions(actor: Actor, since: datetime) -> Iterator[Deed]:
    for one in db.session.scalars(_select_actions(actor, since).limit(MOST)).unique():
        done = (
            _("Called off")
            if one.state == ActionState.CANCELLED
            else _("Reported") if one.reported_at is not None and one.reported_at > since else _("Planned")
        )  # fmt: skip
        who = ", ".join(filter(None, (one.organisation.short_name, one.unit_label)))
        moment = max(filter(None, (one.shared_at, one.reported_at)))
        yield Deed(moment, one.title, f"{done}: {who}", "actions.show", {"action_id": one.id})


def _select_statements(actor: Actor, since: Any) -> Select[Any]:
    fresh = select(Statement).where(Statement.state == StatementState.RELEASED, Statement.released_at > since)
    return _of_others(fresh, Statement, actor).order_by(Statement.released_at.desc())


def _statements(actor: Actor, since: datetime) -> Iterator[Deed]:
    rows = db.session.execute(
        _select_statements(actor, since)
        .join(Organisation, Organisation.id == Statement.organisation_id)
        .add_columns(Organisation.short_name)
        .limit(MOST)
    )
    for one, name in rows:
        assert one.released_at is not None
        yield Deed(
            one.released_at,
            one.title,
            _("Released: %(name)s", name=name),
            "statements.show",
            {"statement_id": one.id},
        )
