"""Mail to officers with real workers, killed with -9: nobody gets it twice, and nothing is lost without being shown."""

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from organising.calls import jobs
from organising.calls.models import CallMail
from organising.mailings.services import incoming
from organising.platform.clock import now
from organising.platform.db import db, new_id
from tests.support.calls import Asking
from tests.support.incoming import sample
from tests.support.mailings import WorkerProcess

DISTRICTS = 12


@pytest.fixture
def asking(world):
    return Asking(world)


@pytest.fixture
def start(app, environment):
    started = []

    def begin():
        with app.app_context():
            jobs.sweep_calls()
            db.engine.dispose()
        started.append(WorkerProcess(environment, lease_seconds=5))
        return started[-1]

    yield begin
    for worker in started:
        worker.kill()


def mails(asking):
    with asking.world.context("neu") as session:
        found = session.scalars(select(CallMail)).all()
        return [(one.confirmation_sent_at is not None, one.accepted_at is not None) for one in found]


def age(asking, minutes):
    """Let time pass for what the dead worker held."""
    with asking.world.context("neu") as session:
        for mail in session.scalars(select(CallMail)):
            mail.confirmation_due_at = now() - timedelta(seconds=30)
            if mail.confirmation_sent_at:
                mail.confirmation_sent_at -= timedelta(minutes=minutes)
        session.commit()
    with asking.world.app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(("stop_at", "perhaps"), [(("MAIL", 4), 0), (("DOT", 5), 1)])
def test_killed_in_the_middle(asking, smtp_sink, start, run_jobs, stop_at, perhaps):
    call_id = asking.call(asking.districts(DISTRICTS))
    asking.make_due()
    smtp_sink.stop_at = stop_at
    worker = start()
    assert smtp_sink.reached.wait(60)
    time.sleep(0.2)
    worker.kill()
    smtp_sink.stop_at = None
    smtp_sink.go_on.set()
    age(asking, 3)
    asking.send(run_jobs)
    assert sum(sent for sent, _ in mails(asking)) == DISTRICTS
    assert sum(sent and not accepted for sent, accepted in mails(asking)) == perhaps
    received = Counter(str(one["To"]) for one in smtp_sink.messages)
    assert max(received.values()) == 1
    assert len(received) >= DISTRICTS - perhaps
    # What may have left is shown, and goes again only as a person says so.
    page = asking.browser.get(f"/actions/calls/{call_id}?trouble=y").text
    assert len(asking.names_in(page)) == perhaps
    asking.send(run_jobs)
    assert Counter(str(one["To"]) for one in smtp_sink.messages) == received
    if perhaps:
        path = asking.link_of(page)
        asking.browser.post(f"{path}/mail", data={"batch": str(new_id())})
        asking.send(run_jobs)
        assert len({str(one["To"]) for one in smtp_sink.messages}) == DISTRICTS


def test_a_job_run_twice_and_a_refusal_for_now_send_once(asking, app, smtp_sink, run_jobs):
    asking.call([asking.district("Northmoor")])
    asking.make_due()
    smtp_sink.at_the_dot.append("451 4.3.0 later")
    asking.send(run_jobs)
    assert smtp_sink.messages == []
    for _ in range(2):
        asking.send(run_jobs)
    assert len(smtp_sink.messages) == 1


def test_what_comes_back_later_is_shown_beside_its_unit(asking, app, smtp_sink, run_jobs):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], takes_returns=True)
    call_id = asking.call([asking.district("Northmoor"), asking.district("Southmere")])
    asking.send(run_jobs)
    paths = {recipient: sender for sender, recipient in smtp_sink.envelopes}
    assert len(set(paths.values())) == 2
    bounced = paths[asking.world.email(next(iter(asking.officers.values())))]
    for name in ("exim-delayed", "gmail-over-quota", "human-support"):
        with app.app_context():
            assert incoming.receive(sample(name), bounced)
    assert asking.names_in(asking.browser.get(f"/actions/calls/{call_id}?trouble=y").text) == []
    for _ in range(2):
        with app.app_context():
            incoming.receive(sample("gmail-address-not-found"), bounced)
            assert incoming.receive(sample("gmail-address-not-found"), f"x{bounced}") is None
    grid = asking.browser.get(f"/actions/calls/{call_id}?trouble=y").text
    assert asking.names_in(grid) == ["Northmoor"]
    assert "could not deliver it" in asking.browser.get(asking.link_of(grid)).text
