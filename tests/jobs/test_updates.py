"""An update reaches every own signer who agreed to it once, and nobody else, whatever happens on the way."""

import time

import pytest

from organising.mailings import jobs
from organising.mailings.incoming import return_paths
from organising.mailings.models import Delivery
from organising.mailings.services import incoming, limits, sending, settling
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db
from organising.pledges.models import Part
from organising.rates import Rate
from organising.updates.services import drafting
from organising.updates.services.drafting import Question
from organising.updates.services.reviewing import reach_of
from tests.support.mailings import WorkerProcess, eventually
from tests.support.pledges import open_a_drive
from tests.support.updates import Updaters, add_signer, add_signers, recipients, stop_path

LANES = 10


@pytest.fixture
def drive_id(world):
    return open_a_drive(world)


@pytest.fixture
def neu(world):
    return Updaters.at(world)


def test_everyone_who_agreed_with_this_organisation_gets_it_once(
    world, drive_id, neu, smtp_sink, run_jobs, client, owner
):
    """One mail a person and a mailbox; who agreed with a partner only is the partner's to write to."""
    add_signer(world, "neu", drive_id, "esi@example.org")
    # Signed twice, the first time without agreeing; a household's second name; one mailbox spelt two ways.
    add_signer(world, "neu", drive_id, "again@example.org", updates=False)
    add_signer(world, "neu", drive_id, "again@example.org")
    add_signer(world, "neu", drive_id, "esi@example.org", name="Kofi Storyborn")
    add_signer(world, "neu", drive_id, "a.da@gmail.com", name="Ada")
    add_signer(world, "neu", drive_id, "ada+pledge@gmail.com", name="Ada")
    add_signer(world, "neu", drive_id, "no@example.org", updates=False)
    add_signer(world, "neu", drive_id, "pending@example.org", state="pending")
    add_signer(world, "neu", drive_id, "invalid@example.org", state="invalidated")
    # On a sheet of paper: one who gave an address and ticked the box, two who gave none.
    add_signer(world, "neu", drive_id, "paper@example.org", name="Paper One", state="witnessed")
    add_signer(world, "neu", drive_id, None, name="Paper Two", state="witnessed", updates=False)
    add_signer(world, "neu", drive_id, None, name="Paper Three", state="witnessed", updates=False)
    # Ticked Liberty's box alone, through the NEU's link: the NEU holds a row without consent, Liberty a copy with it.
    add_signer(world, "neu", drive_id, "liberty-only@example.org", updates=False)
    add_signer(world, "liberty", drive_id, "liberty-only@example.org", part=Part.SHARED)
    add_signer(world, "liberty", drive_id, "esi@example.org", part=Part.SHARED)
    mailing_id = neu.sending(drive_id)
    for _ in range(2):
        run_jobs()
        with world.app.app_context():
            jobs.sweep()
    assert recipients(smtp_sink.messages) == [
        "a.da@gmail.com", "again@example.org", "esi@example.org", "paper@example.org",
    ]  # fmt: skip
    assert neu.counts(mailing_id) == {"accepted": 4}
    assert neu.state(mailing_id) == "closed"
    with world.context("neu"):
        reach = reach_of(neu.organiser, drive_id)
    assert (reach.signers, reach.going, reach.without_consent, reach.without_email) == (8, 4, 2, 2)
    message = smtp_sink.to("esi@example.org")[0]
    assert message["From"] == "NEU campaigns <hello@organising.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = message.get_body(("plain",)).get_content()
    assert "Hello Esi," in text
    assert "NEU sends you this because you signed" in text
    signature = next(line for line in text.splitlines() if "/signature/" in line)
    assert client.get(signature.removeprefix("http://localhost")).status_code == 200
    # Nothing in the outbox says where it went.
    kept = str(owner.rows("SELECT to_jsonb(d) FROM delivery d"))
    assert "example.org" not in kept.replace("organising.example", "")
    assert "gmail" not in kept
    # Liberty's own update goes to those who agreed with Liberty, under its own consent.
    before = len(smtp_sink.messages)
    Updaters.at(world, "liberty").sending(drive_id, sender_name="Liberty")
    run_jobs()
    assert recipients(smtp_sink.messages[before:]) == ["esi@example.org", "liberty-only@example.org"]


def test_who_changes_their_mind_between_sign_off_and_claim_gets_nothing(
    world, drive_id, neu, smtp_sink, run_jobs, client, owner
):
    """Before they were written out, and after: consent, state and suppression are asked of the database at the claim."""
    add_signers(world, "neu", drive_id, 8)
    first = neu.sending(drive_id, Question(), subject="First")
    run_jobs()
    links = {str(one["To"]): stop_path(one) for one in smtp_sink.messages}
    assert len(links) == 8
    second = neu.sending(drive_id, subject="Second")
    by_address = {one.partition("<")[2].rstrip(">"): link for one, link in links.items()}
    # Signer 0 stops before anything is written out; 1 to 4 after, while the mailing is paused.
    assert client.post(by_address["signer0@example.org"]).status_code == 200
    with world.context("neu", neu.admin) as session:
        # Written out, and nothing claimed: the day's last hour is over.
        sending.pause(neu.admin, second)
        session.commit()
    expand_only(world, neu, second)
    for n in (1, 2):
        assert (
            client.post(
                by_address[f"signer{n}@example.org"], data={"List-Unsubscribe": "One-Click"}
            ).status_code
            == 200
        )
    owner.rows("UPDATE pledge SET state = 'withdrawn', ended_at = now() WHERE name = 'Esi Number3'")
    owner.rows("UPDATE pledge SET state = 'invalidated' WHERE name = 'Esi Number4'")
    with world.context("neu", neu.admin) as session:
        sending.resume(neu.admin, second)
        session.commit()
    sent = len(smtp_sink.messages)
    run_jobs()
    assert recipients(smtp_sink.messages[sent:]) == [f"signer{n}@example.org" for n in (5, 6, 7)]
    assert neu.counts(second) == {"accepted": 3, "suppressed": 5}
    said = dict(owner.rows("SELECT last_reply, count(*) FROM delivery WHERE state = 'suppressed' GROUP BY 1"))
    assert said == {"asked for no more updates": 2, "withdrew their signature": 2}
    # Suppression outlives the signature, and agreeing anew is heard.
    owner.rows("UPDATE pledge SET state = 'erased', ended_at = now() WHERE name = 'Esi Number1'")
    assert owner.rows("SELECT count(*) FROM suppression WHERE reason = 'unsubscribed'") == [(3,)]
    # A row that carries an older agreement over, as an import might: still nothing.
    stale = add_signer(world, "neu", drive_id, "signer1@example.org", name="Esi Number1")
    owner.rows("UPDATE pledge_consent SET given_at = now() - interval '1 day' WHERE pledge_id = %s", stale)
    add_signer(world, "neu", drive_id, "signer2@example.org", name="Esi Number2")
    third = neu.sending(drive_id, subject="Third")
    sent = len(smtp_sink.messages)
    run_jobs()
    assert recipients(smtp_sink.messages[sent:]) == [f"signer{n}@example.org" for n in (2, 5, 6, 7)]
    assert neu.counts(third) == {"accepted": 4}
    assert neu.state(first) == "closed"


def expand_only(world, neu, mailing_id):
    """Write out a mailing to people which then is paused."""
    from organising.mailings.queries import get_own
    from organising.mailings.sources import find_source

    with world.context("neu", neu.admin) as session:
        mailing = get_own(neu.admin, mailing_id, lock=True)
        mailing.state = "sending"
        session.flush()
        find_source(mailing).expand()
        get_own(neu.admin, mailing_id, lock=True).state = "paused"
        session.commit()


def test_what_changed_since_it_was_signed_off_stops_it(world, drive_id, neu, smtp_sink, run_jobs, owner):
    add_signers(world, "neu", drive_id, 3)
    changes = (
        "UPDATE mailing SET body = body || ' More.'",
        "UPDATE mailing SET audience_count = audience_count + 1",
        'UPDATE mailing SET common = common || \'{"pledge": "Another"}\'',
        "UPDATE pledge_update SET sector = 'health'",
        "UPDATE pledge_update SET as_of = now() + interval '1 day'",
        "UPDATE pledge_update SET drive_id = drive_id, since = '2020-01-01'",
    )
    made = {change: neu.sending(drive_id) for change in changes}
    for change, mailing_id in made.items():
        owner.rows(f"{change} WHERE {'id' if 'UPDATE mailing' in change else 'mailing_id'} = %s", mailing_id)
    run_jobs()
    assert {change: neu.state(mailing_id) for change, mailing_id in made.items()} == dict.fromkeys(
        made, "paused"
    )
    assert smtp_sink.messages == []
    # Who agrees after sign-off was asked for is not among those it was signed off for.
    mailing_id = neu.approve(neu.ask(neu.draft(drive_id)))
    add_signer(world, "neu", drive_id, "late@example.org")
    neu.release(mailing_id)
    run_jobs()
    assert recipients(smtp_sink.messages) == [f"signer{n}@example.org" for n in range(3)]
    # A correction goes to those who got it and still agree, once.
    with world.context("neu", neu.organiser) as session:
        correction = drafting.write_correction(neu.organiser, mailing_id)
        correction.body = "Hello, it was the afternoon."
        correction_id = correction.id
        session.commit()
    neu.release(neu.approve(neu.ask(correction_id)))
    for _ in range(2):
        run_jobs()
        with world.app.app_context():
            jobs.sweep()
    assert recipients(smtp_sink.messages[3:]) == [f"signer{n}@example.org" for n in range(3)]


def test_an_address_that_is_gone_is_crossed_off_for_its_own_organisation_only(
    world, drive_id, neu, smtp_sink, run_jobs, owner, environment, app
):
    """Refused at the door, or come back later: no partner hears of it, and no row says which address it was."""
    for n in range(3):
        add_signer(world, "neu", drive_id, f"signer{n}@example.org", name=f"Esi Number{n}")
        add_signer(
            world, "liberty", drive_id, f"signer{n}@example.org", name=f"Esi Number{n}", part=Part.SHARED
        )
    smtp_sink.refuse = {"signer0@example.org": "550 5.1.1 <Signer0@example.org>: no such user here"}
    mailing_id = neu.sending(drive_id)
    run_jobs()
    assert neu.counts(mailing_id) == {"accepted": 2, "failed": 1}
    ((reply,),) = owner.rows("SELECT last_reply FROM delivery WHERE state = 'failed'")
    assert reply == "5.1.1 <the address>: no such user here"
    smtp_sink.refuse = {}
    bounce(world, neu, owner, "signer1@example.org", app)
    assert neu.counts(mailing_id) == {"accepted": 1, "failed": 1, "bounced": 1}
    assert owner.rows("SELECT organisation_id, reason, count(*) FROM suppression GROUP BY 1, 2") == [
        (world.organisations["neu"], "bounced", 2)
    ]
    assert "signer1" not in str(owner.rows("SELECT to_jsonb(d) FROM delivery d"))
    sent = len(smtp_sink.messages)
    neu.sending(drive_id)
    run_jobs()
    assert recipients(smtp_sink.messages[sent:]) == ["signer2@example.org"]
    sent = len(smtp_sink.messages)
    Updaters.at(world, "liberty").sending(drive_id)
    run_jobs()
    assert recipients(smtp_sink.messages[sent:]) == [f"signer{n}@example.org" for n in range(3)]


def bounce(world, neu, owner, address, app):
    """A report comes back to the return path of the message that this address got."""
    ((delivery_id, message_id),) = owner.rows(
        "SELECT d.id, d.message_id FROM delivery d JOIN pledge p ON p.id = d.pledge_id WHERE p.name = 'Esi Number1' "
        "AND d.organisation_id = %s ORDER BY d.created_at DESC LIMIT 1",
        world.organisations["neu"],
    )
    raw = (
        f"From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\nI could not deliver to <{address}>: user unknown\n"
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{address}>: user unknown\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\n\n--b--\n"
    ).encode()
    with app.app_context():
        to = return_paths.bounce_address(world.organisations["neu"], delivery_id)
        kept = incoming.receive(raw, to, "")
    assert kept is not None
    for _ in range(2):
        with world.context("neu") as session:
            incoming.read_incoming(Actor.system(world.organisations["neu"], "NEU", world.campaign), kept.id)
            session.commit()


def test_limits_of_a_domain_and_an_address_hold_and_nobody_is_skipped(
    world, drive_id, neu, smtp_sink, run_jobs, monkeypatch
):
    add_signers(world, "neu", drive_id, 6)
    add_signer(world, "neu", drive_id, "other@elsewhere.example", name="Ada")
    # A limit of so many for one representative is about nobody here.
    monkeypatch.setattr(
        limits,
        "limits",
        lambda: {"domain": Rate(4, 3600.0), "address": Rate(1, 3600.0), "representative": Rate(1, 3600.0)},
    )
    mailing_id = neu.sending(drive_id)
    run_jobs()
    assert neu.counts(mailing_id) == {"accepted": 5, "queued": 2}
    assert len(smtp_sink.to("@elsewhere.example")) == 1


@pytest.mark.parametrize("stop_at", [("DOT", 28), pytest.param(("MAIL", 21), marks=pytest.mark.slow)])
def test_killed_while_it_leaves_nobody_gets_it_twice(
    app, world, drive_id, neu, smtp_sink, environment, owner, run_jobs, stop_at
):
    add_signers(world, "neu", drive_id, 40)
    mailing_id = neu.sending(drive_id)
    with app.app_context():
        db.engine.dispose()
    smtp_sink.stop_at = stop_at
    worker = WorkerProcess(environment, lease_seconds=1.2)
    try:
        assert smtp_sink.reached.wait(30)
    finally:
        worker.kill()
    smtp_sink.stop_at = None
    smtp_sink.go_on.set()
    finish(app, world, owner, run_jobs)
    counts = neu.counts(mailing_id)
    assert set(counts) <= {"accepted", "uncertain"}
    assert counts.get("uncertain", 0) <= LANES
    with world.context("neu", neu.admin) as session:
        settling.settle_from_log(neu.admin, mailing_id, smtp_sink.accepted_ids(), complete=True)
        session.commit()
        absent = session.query(Delivery.id).where(Delivery.absence.is_not(None)).all()
        if absent:
            settling.send_again(neu.admin, mailing_id, [one.id for one in absent])
            session.commit()
    finish(app, world, owner, run_jobs)
    assert neu.counts(mailing_id) == {"accepted": 40}
    assert recipients(smtp_sink.messages) == sorted(f"signer{n}@example.org" for n in range(40))


def finish(app, world, owner, run_jobs):
    """Let the leases of the dead run out, sweep, and work until nothing is left to send."""

    def leases():
        with world.context("neu") as session:
            return session.query(Delivery).where(Delivery.lease_until > now()).count()

    for _ in range(4):
        assert eventually(lambda: not leases())
        with app.app_context():
            jobs.sweep()
            db.engine.dispose()
        run_jobs()
        busy = "SELECT count(*) FROM delivery WHERE state IN ('queued', 'deferred', 'leased', 'committed')"
        if owner.rows(busy) == [(0,)]:
            return
        time.sleep(0)
