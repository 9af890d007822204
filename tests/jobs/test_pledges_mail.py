"""The confirmation mail leaves once, with or without its doorbell; and time takes away what it should."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.queue import get_queue, get_redis
from organising.pledges import jobs
from organising.pledges.models import Pledge
from organising.pledges.services.confirmations import send_confirmation
from tests.support.pledges import PAGE, Public, count, open_a_drive


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def public(client, smtp_sink, run_jobs):
    return Public(client, smtp_sink, run_jobs)


def age(owner, column, **ago):
    owner.rows(f"UPDATE pledge SET {column} = now() - %s", timedelta(**ago))


def run(app, sweep):
    with app.app_context():
        sweep()


def test_a_lost_doorbell_loses_nothing(app, public, drive_id, owner):
    public.fill(f"{PAGE}/neu")
    with app.app_context():
        get_redis().flushdb()
    public.run_jobs()
    assert public.sink.messages == []
    age(owner, "confirmation_due_at", minutes=1)
    run(app, jobs.sweep_confirmations)
    run(app, jobs.sweep_confirmations)
    public.run_jobs()
    assert len(public.sink.messages) == 1
    age(owner, "confirmation_due_at", minutes=1)
    run(app, jobs.sweep_confirmations)
    public.run_jobs()
    assert len(public.sink.messages) == 1


def test_many_signatures_ring_once_and_each_gets_its_mail_though_one_fails(
    app, public, drive_id, owner, monkeypatch
):
    from organising.pledges.services import confirmations

    compose = confirmations.compose_confirmation

    def fail_for_one(actor, pledge):
        if pledge.email == "b@example.org":
            raise ValueError(pledge.email)
        return compose(actor, pledge)

    monkeypatch.setattr(confirmations, "compose_confirmation", fail_for_one)
    for letter in "abcd":
        public.fill(f"{PAGE}/neu", email=f"{letter}@example.org")
    with app.app_context():
        assert get_queue("urgent").count == 1
    public.run_jobs()
    assert sorted(public.sink.recipients()) == [f"{one}@example.org" for one in "acd"]
    # Answered, so the next one rings again; the one that failed is due again in a while.
    monkeypatch.undo()
    age(owner, "confirmation_due_at", minutes=1)
    public.fill(f"{PAGE}/neu", email="e@example.org")
    public.run_jobs()
    assert sorted(public.sink.recipients()) == [f"{one}@example.org" for one in "abcde"]


def test_a_flood_goes_to_the_end_of_its_queue(app, public, drive_id, monkeypatch):
    from organising.platform import confirmation

    monkeypatch.setattr(confirmation, "BATCH", 1)
    monkeypatch.setattr(confirmation, "BUDGET_SECONDS", 0.001)
    for letter in "abc":
        public.fill(f"{PAGE}/neu", email=f"{letter}@example.org")
    public.run_jobs()
    assert len(public.sink.messages) == 3


def test_the_job_twice_sends_once(public, drive_id, world, owner):
    public.fill(f"{PAGE}/neu")
    actor = Actor.system(world.organisations["neu"], "NEU", world.campaign)
    for expected in (True, False):
        with world.context("neu") as session:
            pledge_id = session.scalars(select(Pledge.id)).one()
            assert send_confirmation(actor, pledge_id) is expected
    assert len(public.sink.messages) == 1


def test_a_worker_that_was_overtaken_drops_its_mail_at_the_dot(public, drive_id, world, owner, monkeypatch):
    public.fill(f"{PAGE}/neu")
    actor = Actor.system(world.organisations["neu"], "NEU", world.campaign)
    from organising.pledges.services import confirmations

    compose = confirmations.compose_confirmation

    def overtaken(*arguments):
        mail = compose(*arguments)
        owner.rows("UPDATE pledge SET confirmation_sent_at = now()")
        return mail

    monkeypatch.setattr(confirmations, "compose_confirmation", overtaken)
    with world.context("neu") as session:
        assert send_confirmation(actor, session.scalars(select(Pledge.id)).one()) is False
    assert public.sink.messages == []


@pytest.mark.parametrize(("reply", "permanent"), [("451 later", False), ("550 no such box", True)])
def test_a_refusal_is_tried_later_or_ends_it(public, drive_id, owner, reply, permanent):
    public.sink.refuse["esi@example.org"] = reply
    public.fill(f"{PAGE}/neu")
    public.run_jobs()
    ((sent, refused, tries, waits),) = owner.rows(
        "SELECT confirmation_sent_at, confirmation_refused_at IS NOT NULL, confirmation_tries, "
        "confirmation_due_at > now() FROM pledge"
    )
    assert (sent, refused) == (None, permanent)
    assert (tries, waits) == ((0, False) if permanent else (1, True))


def test_a_refusal_at_the_dot_is_tried_again_and_then_arrives_once(app, public, drive_id, owner):
    public.sink.at_the_dot.append("451 4.3.0 disk full")
    public.fill(f"{PAGE}/neu")
    public.run_jobs()
    assert public.sink.messages == []
    assert owner.rows("SELECT confirmation_sent_at, confirmation_tries FROM pledge") == [(None, 1)]
    age(owner, "confirmation_due_at", minutes=1)
    for _ in range(2):
        run(app, jobs.sweep_confirmations)
        public.run_jobs()
    assert len(public.sink.messages) == 1


def test_a_shared_copy_sends_no_mail_of_its_own(public, drive_id, world, owner):
    public.fill(f"{PAGE}/neu", lead_updates="y")
    age(owner, "created_at", hours=1)
    with world.context("liberty"):
        assert list(Pledge.claim_due()) == []
    public.run_jobs()
    assert len(public.sink.messages) == 1


def test_the_sweeps_count_and_verify(app, public, drive_id, owner):
    public.sign_and_confirm()
    with app.app_context():
        get_redis().flushdb()
    run(app, jobs.sweep_counts)
    assert owner.tally(drive_id)["all", "all"] == 1
    owner.rows("UPDATE counting.tally SET n = 41")
    run(app, jobs.sweep_verification)
    assert owner.tally(drive_id)["all", "all"] == 1


def test_what_was_never_confirmed_is_erased_and_details_go_after_a_month(app, public, drive_id, world, owner):
    public.sign()
    age(owner, "created_at", days=15)
    run(app, jobs.sweep_retention)
    assert owner.rows("SELECT state, name FROM pledge") == [("erased", None)]
    public.sign_and_confirm(f"{PAGE}/neu", email="quiet@example.org")
    public.sign_and_confirm(f"{PAGE}/neu", email="keen@example.org", updates="y")
    count(app, drive_id)
    with world.context("neu") as session:
        old = now() - timedelta(days=31)
        db.session.execute(
            update(Pledge).values(confirmed_at=old).execution_options(synchronize_session=False)
        )
        session.commit()
    run(app, jobs.sweep_retention)
    with world.context("neu") as session:
        kept = session.scalars(select(Pledge)).all()
        assert sorted(pledge.email or "" for pledge in kept) == ["", "keen@example.org"]
        assert {pledge.state for pledge in kept} == {"confirmed"}
        assert all(pledge.person_key for pledge in kept)
    count(app, drive_id)
    assert owner.tally(drive_id)["all", "all"] == 2
