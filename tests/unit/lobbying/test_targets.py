"""Criteria as addresses and stored queries write them, subjects, and what a change makes of a target."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from organising.lobbying import demo_targets
from organising.lobbying.models import Target
from organising.lobbying.queries.grid import TargetCriteria, TargetRow, select_people
from organising.lobbying.queries.targets import get_allocation, parse_subject
from organising.lobbying.services.allocation import Choice, Wanted, plan_change, state_of
from organising.lobbying.services.targets import allocate, edit_allocation
from organising.platform.db import db
from organising.platform.errors import Forbidden, Invalid
from tests.unit.lobbying.seeds import seed_members

ADA, NEU, PRAXIS = (UUID(int=number) for number in (1, 2, 3))


@pytest.fixture
def members(world):
    return seed_members(world)


@pytest.mark.parametrize(
    ("args", "stored"),
    [
        ({}, {}),
        ({"kind": "mp", "q": "  ", "party": ""}, {}),
        ({"kind": ""}, {"kind": ""}),
        ({"q": "ada", "cursor": "x", "nonsense": "y"}, {"q": "ada"}),
        ({"lead": "none", "priority": "A"}, {"lead": "none", "priority": "A"}),
    ],
)
def test_criteria_keep_what_was_said_and_nothing_else(args, stored):
    criteria = TargetCriteria.from_args(args)
    assert criteria.to_args() == stored
    assert TargetCriteria.from_args(stored) == criteria


def test_a_long_search_is_cut():
    assert len(TargetCriteria.from_args({"q": "x" * 500}).q) == 100


@pytest.mark.parametrize("text", [None, "", "p", "p.", "p.x", f"x.{ADA}", f"{ADA}"])
def test_what_names_no_subject_is_none(text):
    assert parse_subject(text) is None


def test_a_subject_is_read_as_it_is_written():
    for row in (target_row(), target_row(person_id=None, institution_id=ADA)):
        assert parse_subject(row.subject) == (row.person_id, row.institution_id)


def target_row(**changes):
    return TargetRow(
        **{"person_id": ADA, "institution_id": None, "name": "Ada", "target_id": None, "version": 0,
           "lead_id": None, "priority": None, "tactic": None} | changes
    )  # fmt: skip


def test_nobody_leads_where_there_is_no_row(world, members):
    organiser = world.user("neu", "organiser")
    with world.context("neu", organiser):
        found = get_allocation(organiser, person_id=members["Ada"])
        assert (found.lead_id, found.supporter_names, found.version) == (None, (), 0)
        assert (found.may_edit, found.may_set_lead, found.may_ask, found.asked) == (False, False, True, False)


@pytest.mark.parametrize(
    ("slug", "role", "may_edit", "may_set_lead", "may_ask"),
    [
        ("liberty", "coordinator", True, True, False),
        ("liberty", "organiser", False, False, False),
        ("neu", "organiser", True, False, False),
        ("neu", "officer", False, False, False),
        ("praxis", "admin", False, False, True),
        ("praxis", "analyst", False, False, False),
    ],
)
def test_what_each_may_do_is_said_with_the_allocation(
    world, members, slug, role, may_edit, may_set_lead, may_ask
):
    coordinator, actor = world.user("liberty", "coordinator"), world.user(slug, role)
    change(world, coordinator, members["Ada"], lead=world.organisations["neu"])
    with world.context(slug, actor):
        found = get_allocation(actor, person_id=members["Ada"])
    assert (found.may_edit, found.may_set_lead, found.may_ask) == (may_edit, may_set_lead, may_ask)


def change(world, actor, person_id, **wanted):
    """Change one target in this person's name."""
    slug = actor.organisation_name.casefold()
    with world.context(slug, actor):
        version = get_allocation(actor, person_id=person_id).version
        plan = edit_allocation(actor, person_id, None, Wanted(**wanted), version=version)
        db.session.commit()
    return plan


def test_whoever_takes_the_lead_supports_no_longer(world, members):
    coordinator = world.user("liberty", "coordinator")
    neu, praxis = world.organisations["neu"], world.organisations["praxis"]
    change(world, coordinator, members["Ada"], supporters_do="set", supporter_ids=frozenset({neu, praxis}))
    change(world, coordinator, members["Ada"], lead=neu)
    with world.context("liberty", coordinator):
        found = get_allocation(coordinator, person_id=members["Ada"])
    assert (found.lead_name, found.supporter_names, found.version) == ("NEU", ("Praxis",), 2)


def test_a_change_that_changes_nothing_writes_nothing(world, members):
    coordinator = world.user("liberty", "coordinator")
    change(world, coordinator, members["Ada"], priority="A")
    assert change(world, coordinator, members["Ada"], priority="A").steps == ()
    with world.context("liberty", coordinator):
        assert get_allocation(coordinator, person_id=members["Ada"]).version == 1
        plan = plan_change(coordinator, Choice((members["Ada"],)), Wanted(priority="A"))
        assert allocate(coordinator, Choice((members["Ada"],)), Wanted(priority="A"), seen=plan.seen) is None


def test_an_unchanged_state_is_what_the_row_says():
    row = target_row(lead_id=NEU, priority="A", supporter_ids=frozenset({PRAXIS}))
    assert state_of(row).lead_id == NEU
    assert state_of(row).supporter_ids == {PRAXIS}


def test_a_partner_that_left_gets_nothing_new(world, members):
    coordinator = world.user("liberty", "coordinator")
    with world.context("liberty", coordinator), pytest.raises(Invalid) as refused:
        plan_change(coordinator, Choice((members["Ada"],)), Wanted(lead=uuid4()))
    assert "lead" in refused.value.details


def test_only_the_coordinator_says_who_leads(world, members):
    organiser = world.user("neu", "admin")
    with world.context("neu", organiser), pytest.raises(Forbidden):
        plan_change(organiser, Choice((members["Ada"],)), Wanted(lead=organiser.organisation_id))


def test_an_audience_holds_people_only(world, members):
    organiser = world.user("neu", "organiser")
    with world.context("neu", organiser):
        for criteria, expected in (
            (TargetCriteria(), {"Ada", "Bruno", "Cleo"}),
            (TargetCriteria(kind=""), {"Ada", "Bruno", "Cleo"}),
            (TargetCriteria(kind="police_force"), set()),
            (TargetCriteria(position="champion"), set()),
            (TargetCriteria(ask="nonsense", position="champion"), set()),
        ):
            ids = set(db.session.scalars(select(select_people(organiser, criteria).subquery().c.id)))
            assert ids == {members[name] for name in expected}, criteria


def test_the_demo_gives_out_targets_once(world, members):
    actors = {"a": world.user("liberty", "coordinator"), "b": world.user("neu", "organiser")}
    chosen = [members[name] for name in ("Ada", "Bruno", "Cleo")]
    with world.app.app_context():
        assert demo_targets.seed(actors, chosen) == 3
        assert demo_targets.seed(actors, chosen) == 0
    with world.context("neu"):
        rows = db.session.scalars(select(Target)).all()
        assert len(rows) == 3
        assert {row.lead_organisation_id for row in rows} == {
            world.organisations["liberty"],
            world.organisations["neu"],
        }
