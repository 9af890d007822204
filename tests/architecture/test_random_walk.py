"""Thousands of random steps (ten thousand with ``-m slow``) of sessions that commit, roll back, fail and switch: none ever sees another organisation's row."""

import random
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from organising.organisations.models import Unit
from organising.platform.context import Context
from organising.platform.errors import FirewallBreach
from organising.platform.tenancy import TenantSession, bind_context, use_context

SLUGS = ("liberty", "neu", "praxis")


class Walk:
    """One session at a time over one pooled connection, which is handed from organisation to organisation.

    ``expected`` counts each organisation's committed rows, ``pending`` what the present transaction added to them.
    """

    def __init__(self, world, chance):
        self.world, self.chance = world, chance
        self.expected = dict.fromkeys(SLUGS, 0)
        self.pending = 0
        self.leaks: list[str] = []
        self.done: dict[str, int] = {}

    def enter(self, session, slug):
        self.session, self.slug, self.organisation = session, slug, self.world.organisations[slug]

    def step(self):
        name = self.chance.choice(
            ("read", "read", "write", "commit", "roll_back", "fail", "trespass", "savepoint", "switch")
        )
        self.done[name] = self.done.get(name, 0) + 1
        if name == "switch":
            return False
        getattr(self, name)()
        return True

    def read(self):
        owners = set(self.session.scalars(text("SELECT organisation_id FROM unit")))
        seen = self.session.scalar(select(func.count()).select_from(Unit))
        if owners - {self.organisation}:
            self.leaks.append(f"{self.slug} saw rows of {owners - {self.organisation}}")
        if seen != self.expected[self.slug] + self.pending:
            self.leaks.append(f"{self.slug} saw {seen} rows, not {self.expected[self.slug]} + {self.pending}")

    def write(self):
        self.session.add(Unit(name="Walked", kind="branch"))
        self.session.flush()
        self.pending += 1

    def commit(self):
        self.session.commit()
        self.expected[self.slug] += self.pending
        self.pending = 0

    def roll_back(self):
        self.session.rollback()
        self.pending = 0

    def fail(self):
        """A statement that PostgreSQL refuses, as a bug would send it."""
        with pytest.raises(DBAPIError):
            self.session.execute(text("SELECT 1 / 0"))
        self.roll_back()

    def trespass(self):
        """A row for somebody else, sent past the guard or through it; with what was pending it is given up."""
        other = self.world.organisations[self.chance.choice([s for s in SLUGS if s != self.slug])]
        try:
            if self.chance.random() < 0.5 or not self.expected[self.slug] + self.pending:
                self.session.add(Unit(organisation_id=other, id=uuid4(), name="Left there", kind="branch"))
                self.session.flush()
            else:
                self.session.execute(text("UPDATE unit SET organisation_id = :o"), {"o": other})
        except (DBAPIError, FirewallBreach):
            self.session.expunge_all()
        else:
            self.leaks.append(f"{self.slug} wrote for another organisation")
        self.roll_back()

    def savepoint(self):
        nested = self.session.begin_nested()
        self.session.add(Unit(name="Walked", kind="branch"))
        self.session.flush()
        if self.chance.random() < 0.5:
            nested.commit()
            self.pending += 1
        else:
            nested.rollback()


@pytest.mark.parametrize("length", [2_500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_walk_shows_a_row_of_another_organisation(app, world, owner, length):
    owner.rows("DELETE FROM unit")
    walk, steps = Walk(world, random.Random(20261130)), 0
    while steps < length:
        slug = walk.chance.choice(SLUGS)
        with app.app_context(), use_context(Context(organisation_id=world.organisations[slug])) as session:
            walk.enter(session, slug)
            while steps < length:
                steps += 1
                if not walk.step():
                    break
        # Left without a word: what was pending is given up, and the connection goes to the next.
        walk.pending = 0
        if sum(walk.expected.values()) > 300:
            owner.rows("DELETE FROM unit")
            walk.expected = dict.fromkeys(SLUGS, 0)
    assert (walk.leaks, steps) == ([], length)
    assert min(walk.done.values()) > length / 20


def test_a_session_never_changes_organisation(app, world):
    """The walk takes a fresh session to switch, because one that is turned round is refused."""
    with app.app_context(), use_context(Context(organisation_id=world.organisations["neu"])) as session:
        assert isinstance(session, TenantSession)
        session.scalar(select(func.count()).select_from(Unit))
        for _ in range(2):
            with pytest.raises(FirewallBreach):
                bind_context(session, Context(organisation_id=world.organisations["liberty"]))
            session.rollback()
