"""Letters leave through the outbox: each once, within every limit, with nothing in it that nobody approved."""

from datetime import timedelta

import pytest

from organising.letters import jobs
from organising.letters.models import Letter
from organising.letters.services import leaving
from organising.mailings import jobs as mailing_jobs
from organising.mailings import runner
from organising.mailings.runner import run_mailing
from organising.platform.actor import Actor
from organising.platform.queue import get_redis
from tests.support.letters import ADDRESS, confirm_many, deliveries, pause, seat_a_member, sent, sweep


def test_queued_twice_and_run_twice_it_leaves_once(app, world, writer, action_id, smtp_sink, owner):
    writer.write_and_confirm()
    with world.context("neu") as session:
        letter_id = session.query(Letter.id).scalar()
        actor = Actor.system(world.organisations["neu"])
        assert leaving.queue_letter(actor, letter_id)
        assert not leaving.queue_letter(actor, letter_id)
        session.commit()
    for _ in range(2):
        sweep(app, jobs.sweep_letters, mailing_jobs.sweep)
        writer.run_jobs()
    assert sent(smtp_sink) == 1
    assert deliveries(owner) == {"accepted": 1}


def test_lost_doorbells_lose_nothing(app, writer, action_id, smtp_sink, owner):
    writer.post()
    with app.app_context():
        get_redis().flushdb()
    owner.rows("UPDATE letter SET confirmation_due_at = now() - interval '1 minute'")
    sweep(app, jobs.sweep_confirmations, jobs.sweep_confirmations)
    writer.run_jobs()
    assert len(writer.mails()) == 1
    writer.confirm(writer.link())
    with app.app_context():
        get_redis().flushdb()
    sweep(app, jobs.sweep_letters)
    with app.app_context():
        get_redis().flushdb()
    sweep(app, mailing_jobs.sweep)
    writer.run_jobs()
    assert sent(smtp_sink) == 1


@pytest.mark.parametrize("column", ["title", "standfirst", "prompts", "subject", "slug"])
def test_words_changed_after_they_were_approved_stop_everything(
    app, writer, action_id, smtp_sink, owner, column
):
    link = writer.write()
    owner.rows(f"UPDATE letter_action SET {column} = {column} || '-x'")
    writer.confirm(link)
    writer.run_jobs()
    sweep(app, mailing_jobs.sweep)
    writer.run_jobs()
    assert sent(smtp_sink) == 0
    assert deliveries(owner) == {"queued": 1}
    assert owner.rows("SELECT state FROM mailing") == [("paused",)]


def test_a_letters_words_cannot_be_changed_at_all(world, writer, action_id):
    writer.write_and_confirm()
    from sqlalchemy.exc import DBAPIError

    with world.context("neu") as session:
        letter = session.query(Letter).one()
        letter.body = "Something quite different."
        with pytest.raises(DBAPIError, match="never changes"):
            session.commit()


def test_a_member_out_of_office_gets_none(app, writer, action_id, smtp_sink, owner):
    from organising.platform.clock import today
    from organising.representatives.models import OfficeHolding
    from tests.support.postcodes import importing

    link = writer.write()
    with importing(app) as session:
        session.query(OfficeHolding).update({"end_on": today() - timedelta(days=1)})
        session.commit()
    writer.confirm(link)
    writer.run_jobs()
    assert sent(smtp_sink) == 0
    assert deliveries(owner) == {"suppressed": 1}
    assert "can no longer be reached" in writer.client.get(link).text


def test_many_for_one_member_keep_nobody_else_waiting(
    app, world, action_id, holding_id, mailing_id, smtp_sink, owner
):
    other = seat_a_member(
        app, "E2 6AB", "E14002222", "Marsh", "Cato Marshman", email="cato.marshman@parliament.example"
    )
    limit(app, "representative=20/hour")
    confirm_many(world, action_id, {holding_id: ADDRESS}, 150)
    sweep(app, jobs.sweep_letters)
    confirm_many(world, action_id, {other: "cato.marshman@parliament.example"}, 1, first=5000)
    sweep(app, jobs.sweep_letters)
    run_once(world, mailing_id)
    assert sent(smtp_sink) == 20
    assert smtp_sink.recipients()["cato.marshman@parliament.example"] == 1
    assert deliveries(owner) == {"accepted": 21, "queued": 130}
    claimed = owner.rows("SELECT count(*) FROM delivery WHERE fence > 0")
    assert claimed == [(runner.BATCHES_PER_LOT * 10 + 1,)], (
        "one lot of those who wait, and the one behind them"
    )


def run_once(world, mailing_id):
    with world.context("neu"):
        run_mailing(Actor.system(world.organisations["neu"]), mailing_id)


def limit(app, words: str) -> None:
    from dataclasses import replace

    from organising.config import MAIL_LIMIT_NAMES
    from organising.rates import parse_rates

    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_limits=parse_rates(words, MAIL_LIMIT_NAMES))


@pytest.mark.parametrize(("letters", "cap"), [(300, 60), pytest.param(10_000, 1000, marks=pytest.mark.slow)])
def test_no_hour_holds_more_than_the_cap(
    app, world, action_id, holding_id, mailing_id, smtp_sink, owner, letters, cap
):
    """All that is counted and waited for is moved back in time, five minutes a step, so hours go by in seconds."""
    limit(app, f"representative={cap}/hour")
    confirm_many(world, action_id, {holding_id: ADDRESS}, letters)
    while owner.rows("SELECT count(*) FROM delivery") != [(letters,)]:
        sweep(app, jobs.sweep_letters)
    by_step: list[int] = []
    while sum(by_step) < letters:
        before = sent(smtp_sink)
        run_once(world, mailing_id)
        by_step.append(sent(smtp_sink) - before)
        owner.rows("UPDATE counting.sending_slot SET began_at = began_at - interval '5 minutes'")
        owner.rows("UPDATE delivery SET next_at = next_at - interval '5 minutes' WHERE state = 'queued'")
        assert len(by_step) < 40 * letters / cap
    most = max(sum(by_step[at : at + 12]) for at in range(len(by_step)))
    print(f"{letters} letters, cap {cap}: most in any hour {most}, {len(by_step) / 12:.1f} hours")
    assert 0 < most <= cap
    assert deliveries(owner) == {"accepted": letters}
    assert len({str(one["Message-ID"]) for one in smtp_sink.messages}) == letters


def test_a_closed_page_lets_its_letters_leave_and_its_mailing_end(
    app, world, writer, action_id, mailing_id, smtp_sink, owner
):
    pause(world, mailing_id)
    writer.write_and_confirm()
    writer.run_jobs()
    admin = world.user("neu", "admin")
    assert world.browser(admin).post(f"/letters/{action_id}/closure").status_code == 303
    pause(world, mailing_id, "go on")
    writer.run_jobs()
    assert sent(smtp_sink) == 1
    sweep(app, jobs.sweep_letters, mailing_jobs.sweep)
    assert owner.rows("SELECT state FROM mailing") == [("sending",)]
    owner.rows("UPDATE letter_action SET closed_at = now() - interval '1 hour'")
    sweep(app, jobs.sweep_letters, mailing_jobs.sweep)
    assert owner.rows("SELECT state FROM mailing") == [("closed",)]


INJECTIONS = [
    ("name", "Ada\r\nBcc: x@example.org"),
    ("name", "Ada\u2028Bcc: x@example.org"),
    ("name", "Ada <x@example.org>, Bex"),
    ("name", '"Ada" \\ (comment) @home;:,'),
    ("name", "é" * 90),
    ("subject", "Hello\r\nBcc: x@example.org"),
    ("subject", "Hello\x00\x85Bcc: x@example.org"),
    ("street", "1 Row\r\n.\r\nMAIL FROM:<x@example.org>"),
    (
        "body",
        "Please read this letter to the very end.\r\n.\r\nMAIL FROM:<x@example.org>\r\n{{ salutation }} <script>",
    ),
]


@pytest.mark.parametrize(("field", "value"), INJECTIONS)
def test_nothing_that_a_writer_types_becomes_a_header(writer, action_id, smtp_sink, field, value):
    link = writer.write(**{field: value})
    writer.confirm(link)
    writer.run_jobs()
    [letter] = smtp_sink.to(ADDRESS)
    assert sorted(letter.keys()) == sorted(
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Reply-To",
            "Message-ID",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
        ]
    )
    assert [one.addr_spec for one in letter["From"].addresses] == ["hello@organising.example"]
    assert [one.addr_spec for one in letter["Reply-To"].addresses] == ["esi@example.org"]
    assert smtp_sink.recipients().keys() == {"esi@example.org", ADDRESS}
    assert letter.get_content_type() == "text/plain"
    if field == "body":
        assert "{{ salutation }} <script>" in letter.get_content()


def test_an_uploaded_log_settles_letters_like_any_message(
    world, writer, action_id, mailing_id, smtp_sink, owner
):
    from organising.mailings.services import settling

    smtp_sink.drop_dot = 2
    writer.write_and_confirm()
    writer.run_jobs()
    assert deliveries(owner) == {"uncertain": 1}
    admin = world.user("neu", "admin")
    with world.context("neu", admin) as session:
        assert settling.settle_from_log(admin, mailing_id, smtp_sink.accepted_ids(), complete=True) == (
            1,
            0,
            0,
        )
        session.commit()
    assert deliveries(owner) == {"accepted": 1}
