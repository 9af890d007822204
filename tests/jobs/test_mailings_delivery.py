"""Delivery through a real RQ worker to a real SMTP sink: each message exactly once, each state the right
one.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select, text, update

from organising.mailings import jobs, runner
from organising.mailings.models import Delivery, Mailing, MailingChoice, SignOff
from organising.mailings.services import decisions, outbox
from organising.mailings.states import Decision
from organising.platform.actor import Actor
from organising.platform.clock import now, today
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import ContactPoint, OfficeHolding
from tests.support.databases import Databases
from tests.support.mail import GatedSink, Sink
from tests.support.mailings import Campaigners, seat_members
from tests.support.world import World


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, 47, without_email=(5, 23))
    return Campaigners.at(world)


def recipients(sink: Sink) -> Counter[str]:
    return Counter(recipient for _, recipient in sink.envelopes)


def test_every_message_reaches_its_member_once(
    people: Campaigners, smtp_sink: GatedSink, run_jobs: Callable[[], None]
) -> None:
    mailing = people.sending()
    run_jobs()
    run_jobs()
    assert set(recipients(smtp_sink).values()) == {1}
    assert len(smtp_sink.messages) == 45
    assert people.counts(mailing) == {"accepted": 45}
    assert people.state(mailing) == "closed"
    letter = smtp_sink.to("member0007@parliament.example")[0]
    assert letter["Subject"] == "A question about Seat 0007"
    assert letter["From"] == "NEU campaigns <hello@organising.example>"
    assert letter["Reply-To"] == "campaigns@neu.example"
    assert "Dear Ms Member0007," in letter.get_body(("plain",)).get_content()
    assert "<p>Dear Ms Member0007,</p>" in letter.get_body(("html",)).get_content()


def test_a_lost_answer_is_uncertain_and_never_sent_again_by_itself(
    people: Campaigners, smtp_sink: GatedSink, run_jobs: Callable[[], None]
) -> None:
    smtp_sink.drop_dot = 7
    mailing = people.sending()
    run_jobs()
    for _ in range(2):
        with people.world.app.app_context():
            jobs.sweep()
        run_jobs()
    assert people.counts(mailing) == {"accepted": 44, "uncertain": 1}
    assert people.state(mailing) == "sent"
    assert max(recipients(smtp_sink).values()) == 1


def test_with_the_relay_gone_nothing_is_lost(
    people: Campaigners, app: Flask, smtp_sink: GatedSink, run_jobs: Callable[[], None]
) -> None:
    mailing = people.sending()
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, smtp=replace(settings.smtp, port=9))
    run_jobs()
    counts = people.counts(mailing)
    assert counts["deferred"] <= 10
    assert sum(counts.values()) == 45
    app.config["SETTINGS"] = settings
    people.make_due(mailing)
    with app.app_context():
        jobs.sweep()
    run_jobs()
    assert people.counts(mailing) == {"accepted": 45}


def test_those_who_left_office_or_bounced_since_approval_are_not_written_to(
    people: Campaigners, smtp_sink: GatedSink, run_jobs: Callable[[], None]
) -> None:
    mailing = people.sending()
    with people.world.app.app_context(), use_context(Context(purpose="import")) as session:
        gone = session.scalars(select(OfficeHolding).where(OfficeHolding.source_id == "t1")).one()
        gone.end_on = today() - timedelta(days=1)
        point = session.scalars(
            select(ContactPoint).where(ContactPoint.email == "member0002@parliament.example")
        ).one()
        point.bounced_at = now()
        session.commit()
    run_jobs()
    assert people.counts(mailing) == {"accepted": 43, "suppressed": 2}
    assert not smtp_sink.to("member0001@parliament.example")
    assert not smtp_sink.to("member0002@parliament.example")


MAILING_CHANGES = {
    "subject": "Else",
    "body": "Else",
    "sender": "Else <e@e.example>",
    "reply_to": "e@e.example",
    "common": {"ask": "Else"},
    "asked_names": [[str(UUID(int=5)), "Somebody"]],
    "named": [[str(UUID(int=5)), "Somebody"]],
}


@pytest.mark.parametrize("field", [*MAILING_CHANGES, "address", "fields", "one more", "one fewer"])
def test_a_row_changed_behind_the_approval_sends_nothing(
    people: Campaigners, smtp_sink: GatedSink, run_jobs: Callable[[], None], field: str
) -> None:
    mailing = people.sending()
    with people.world.context(people.slug) as session:
        one = (
            select(MailingChoice.id)
            .where(MailingChoice.mailing_id == mailing, MailingChoice.left_out.is_(None))
            .limit(1)
        )
        if field in MAILING_CHANGES:
            session.execute(
                update(Mailing).where(Mailing.id == mailing).values({field: MAILING_CHANGES[field]})
            )
        elif field == "one more":
            session.execute(
                update(MailingChoice)
                .where(MailingChoice.left_out.is_not(None))
                .values(left_out=None, address="x@x.example")
            )
        else:
            changed = {"address": "x@x.example", "fields": {"salutation": "Else"}, "one fewer": "bounced"}[
                field
            ]
            column = "left_out" if field == "one fewer" else field
            session.execute(
                update(MailingChoice)
                .where(MailingChoice.id == one.scalar_subquery())
                .values({column: changed})
            )
        session.commit()
    run_jobs()
    assert smtp_sink.messages == []
    assert people.state(mailing) == "paused"


def test_withdrawing_the_sign_off_stops_it(
    people: Campaigners, smtp_sink: GatedSink, run_jobs: Callable[[], None]
) -> None:
    mailing = people.sending()
    with people.world.context(people.slug, people.admin) as session:
        decisions.decide(people.admin, mailing, Decision.DECLINE, people.hash(mailing), "Stop.")
        session.commit()
    run_jobs()
    assert smtp_sink.messages == []
    assert people.state(mailing) == "paused"


def test_paused_in_the_middle_then_cancelled(people: Campaigners, smtp_sink: GatedSink, app: Flask) -> None:
    """Ten are let go before the pause, ten wait at their dots when it comes: those ten never leave."""
    smtp_sink.stop_at = ("RCPT", 15)
    mailing = people.sending()
    thread = threading.Thread(target=_deliver, args=(app, people, mailing))
    thread.start()
    assert smtp_sink.reached.wait(20)
    browser = people.world.browser(people.admin)
    assert browser.post(f"/mailings/{mailing}/pause").status_code == 303
    smtp_sink.go_on.set()
    thread.join(20)
    assert people.counts(mailing) == {"accepted": 10, "queued": 35}
    assert browser.post(f"/mailings/{mailing}/cancellation").status_code == 303
    assert people.counts(mailing) == {"accepted": 10, "cancelled": 35}
    assert len(smtp_sink.messages) == 10


def test_two_runners_at_once_are_harmless(people: Campaigners, smtp_sink: GatedSink, app: Flask) -> None:
    mailing = people.sending()
    threads = [threading.Thread(target=_deliver, args=(app, people, mailing)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert people.counts(mailing) == {"accepted": 45}
    assert set(recipients(smtp_sink).values()) == {1}


def test_the_sweep_sends_what_no_doorbell_rang_for(
    people: Campaigners, smtp_sink: GatedSink, run_jobs: Callable[[], None], databases: Databases
) -> None:
    mailing = people.sending()
    Redis.from_url(databases.redis_url).flushdb()
    run_jobs()
    assert smtp_sink.messages == []
    with people.world.app.app_context():
        jobs.sweep()
    run_jobs()
    assert people.counts(mailing) == {"accepted": 45}


def test_expansion_goes_on_where_it_was_left(
    people: Campaigners, smtp_sink: GatedSink, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = people.sending()
    monkeypatch.setattr(outbox, "EXPANSION", 20)
    with people.world.context(people.slug) as session:
        outbox.expand(people.organiser.organisation_id, mailing, "organising.example")
        session.commit()
    assert sum(people.counts(mailing).values()) == 45
    run_jobs()
    assert people.counts(mailing) == {"accepted": 45}


def test_a_sleeper_that_was_given_leave_does_not_use_it_late(
    people: Campaigners, smtp_sink: GatedSink, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process stopped between leave and dot wakes after its lease: its messages were not sent
    and say so.
    """
    mailing = people.sending()
    commit, asleep = outbox.commit, [0.0]

    def sleep_after_leave(*given: Any, **values: Any) -> set[UUID]:
        may_go = commit(*given, **values)
        asleep[0] += outbox.LEASE_SECONDS if values["held"] else 0
        assert not values["held"] or may_go
        return may_go

    monkeypatch.setattr(outbox, "commit", sleep_after_leave)
    monkeypatch.setattr(runner, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + asleep[0]))
    _deliver(app, people, mailing)
    assert asleep[0] > 0
    assert smtp_sink.messages == []
    assert people.counts(mailing) == {"queued": 45}


def _deliver(app: Flask, people: Campaigners, mailing: UUID) -> None:
    with app.app_context(), use_context(Context(organisation_id=people.organiser.organisation_id)) as session:
        runner.run_mailing(people.organiser.system(people.organiser.organisation_id), mailing)
        session.commit()


def test_the_database_takes_no_sign_off_in_anothers_name(people: Campaigners) -> None:
    """Not for a colleague, not in a role one does not hold, not for a mailing one may not read."""
    mailing = people.asked()
    outsider = people.world.user("praxis", "admin")
    for signer, role, context in (
        (people.admin, "admin", people.organiser),
        (people.organiser, "admin", people.organiser),
        (outsider, "admin", outsider),
    ):
        slug = "praxis" if context is outsider else people.slug
        with people.world.context(slug, context) as session:
            session.add(
                SignOff(
                    organisation_id=context.organisation_id,
                    mailing_organisation_id=people.organiser.organisation_id,
                    mailing_id=mailing,
                    content_hash="x",
                    decision="approve",
                    comment="",
                    signer_id=signer.user_id,
                    signer_label="x",
                    signer_role=role,
                )
            )
            with pytest.raises(Exception, match="row-level security"):
                session.flush()


def test_a_sign_off_is_never_changed(
    people: Campaigners, raw_login: Callable[[], psycopg.Connection]
) -> None:
    people.approved()
    with (
        people.world.context(people.slug, people.admin) as session,
        pytest.raises(Exception, match="permission denied"),
    ):
        session.execute(text("UPDATE sign_off SET decision = 'decline'"))


def test_delivery_changes_touch_no_index(
    people: Campaigners, smtp_sink: GatedSink, run_jobs: Callable[[], None]
) -> None:
    """Every index of the outbox names only columns that never change."""
    changing = {
        "state",
        "fence",
        "attempt",
        "lease_until",
        "next_at",
        "changed_at",
        "last_code",
        "last_reply",
        "queue_id",
    }
    table = Delivery.__table__
    named = {column.name for index in table.indexes for column in index.columns}
    named |= {
        column.name
        for constraint in table.constraints
        if hasattr(constraint, "columns")
        and type(constraint).__name__ in ("UniqueConstraint", "PrimaryKeyConstraint")
        for column in constraint.columns
    }
    assert not named & changing


def test_a_recipient_changed_between_two_lots_stops_the_rest(
    people: Campaigners, smtp_sink: GatedSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read for the first lot is not believed for the second."""
    monkeypatch.setattr(runner, "BATCHES_PER_LOT", 1)
    mailing = people.sending()
    smtp_sink.stop_at = ("DOT", 3)

    def change() -> None:
        assert smtp_sink.reached.wait(20)
        with people.world.context("neu") as session:
            session.execute(
                update(MailingChoice)
                .where(MailingChoice.mailing_id == mailing, MailingChoice.place == 40)
                .values(fields={"salutation": "You there", "full_name": "Ada"})
                .execution_options(synchronize_session=False)
            )
            session.commit()
        smtp_sink.stop_at = None
        smtp_sink.go_on.set()

    other = threading.Thread(target=change)
    other.start()
    with people.world.context("neu") as session:
        runner.run_mailing(Actor.system(people.organiser.organisation_id), mailing)
        session.commit()
    other.join()
    assert people.state(mailing) == "paused"
    # The lot at its dots had been verified before.
    assert len(smtp_sink.messages) == 10
