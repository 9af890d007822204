"""At 10,000 targets and 50,000 engagements every list answers in under 20 statements, as many as in a small campaign."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from organising.organisations.models import Ask
from organising.platform.db import db
from organising.representatives.models import Person
from tests.support.lobbying_scale import SMALL, Size, fill

MOST = 20
LISTS = (
    "/targets", "/targets?kind=mp", "/targets?party=party+3&priority=A", "/targets?q=person", "/contact-log",
    "/contact-log?kind=meeting", "/promises", "/promises?state=overdue", "/approaches", "/follow-ups", "/whip",
    "/whip/{ask}", "/representatives", "/representatives/{person}", "/in-parliament", "/",
)  # fmt: skip


@contextmanager
def counting(app):
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        # What announces a transaction is no query of the page's.
        if "set_config" not in statement:
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def counts(app, world, databases, environment, size):
    fill(world, databases.owner_of(environment["DATABASE_URL"]), size)
    actor = world.user("neu", "organiser")
    with world.context("neu") as session:
        person = session.scalars(select(Person.id).where(Person.name == "Invented Person 7")).one()
        ask = session.scalars(select(Ask.id).order_by(Ask.place).limit(1)).one()
    browser = world.browser(actor)
    browser.get("/")
    found = {}
    for address in LISTS:
        with counting(app) as statements:
            answer = browser.get(address.format(person=person, ask=ask))
        assert answer.status_code == 200, address
        found[address] = len(statements)
    return found


@pytest.mark.parametrize("size", [SMALL, Size()], ids=["small", "full"])
def test_lists_stay_under_twenty_statements(app, world, databases, environment, size):
    found = counts(app, world, databases, environment, size)
    print(found)
    assert {address: number for address, number in found.items() if number >= MOST} == {}
