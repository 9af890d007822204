"""Whom a statement is put to, by when, and when everybody may read it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from organising.organisations.models import CoalitionStatus
from organising.organisations.queries import list_partners
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Forbidden, Invalid
from organising.platform.permissions import Permission
from organising.statements.models import Statement, StatementAsked
from organising.statements.queries import list_asked, lock_own
from organising.statements.states import State

TO_COME = "Choose a time that is still to come."


@dataclass(frozen=True)
class Plan:
    """Working name, who is consulted and who is asked for their name, deadlines, embargo, and who stands first."""

    title: str
    consulted: frozenset[UUID]
    signing: frozenset[UUID]
    soft_deadline: datetime | None
    hard_deadline: datetime | None
    embargo_at: datetime | None
    lead_first: bool


def plan(actor: Actor, statement_id: UUID, wanted: Plan) -> Statement:
    """Change the plan. Once the text stands, an embargo only moves later; whoever has answered stays asked.

    Raises :class:`Invalid` with reasons by field, :class:`Conflict` once it is released.
    """
    actor.check(Permission.STATEMENTS_DRAFT)
    statement = lock_own(actor, statement_id)
    if statement.state == State.RELEASED:
        raise Conflict("It is released: there is nothing left to plan.")
    if not statement.is_open and not actor.can(Permission.STATEMENTS_PUBLISH):
        raise Forbidden("The text stands. Only a coordinator changes the plan now.")
    _check(statement, wanted)
    _ask(actor, statement, wanted)
    for name in ("title", "soft_deadline", "hard_deadline", "embargo_at", "lead_first"):
        setattr(statement, name, getattr(wanted, name))
    db.session.flush()
    audit.record(
        actor, "statement.planned", "statement", statement.id,
        consulted=len(wanted.consulted | wanted.signing), signing=len(wanted.signing),
        embargo=wanted.embargo_at.isoformat() if wanted.embargo_at else None,
    )  # fmt: skip
    return statement


def _check(statement: Statement, wanted: Plan) -> None:
    wrong: dict[str, str] = {}
    at = now()
    if wanted.soft_deadline and wanted.hard_deadline and wanted.soft_deadline > wanted.hard_deadline:
        wrong["soft_deadline"] = "The friendly deadline comes before the last one."
    for name in ("soft_deadline", "hard_deadline"):
        moment = getattr(wanted, name)
        if moment and moment != getattr(statement, name) and moment <= at:
            wrong[name] = TO_COME
    if wanted.embargo_at and wanted.hard_deadline and wanted.embargo_at < wanted.hard_deadline:
        wrong["embargo_at"] = "It can’t be released before the last moment to sign."
    if wanted.embargo_at != statement.embargo_at:
        if wanted.embargo_at and wanted.embargo_at <= at:
            wrong["embargo_at"] = TO_COME
        elif not statement.is_open and (
            wanted.embargo_at is None
            or (statement.embargo_at is not None and wanted.embargo_at < statement.embargo_at)
        ):
            wrong["embargo_at"] = (
                "The text stands, so its embargo can only be moved later. To bring it forward, open the text again: "
                "everybody then signs anew."
            )
    if wrong:
        raise Invalid(next(iter(wrong.values())), **wrong)


def _ask(actor: Actor, statement: Statement, wanted: Plan) -> None:
    partners = {one.organisation.id: one.status for one in list_partners(statement.campaign_id)}
    _check_partners(partners, wanted)
    before = {one.organisation.id: one for one in list_asked(statement)}
    after = {one: one in wanted.signing for one in wanted.consulted | wanted.signing}
    if (
        statement.state in (State.FINAL, State.EMBARGOED)
        and {k: v.may_sign for k, v in before.items()} != after
    ):
        raise Conflict("The list of signatories is closed. Open the text again to ask others.")
    answered = {key for key, one in before.items() if one.sign_off is not None}
    if any(not after.get(key) for key in answered):
        raise Invalid(
            "Whoever has answered stays on the list.", signing="Whoever has answered stays on the list."
        )
    rows = {one.asked_id: one for one in _rows(statement)}
    for key, row in rows.items():
        if key not in after:
            db.session.delete(row)
        else:
            row.may_sign = after[key]
    for key in after.keys() - rows.keys():
        db.session.add(
            StatementAsked(
                organisation_id=actor.organisation_id,
                id=new_id(),
                statement_id=statement.id,
                asked_id=key,
                may_sign=after[key],
            )
        )
    db.session.flush()


def _check_partners(partners: dict[UUID, CoalitionStatus], wanted: Plan) -> None:
    there = {key for key, status in partners.items() if status is not CoalitionStatus.LEFT}
    if not wanted.consulted <= there:
        raise Invalid("Choose partners of the coalition.", consulted="Choose partners of the coalition.")
    if not wanted.signing <= {key for key in there if partners[key].may_be_published}:
        words = "Only members and the lead can be published as signatories."
        raise Invalid(words, signing=words)


def _rows(statement: Statement) -> Collection[StatementAsked]:
    return db.session.query(StatementAsked).filter_by(statement_id=statement.id).all()
