"""How an office asked to be written to binds what goes to many, and no constituent's own letter."""

import pytest

from tests.support.letters import Constituent, open_a_page, seat_a_member
from tests.support.pledges import Owner

ADDRESS = "ada.harbourer@parliament.example"


@pytest.fixture
def writer(app, world, client, smtp_sink, run_jobs):
    seat_a_member(app)
    open_a_page(world)
    return Constituent(client, smtp_sink, run_jobs)


@pytest.mark.parametrize("preference", ["invitations", "no_circulars"])
def test_a_constituents_letter_is_no_circular(writer, smtp_sink, databases, environment, preference):
    owner = Owner(databases, environment)
    owner.rows(f"UPDATE person SET contact_preference = '{preference}'")
    writer.write_and_confirm()
    writer.run_jobs()
    assert smtp_sink.recipients()[ADDRESS] == 1
    assert owner.rows("SELECT state FROM delivery") == [("accepted",)]
