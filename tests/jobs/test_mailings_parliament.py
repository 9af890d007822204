"""A mailing to every imported member, with a worker killed and the queue flushed in the middle."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from organising.mailings.models import Delivery
from organising.mailings.services import settling
from organising.platform.clock import now
from organising.platform.tenancy import Context, use_context
from organising.representatives.readers import read_source
from organising.representatives.services import import_representatives
from tests.support.databases import Databases
from tests.support.mail import GatedSink
from tests.support.mailings import Campaigners, WorkerProcess, eventually
from tests.support.world import World

SEATS, WITHOUT_EMAIL, LANES = 650, 4, 10
FILES = ("popolo/people.reconstructed.json.gz", "mps/mp_lookup.csv")


@pytest.fixture
def parliament(app: Flask, test_data: Path) -> None:
    with app.app_context(), use_context(Context(purpose="import")) as session:
        for name in FILES:
            import_representatives(None, read_source(test_data / name), as_of=date(2026, 8, 20))
        session.commit()


@pytest.mark.slow
@pytest.mark.usefixtures("parliament")
def test_every_imported_member_once_whatever_happens(
    app: Flask,
    world: World,
    smtp_sink: GatedSink,
    environment: dict[str, str],
    databases: Databases,
    sweep_and_run: Callable[[], None],
) -> None:
    people = Campaigners.at(world)
    asking = people.draft(body="Dear {{ salutation }}, about {{ constituency }}.")
    page = world.browser(people.organiser).get(f"/mailings/{asking}/review").text
    assert "4 will not get it" in page
    assert page.count("No email address is known") == WITHOUT_EMAIL
    mailing = people.sending()

    def work() -> None:
        assert eventually(lambda: not leased(), 5)
        sweep_and_run()

    def leased() -> int:
        with people.world.context(people.slug) as session:
            return session.query(Delivery).where(Delivery.lease_until > now()).count()

    worker = WorkerProcess(environment, lease_seconds=2)
    assert eventually(lambda: len(smtp_sink.messages) > 230, 60, 0.001)
    worker.kill()
    Redis.from_url(databases.redis_url).flushdb()
    work()
    counts = people.counts(mailing)
    assert sum(counts.values()) == counts["accepted"] + counts.get("uncertain", 0) == SEATS - WITHOUT_EMAIL
    assert counts.get("uncertain", 0) <= LANES
    assert max(smtp_sink.recipients().values()) == 1
    with people.world.context(people.slug, people.admin) as session:
        settling.settle_from_log(people.admin, mailing, smtp_sink.accepted_ids(), complete=True)
        session.commit()
        absent = [row.id for row in session.query(Delivery.id).where(Delivery.absence.is_not(None))]
        if absent:
            settling.send_again(people.admin, mailing, absent)
            session.commit()
    work()
    assert people.counts(mailing) == {"accepted": SEATS - WITHOUT_EMAIL}
    assert set(smtp_sink.recipients().values()) == {1}
    assert len(smtp_sink.recipients()) == SEATS - WITHOUT_EMAIL
    assert people.state(mailing) == "closed"
