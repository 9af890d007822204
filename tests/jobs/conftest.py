"""A page that is open for letters, and somebody who writes one."""

import pytest

from tests.support.letters import Constituent, mailing_of, open_a_page, seat_a_member


@pytest.fixture
def holding_id(app, world):
    return seat_a_member(app)


@pytest.fixture
def action_id(world, holding_id):
    return open_a_page(world)


@pytest.fixture
def mailing_id(world, action_id):
    """The mailing that the page's letters leave by."""
    return mailing_of(world, action_id)


@pytest.fixture
def writer(client, smtp_sink, run_jobs):
    return Constituent(client, smtp_sink, run_jobs)
