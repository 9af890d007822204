"""What PostgreSQL finds for counts, lists and filters is what ``derive_position`` says, over random histories of claims."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from organising.lobbying import queries
from organising.lobbying.models import (
    Basis,
    Confidence,
    DisputeResolution,
    Engagement,
    Position,
    PositionClaim,
)
from organising.lobbying.queries import Settlement, Standing, derive_position
from organising.lobbying.queries.current import read_stands, select_current
from organising.lobbying.queries.grid import TargetCriteria, select_people
from organising.lobbying.queries.whip import STATES
from organising.organisations import founding
from organising.organisations.models import Ask, CoalitionStatus, OrganisationKind
from organising.platform.clock import now, today
from organising.platform.db import db
from organising.platform.migrations import maintenance
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import OfficeHolding, Parliament, Person

PEOPLE = 60
OFFICES = ("mp", "mp", "mp", "peer", "candidate", None)
PARTNERS = ("liberty", "neu", "praxis", "shelter")
# Few days and few instants, so that many claims are of one day and written at one moment.
DAYS_AGO = (0, 1, 120, 179, 179, 180, 180, 181, 400, 731)
HOURS_AGO = (1, 1, 30, 24 * 6, 24 * 8, 24 * 8, 24 * 40)
ELECTED_DAYS_AGO = 90


@dataclass(frozen=True)
class History:
    """All that was written of one person and one ask; ``withdrawn``: claims whose engagement was."""

    claims: tuple[Standing, ...]
    withdrawn: frozenset[UUID]
    settlements: tuple[tuple[UUID, Settlement], ...]

    def at(self, until: datetime, elected_on: date | None = None):
        """What the written rules make of all that was known then."""
        counted = [
            one for one in self.claims if one.created_at <= until and one.claim_id not in self.withdrawn
        ]
        settled = [(one.settled_at, id_, one) for id_, one in self.settlements if one.settled_at <= until]
        latest = max(settled, key=lambda found: found[:2])[2] if settled else None
        return derive_position(counted, today(), settlement=latest, elected_on=elected_on)


@dataclass(frozen=True)
class Ground:
    """A coalition with its asks, people by office, and a history for each pair of ask and person."""

    at: datetime
    partners: dict[str, UUID]
    people: dict[UUID, str | None]
    asks: dict[UUID, Ask]
    histories: dict[tuple[UUID, UUID], History]

    def current(self, elected_on=None, until=None):
        found = {
            key: one.at(until or self.at, elected_on if self.people[key[1]] == "mp" else None)
            for key, one in self.histories.items()
        }
        return {key: one for key, one in found.items() if one.newest is not None}


def some_id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def invent(chance: random.Random, at: datetime, ask_id: UUID, person_id: UUID, partners) -> History:
    """Up to eight claims and two settlements, with ties of every kind."""
    instants = [at - timedelta(hours=hours) for hours in HOURS_AGO]
    positions = chance.choice(
        [list(Position), ["supporter", "opposed", "unknown"], ["champion", "supporter"]]
    )
    claims = [
        Standing(
            some_id(chance), person_id, ask_id, chance.choice(partners), "A partner", "x",
            Position(chance.choice(positions)), str(chance.choice(list(Confidence))), str(chance.choice(list(Basis))),
            None, today() - timedelta(days=chance.choice(DAYS_AGO)), chance.choice(instants), chance.random() < 0.1,
        )
        for _ in range(chance.choice((0, 1, 2, 3, 4, 8)))
    ]  # fmt: skip
    withdrawn = frozenset(one.claim_id for one in claims if chance.random() < 0.1)
    settlements = tuple(
        (
            some_id(chance),
            Settlement(
                Position(chance.choice(positions)), "Because", "x", "A partner", chance.choice(instants)
            ),
        )
        for _ in range(chance.choice((0, 0, 1, 2)))
    )
    return History(tuple(claims), withdrawn, settlements)


@pytest.fixture
def lay_ground(world, databases, environment):
    """Write the histories of one seed straight into the tables, as no service would: in any order and at any time."""

    def lay(seed: int) -> Ground:
        chance, at = random.Random(seed), now().replace(microsecond=0)
        partners = {slug: world.organisation(slug) for slug in PARTNERS}
        with world.app.app_context(), use_context(Context(purpose="setup")) as session:
            other = founding.found_organisation("Other", "Other", "other", OrganisationKind.CHARITY).id
            elsewhere = founding.found_campaign("Another", "another", "Another promise").id
            founding.join_campaign(elsewhere, other, CoalitionStatus.LEAD)
            session.commit()
        with world.context("neu") as session:
            asks = {one.id: one for one in session.scalars(select(Ask).order_by(Ask.place))}
            session.expunge_all()
        people = {some_id(chance): OFFICES[number % len(OFFICES)] for number in range(PEOPLE)}
        histories = {
            (ask, person): invent(chance, at, ask, person, list(partners.values()))
            for ask in asks
            for person in people
        }
        with maintenance(databases.owner_of(environment["DATABASE_URL"])) as connection:
            _write_people(connection, people)
            _write(connection, world.campaign, partners["liberty"], histories, chance)
            # Another campaign's word on the same people and asks is nobody's business here.
            noise = [
                {
                    **_claim(one, elsewhere),
                    "id": some_id(chance),
                    "organisation_id": other,
                    "held_on": today(),
                }
                for history in histories.values()
                for one in history.claims[:1]
            ]
            connection.execute(insert(PositionClaim.__table__), noise)
        return Ground(at, partners, people, asks, histories)

    return lay


def _write_people(connection, people):
    connection.execute(
        insert(Person.__table__),
        [
            {"id": one, "name": f"Invented Person {n}", "sort_key": f"person {n:04}", "created_at": now()}
            for n, one in enumerate(people)
        ],
    )
    connection.execute(
        insert(OfficeHolding.__table__),
        [
            {"person_id": one, "kind": kind, "source": "test", "start_on": date(2024, 7, 4)}
            for one, kind in people.items()
            if kind
        ],
    )
    connection.execute(
        insert(Parliament.__table__),
        [{"chamber": "commons", "number": 90, "name": "Invented",
          "elected_on": today() - timedelta(days=ELECTED_DAYS_AGO)}],
    )  # fmt: skip


def _claim(one: Standing, campaign: UUID) -> dict:
    return {
        "id": one.claim_id, "campaign_id": campaign, "organisation_id": one.organisation_id, "author_label": "x",
        "person_id": one.person_id, "ask_id": one.ask_id, "position": str(one.position),
        "confidence": one.confidence, "basis": one.basis, "held_on": one.held_on, "created_at": one.created_at,
        "is_suggestion": one.is_suggestion, "engagement_id": None,
    }  # fmt: skip


def _write(connection, campaign, settler, histories, chance):
    claims, engagements, settlements = [], [], []
    for (ask_id, person_id), history in histories.items():
        for one in history.claims:
            claim = _claim(one, campaign)
            is_withdrawn = one.claim_id in history.withdrawn
            if is_withdrawn or chance.random() < 0.3:
                claim["engagement_id"] = some_id(chance)
                engagements.append(
                    {"id": claim["engagement_id"], "campaign_id": campaign, "organisation_id": one.organisation_id,
                     "author_label": "x", "person_id": person_id, "happened_on": one.held_on, "kind": "meeting",
                     "attended_by": "member", "outcome": "helpful", "headline": "Said something",
                     "submission_key": some_id(chance), "version": 1,
                     "withdrawn_at": now() if is_withdrawn else None}
                )  # fmt: skip
            claims.append(claim)
        for id_, one in history.settlements:
            settlements.append(
                {"id": id_, "campaign_id": campaign, "organisation_id": settler,
                 "author_label": "x", "person_id": person_id, "ask_id": ask_id, "position": str(one.position),
                 "reason": one.reason, "claim_ids": [], "created_at": one.settled_at}
            )  # fmt: skip
    for model, rows in ((Engagement, engagements), (PositionClaim, claims), (DisputeResolution, settlements)):
        chance.shuffle(rows)
        connection.execute(insert(model.__table__), rows)


def told(current):
    """What a page says of a position."""
    settled = current.settlement
    return (
        str(current.position), current.disputed, current.newest and current.newest.claim_id,
        settled and (settled.position, settled.settled_at), current.carried_over,
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_database_finds_what_the_written_rules_say(world, lay_ground, seed):
    ground = lay_ground(seed)
    elected_on = today() - timedelta(days=ELECTED_DAYS_AGO)
    everybody = {key: one.at(ground.at, elected_on) for key, one in ground.histories.items()}
    expected = {key: told(one) for key, one in everybody.items() if one.newest is not None}
    # Each kind of case is there, or nothing was shown.
    assert len(ground.histories) == PEOPLE * len(ground.asks) >= 1000
    kinds = Counter(
        (one.disputed, bool(one.settlement), one.carried_over, len(one.standing) > 1)
        for one in everybody.values()
    )
    for kind in ((True, False), (False, True)):
        for is_carried in (True, False):
            assert kinds[(*kind, is_carried, True)] > 10, kind
    assert (
        sum(bool(one.settlements) and not everybody[key].settlement for key, one in ground.histories.items())
        > 50
    )
    for slug in PARTNERS:
        actor = world.user(slug, "organiser")
        with world.context(slug, actor):
            found = {
                (ask, person): told(current)
                for ask in ground.asks
                for person, current in read_stands(actor, ask, elected_on=elected_on).items()
            }
        assert found == expected


@pytest.mark.parametrize("seed", [4, 5])
@pytest.mark.parametrize("hours", HOURS_AGO[2:5])
def test_so_it_does_of_what_was_known_at_a_moment(world, lay_ground, seed, hours):
    ground = lay_ground(seed)
    until = ground.at - timedelta(hours=hours)
    expected = {key: (one.state, one.newest.claim_id) for key, one in ground.current(until=until).items()}
    actor = world.user("neu", "organiser")
    with world.context("neu", actor):
        known = select_current(actor, list(ground.asks), until=until).subquery()
        rows = db.session.execute(select(known.c.ask_id, known.c.person_id, known.c.state, known.c.claim_id))
        found = {(ask, person): (state, claim_id) for ask, person, state, claim_id in rows}
    assert found == expected


@pytest.mark.parametrize("seed", [6, 7])
def test_counts_disputes_and_changes_add_up_to_the_same(world, lay_ground, seed):
    ground = lay_ground(seed)
    elected_on = today() - timedelta(days=ELECTED_DAYS_AGO)
    current = ground.current(elected_on)
    before = ground.current(until=now() - timedelta(days=7))
    sitting = {one for one, kind in ground.people.items() if kind == "mp"}
    gone = {one for one, kind in ground.people.items() if kind in (None, "candidate")}

    def state_of(known, ask, person):
        return known[ask, person].state if (ask, person) in known else "unknown"

    actor = world.user("neu", "organiser")
    with world.context("neu", actor):
        survey = queries.survey_whip(actor, list(ground.asks.values()))
        boards = {id_: queries.get_board(actor, ask) for id_, ask in ground.asks.items()}
    for count in survey.counts:
        ask = count.ask.id
        wanted = Counter(state_of(current, ask, person) for person in sitting)
        not_in_office = {person for person in gone if (ask, person) in current}
        assert {state: count.of(state) for state in STATES} == {state: wanted[state] for state in STATES}
        assert (count.total, count.not_in_office) == (len(sitting), len(not_in_office))
        board = boards[ask]
        assert board.count == count
        assert {one.person_id: (one.current.state, one.before.state) for one in board.members} == {
            person: (state_of(current, ask, person), state_of(before, ask, person)) for person in sitting
        }
        assert {person for person, _name, _current in board.not_in_office} == not_in_office
        known = [current[ask, person] for person in sitting if (ask, person) in current]
        assert board.ageing == sum(one.is_ageing(today()) for one in known)
        assert board.carried_over == sum(one.carried_over for one in known)
    found = {(ask.id, person): stand for ask, person, stand in survey.disputes}
    assert {key: [one.claim_id for one in stand.standing] for key, stand in found.items()} == {
        key: [claim.claim_id for claim in one.standing] for key, one in current.items() if one.disputed
    }
    assert len(found) > 50


def test_the_grid_leaves_whom_the_rules_put_there(world, lay_ground):
    ground = lay_ground(8)
    current = ground.current()
    actor = world.user("neu", "organiser")
    with world.context("neu", actor):
        for ask in ground.asks:
            for state in STATES:
                criteria = TargetCriteria(kind="mp", ask=str(ask), position=state)
                found = set(db.session.scalars(select_people(actor, criteria)))
                assert found == {
                    person
                    for person, kind in ground.people.items()
                    if kind == "mp"
                    and (current[ask, person].state if (ask, person) in current else "unknown") == state
                }, (ask, state)
