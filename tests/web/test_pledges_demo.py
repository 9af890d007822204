"""The demo's pledge: quick to write, counted, published, and with nobody real in it."""

import time

from sqlalchemy import select

from organising.pledges import demo
from organising.pledges.models import Pledge
from organising.pledges.queries import count_own, read_tally


def test_the_demo_is_quick_counted_and_invented(app, world):
    world.organisation("lawrs")
    coordinator = world.user("liberty", "coordinator")
    started = time.monotonic()
    with app.app_context():
        drive_id = demo.seed(coordinator)
    took = time.monotonic() - started
    with world.context("liberty") as session:
        public, coalition, own = read_tally(drive_id), read_tally(drive_id, "coalition"), count_own(drive_id)
        emails = [pledge.email for pledge in session.scalars(select(Pledge))]
    assert public.total == 5 * round(demo.SIGNERS / 5)
    assert coalition.total is not None
    assert abs(coalition.total - demo.SIGNERS) <= 5
    assert own.total == len(emails) > 100
    assert all(email.endswith("@example.org") for email in emails)
    assert took < 2, f"took {took:.1f} s"
