"""From the day of a dissolution nothing leaves to former members, whether or not their terms were ended yet."""

from datetime import date, timedelta

import pytest

from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Parliament
from tests.support.mailings import Campaigners, seat_members


def dissolve(app, chamber="commons", on=None):
    with app.app_context(), use_context(Context(purpose="import")) as session:
        session.add(
            Parliament(
                chamber=chamber,
                number=59,
                name="2024",
                elected_on=date(2024, 7, 4),
                dissolved_on=on or today(),
            )
        )
        session.commit()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("chamber", "days", "arrive"),
    [("commons", 0, 0), ("commons", -3, 0), ("commons", 1, 6), ("senedd", 0, 6)],
)
def test_mail_signed_off_before_is_suppressed_on_the_day(
    app, world, run_jobs, smtp_sink, chamber, days, arrive
):
    seat_members(app, 6)
    people = Campaigners.at(world)
    mailing = people.sending()
    dissolve(app, chamber, today() + timedelta(days=days))
    run_jobs()
    run_jobs()
    assert len(smtp_sink.messages) == arrive
    expected = {"accepted": 6} if arrive else {"suppressed": 6}
    assert people.counts(mailing) == expected
    with world.context("neu") as session:
        from organising.mailings.models import Delivery

        reasons = {one.last_reply for one in session.query(Delivery)}
    assert arrive or reasons == {"Parliament is dissolved"}
