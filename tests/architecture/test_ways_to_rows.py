"""Forty-two ways to reach another organisation's row: fourteen statements, each from a partner's, a forged and no context."""

from uuid import uuid4

import pytest
from sqlalchemy import delete, exists, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm import foreign, make_transient_to_detached, registry, relationship, selectinload

from organising.contacts.models import Contact, ContactDetail, ContactNote
from organising.contacts.services import add_note, keep_contact
from organising.platform.context import Context
from organising.platform.errors import FirewallBreach
from organising.platform.tenancy import use_context
from tests.support.contacts import draft

NAME = "Invented Canary"
FORGED_KEY = bytes(32)
REFUSALS = (DBAPIError, FirewallBreach)


class BareNote:
    """A note as the session's guard does not know it: what keeps it is the database."""


class BareContact:
    """A contact, the same, with its notes loaded as relations are."""


_bare = registry()
_bare.map_imperatively(BareNote, ContactNote.__table__)
_bare.map_imperatively(
    BareContact,
    Contact.__table__,
    properties={
        "notes": relationship(
            BareNote,
            primaryjoin=foreign(ContactNote.__table__.c.contact_id) == Contact.__table__.c.id,
            viewonly=True,
        )
    },
)


@pytest.fixture
def liberty(world):
    actor = world.user("liberty", "coordinator")
    with world.context("liberty", actor) as session:
        contact = keep_contact(actor, draft(NAME, email="canary@example.org"))
        add_note(actor, contact.id, "A private note.", submission_key=uuid4())
        session.commit()
        return actor.organisation_id, contact.id


def by_select(session, owner, row):
    return session.scalars(select(Contact)).all()


def by_count(session, owner, row):
    return session.scalar(select(func.count()).select_from(Contact))


def by_exists(session, owner, row):
    return session.scalar(select(exists().where(Contact.id == row)))


def by_get(session, owner, row):
    return session.get(Contact, (owner, row))


def by_lazy(session, owner, row):
    stranger = BareContact()
    stranger.organisation_id, stranger.id = owner, row
    session.enable_relationship_loading(stranger)
    return stranger.notes


def by_eager(session, owner, row):
    return [
        note
        for one in session.scalars(select(BareContact).options(selectinload(BareContact.notes)))
        for note in one.notes
    ]


def by_refresh(session, owner, row):
    """An object that claims to be the stored row, and asks for what is in it."""
    stranger = BareContact()
    stranger.organisation_id, stranger.id = owner, row
    make_transient_to_detached(stranger)
    session.add(stranger)
    try:
        session.refresh(stranger)
    except InvalidRequestError:
        return None
    return stranger.name


def by_core(session, owner, row):
    return session.connection().execute(select(Contact.__table__)).all()


def by_text(session, owner, row):
    return session.execute(text("SELECT * FROM contact WHERE id = :i"), {"i": row}).all()


def by_bulk_update(session, owner, row):
    return session.execute(update(Contact).where(Contact.id == row).values(name="Taken")).rowcount


def by_bulk_delete(session, owner, row):
    return session.execute(delete(ContactNote).where(ContactNote.contact_id == row)).rowcount


def by_upsert(session, owner, row):
    values = {
        "organisation_id": owner,
        "id": row,
        "name": "Taken",
        "sort_key": "taken",
        "kind": "person",
        "submission_key": uuid4(),
        "version": 1,
    }
    statement = upsert(Contact.__table__).values(**values)
    return session.execute(
        statement.on_conflict_do_update(index_elements=["organisation_id", "id"], set_={"name": "Taken"})
    ).rowcount


def by_foreign_parent(session, owner, row):
    """A detail of the session's own organisation under the foreign contact: the composite key has to refuse it."""
    return session.execute(
        insert(ContactDetail.__table__).values(
            organisation_id=session.info["context"].organisation_id or owner,
            id=uuid4(),
            contact_id=row,
            kind="email",
            place=9,
            use="home",
            value_cipher=b"x",
            value_key=b"x",
        )
    ).rowcount


def by_move(session, owner, row):
    """Into the session's own organisation, or, from the owner's own context, within it."""
    mine = session.info["context"].organisation_id or uuid4()
    return session.execute(
        text("UPDATE contact_detail SET organisation_id = :mine WHERE contact_id = :i"),
        {"mine": mine, "i": row},
    ).rowcount


WAYS = (
    by_select, by_count, by_exists, by_get, by_lazy, by_eager, by_refresh, by_core, by_text,
    by_bulk_update, by_bulk_delete, by_upsert, by_foreign_parent, by_move,
)  # fmt: skip


def contexts(world, owner):
    """A partner's own; the owner's, signed with a key that is not the installation's; none."""
    neu = world.user("neu", "coordinator")
    return {
        "partner": Context(organisation_id=neu.organisation_id, user_id=neu.user_id),
        "forged": Context(organisation_id=owner),
        "absent": Context(),
    }


def try_way(way, session, owner, row):
    try:
        return way(session, owner, row)
    except REFUSALS:
        return None


def test_no_way_from_no_context_reaches_the_row(world, liberty, app, owner, monkeypatch):
    organisation, row = liberty
    before = owner.rows("SELECT * FROM contact ORDER BY id"), owner.rows("SELECT * FROM contact_note")
    leaks, asked = [], 0
    genuine = Context.sign
    for named, context in contexts(world, organisation).items():
        for way in WAYS:
            with monkeypatch.context() as patch, app.app_context(), use_context(context) as session:
                if named == "forged":
                    patch.setattr(Context, "sign", lambda self, key: genuine(self, FORGED_KEY))
                asked += 1
                if try_way(way, session, organisation, row):
                    leaks.append((named, way.__name__))
                session.rollback()
    assert (leaks, asked) == ([], 42)
    assert before == (
        owner.rows("SELECT * FROM contact ORDER BY id"),
        owner.rows("SELECT * FROM contact_note"),
    )


def test_the_ways_lead_there_in_the_owners_own_context(world, liberty, app):
    """Else the proof above would pass with statements that reach nothing."""
    organisation, row = liberty
    reached = set()
    for way in WAYS:
        with app.app_context(), use_context(Context(organisation_id=organisation)) as session:
            if try_way(way, session, organisation, row):
                reached.add(way.__name__)
            session.rollback()
    assert {way.__name__ for way in WAYS} - reached == set()
