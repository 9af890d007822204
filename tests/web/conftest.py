"""Who stands before the pages in most of their tests: the partners' organisers, and members to speak or write to."""

import pytest

from tests.support.mailings import Campaigners, seat_members
from tests.support.partners import Partners
from tests.unit.lobbying.seeds import seed_members


@pytest.fixture
def members(world):
    """Invented members in office, by their first names."""
    return seed_members(world)


@pytest.fixture
def organiser(world):
    return world.user("neu", "organiser")


@pytest.fixture
def neu(world):
    """An organiser of the NEU's."""
    return world.user("neu", "organiser")


@pytest.fixture
def praxis(world):
    """An organiser of Praxis's."""
    return world.user("praxis", "organiser")


@pytest.fixture
def browser(world, organiser):
    return world.browser(organiser)


@pytest.fixture
def people(app, world):
    """Six members to write to, and those who may."""
    seat_members(app, 6)
    return Campaigners.at(world)


@pytest.fixture
def partners(world, smtp_sink, run_jobs):
    """Those who write to three members, and three partners who are asked for their names."""
    return Partners.at(world, smtp_sink, run_jobs)
