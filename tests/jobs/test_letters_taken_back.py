"""A letter that its writer takes back does not leave; what is not needed any more is erased."""

import time

from organising.letters import jobs
from organising.mailings import jobs as mailing_jobs
from organising.platform.db import db
from tests.support.letters import deliveries, pause, sent, sweep
from tests.support.mailings import WorkerProcess


def test_taken_back_while_it_waits_it_never_leaves(
    app, world, writer, action_id, mailing_id, smtp_sink, owner
):
    pause(world, mailing_id)
    link = writer.write_and_confirm()
    writer.run_jobs()
    assert "It waits for its turn." in writer.client.get(link).text
    assert writer.client.post(f"{link}/withdrawal").status_code == 303
    assert "It is gone" in writer.client.get(link).text
    assert owner.rows("SELECT state, body_cipher, email_cipher, person_key FROM letter") == [
        ("withdrawn", None, None, None)
    ]
    pause(world, mailing_id, "go on")
    sweep(app, jobs.sweep_letters, mailing_jobs.sweep)
    writer.run_jobs()
    assert sent(smtp_sink) == 0
    assert deliveries(owner) == {"cancelled": 1}
    writer.write_and_confirm()
    writer.run_jobs()
    assert sent(smtp_sink) == 1, "who took one back may write again"


def test_taken_back_before_it_is_in_the_outbox(app, writer, action_id, smtp_sink, owner):
    link = writer.write_and_confirm()
    writer.client.post(f"{link}/withdrawal")
    writer.run_jobs()
    sweep(app, jobs.sweep_letters)
    assert sent(smtp_sink) == 0
    assert deliveries(owner) == {}


def test_taken_back_while_held_at_its_dot(app, writer, action_id, smtp_sink, owner, environment):
    link = writer.write_and_confirm()
    smtp_sink.stop_at = ("RCPT", smtp_sink.seen["RCPT"] + 1)
    with app.app_context():
        db.engine.dispose()
    worker = WorkerProcess(environment, lease_seconds=5)
    try:
        assert smtp_sink.reached.wait(30)
        assert deliveries(owner) == {"leased": 1}
        writer.client.post(f"{link}/withdrawal")
        assert "It is gone" in writer.client.get(link).text
        smtp_sink.go_on.set()
        time.sleep(1)
    finally:
        worker.kill()
    assert sent(smtp_sink) == 0
    assert deliveries(owner) == {"cancelled": 1}


def test_taken_back_too_late_it_is_erased_here(writer, action_id, smtp_sink, owner):
    link = writer.write_and_confirm()
    writer.run_jobs()
    assert sent(smtp_sink) == 1
    writer.client.post(f"{link}/withdrawal")
    page = writer.client.get(link).text
    assert "can’t be called back" in page
    assert "no longer kept here" in page
    [(state, body, person_key)] = owner.rows("SELECT state, body_cipher, person_key FROM letter")
    assert (state, body) == ("confirmed", None)
    assert person_key is not None, "who has written writes no second letter"
    again = writer.write()
    writer.confirm(again)
    writer.run_jobs()
    assert sent(smtp_sink) == 1


def test_an_uncertain_one_that_was_erased_is_not_sent_again(
    app, world, writer, action_id, mailing_id, smtp_sink, owner
):
    link = writer.write()
    smtp_sink.drop_dot = smtp_sink.seen["DOT"] + 1
    writer.confirm(link)
    writer.run_jobs()
    assert deliveries(owner) == {"uncertain": 1}
    assert "the answer was lost" in writer.client.get(link).text
    admin = world.user("neu", "admin")
    settlement = world.browser(admin).get(f"/mailings/{mailing_id}/settlement")
    assert "Ada Harbourer" in settlement.text
    assert "Esi" not in settlement.text
    writer.client.post(f"{link}/withdrawal")
    [(delivery_id,)] = owner.rows("SELECT id FROM delivery")
    browser = world.browser(admin)
    browser.post(f"/mailings/{mailing_id}/settlement/{delivery_id}", data={"decision": "again"})
    writer.run_jobs()
    assert sent(smtp_sink) == 1
    assert deliveries(owner) == {"failed": 1}


def test_time_takes_away_what_it_should_and_twice_without_harm(app, writer, action_id, owner, smtp_sink):
    writer.write()
    writer.write_and_confirm(email="bex@example.org")
    writer.run_jobs()
    sweep(app, jobs.sweep_retention)
    assert owner.rows("SELECT count(body_cipher) FROM letter") == [(2,)]
    owner.rows("UPDATE letter SET created_at = now() - interval '8 days'")
    for _ in range(2):
        sweep(app, jobs.sweep_retention)
    assert sorted(owner.rows("SELECT state, body_cipher IS NULL, person_key IS NULL FROM letter")) == [
        ("confirmed", False, False),
        ("erased", True, True),
    ]
    kept = "SELECT street_cipher, subject_cipher, body_cipher, email_cipher IS NULL FROM letter WHERE state = 'confirmed'"
    owner.rows("UPDATE letter SET confirmed_at = now() - interval '31 days' WHERE state = 'confirmed'")
    sweep(app, jobs.sweep_retention)
    assert owner.rows(kept) == [(None, None, None, False)]
    owner.rows("UPDATE letter SET confirmed_at = now() - interval '91 days' WHERE state = 'confirmed'")
    sweep(app, jobs.sweep_retention)
    assert owner.rows(kept) == [(None, None, None, True)]
    assert owner.rows("SELECT count(person_key) FROM letter") == [(1,)]
    owner.rows("UPDATE letter_action SET state = 'closed', closed_at = now() - interval '91 days'")
    sweep(app, jobs.sweep_retention)
    assert owner.rows("SELECT count(person_key) FROM letter") == [(0,)]
