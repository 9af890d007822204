"""The session guard: the second net behind the database's own policies.

The database refuses; this says so earlier and with the place. A session speaks for one organisation for
as long as it lives: criteria on every select, a check of every row loaded, a stamp and a check on every
row written, and no bulk update by a list of primary keys.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import current_app
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    scoped_session,
    with_loader_criteria,
)

from .actor import Actor
from .context import ANONYMOUS, Context
from .errors import FirewallBreach
from .ownership import Lent, Owned, Shared

__all__ = [
    "ANONYMOUS",
    "Context",
    "TenantSession",
    "bind_context",
    "context_of",
    "import_context",
    "use_context",
    "writing_reference",
]

# The path too: what an earlier user of the connection left in it stands before none of the product's tables.
ANNOUNCE = text(
    "SELECT set_config('role', :role, true), set_config('app.context', :context, true), "
    "set_config('search_path', 'public, pg_temp', true)"
)
KEY = "organising.context_key"


class TenantSession(FlaskSession):
    """A session that announces its context at the start of every transaction."""


def context_of(session: Session) -> Context:
    """The context that this session speaks with; anonymous where none was bound."""
    found = session.info.get("context", ANONYMOUS)
    assert isinstance(found, Context)
    return found


def bind_context(session: "Session | scoped_session[Any]", context: Context) -> None:
    """Give a fresh session its context. Raises :class:`FirewallBreach` where it already has another."""
    session = session() if isinstance(session, scoped_session) else session
    if session.in_transaction() and context_of(session) != context:
        raise FirewallBreach("a context cannot change within a transaction")
    if "context" in session.info and session.info["context"] != context:
        raise FirewallBreach("a session speaks for one context only; take a fresh one")
    session.info["context"] = context


@contextmanager
def use_context(context: Context) -> Iterator[Session]:
    """A fresh ``db.session`` with this context, for commands, jobs and sweeps; rolled back unless committed."""
    from .db import db

    with current_app.app_context():
        bind_context(db.session, context)
        yield db.session()


def import_context(actor: Actor) -> Context:
    """The context in which this person may write public facts: reference tables ask for the signed purpose."""
    return Context(organisation_id=actor.organisation_id, user_id=actor.user_id, purpose="import")


@contextmanager
def writing_reference(actor: Actor) -> Iterator[Session]:
    """A session of its own that may write public facts, which the request's own may not.

    Committed at the end, rolled back on an error; what the request's session had read of them is read again.
    """
    from .db import db

    with use_context(import_context(actor)) as session:
        yield session
        session.commit()
    db.session.expire_all()


@event.listens_for(TenantSession, "after_begin")
def _announce(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    context = context_of(session)
    signed = "" if context == ANONYMOUS else context.sign(current_app.extensions[KEY])
    connection.execute(ANNOUNCE, {"role": context.role, "context": signed})


@event.listens_for(TenantSession, "do_orm_execute")
def _scope(state: ORMExecuteState) -> None:
    if state.is_select:
        organisation = context_of(state.session).organisation_id
        if not state.is_column_load and not state.is_relationship_load:
            state.statement = state.statement.options(
                with_loader_criteria(
                    Owned,
                    lambda cls: _own(cls, organisation),
                    include_aliases=True,
                    track_closure_variables=True,
                )
            )
    elif (state.is_update or state.is_insert) and isinstance(state.parameters, list) and state.is_update:
        raise FirewallBreach("a bulk update by primary keys passes by the guard; update with a where clause")


def _own(cls: Any, organisation: UUID | None) -> Any:
    return cls.organisation_id == organisation


@event.listens_for(TenantSession, "before_flush")
def _stamp(session: Session, flush: UOWTransaction, instances: Any) -> None:
    organisation = context_of(session).organisation_id
    for row in session.new:
        if isinstance(row, Owned | Lent | Shared):
            _stamp_new(row, organisation)
    for row in list(session.dirty) + list(session.deleted):
        if isinstance(row, Owned | Lent | Shared):
            _verify(row, organisation)


def _stamp_new(row: Owned | Lent | Shared, organisation: UUID | None) -> None:
    if row.organisation_id is None and organisation is not None:
        row.organisation_id = organisation
    if row.organisation_id != organisation:
        raise FirewallBreach(f"{type(row).__name__} would be written for another organisation")


def _verify(row: Owned | Lent | Shared, organisation: UUID | None) -> None:
    history = inspect(row).attrs.organisation_id.history
    if history.deleted or row.organisation_id != organisation:
        raise FirewallBreach(
            f"{type(row).__name__} belongs to another organisation, or would be moved to one"
        )


@event.listens_for(Session, "loaded_as_persistent")
def _loaded(session: Session, row: Any) -> None:
    if not isinstance(session, TenantSession) or not isinstance(row, Owned):
        return
    if row.organisation_id != context_of(session).organisation_id:
        raise FirewallBreach(f"{type(row).__name__} of another organisation was loaded")
