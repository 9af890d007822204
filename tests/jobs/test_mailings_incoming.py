"""What comes back takes effect on the message it is about, and on no other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from organising.mailings.incoming import jobs as incoming_jobs
from organising.mailings.models import Delivery, IncomingMessage, Mailing
from organising.mailings.services import incoming
from organising.platform.clock import now
from organising.platform.db import db
from organising.platform.migrations import downgrade, maintenance, upgrade
from organising.platform.tenancy import Context, use_context
from organising.representatives.models import ContactPoint
from tests.support.databases import Databases
from tests.support.incoming import SAMPLES, Sent, answer, sample, send_all
from tests.support.mail import Sink
from tests.support.mailings import Campaigners, seat_members
from tests.support.world import World
from tests.unit.mailings.test_incoming import AUTOMATIC, BOUNCES, DELAYS, HUMAN, OTHERS, RECEIPTS, TRIAGE

MEMBERS = 4
# Genuine bounces, but not of ours: they name another recipient or return another message.
NOT_OURS = {
    "report-of-another-recipient": "other_recipient",
    "report-of-a-forward": "other_recipient",
    "report-of-two": "other_recipient",
    "report-of-another-message": "other_message",
}
OWN = ("own-mail-looped-back",)


@pytest.fixture
def people(app: Flask, world: World) -> Campaigners:
    seat_members(app, MEMBERS)
    return Campaigners.at(world)


@pytest.fixture
def sent(world: World, people: Campaigners) -> Sent:
    return send_all(world, people)


def crossed_off(world: World) -> list[str]:
    with world.context("praxis") as session:
        return list(session.scalars(select(ContactPoint.email).where(ContactPoint.bounced_at.is_not(None))))


def expected(name: str) -> tuple[str, str, list[str]]:
    """State of the row, state of the message it came for, addresses crossed off."""
    if name in NOT_OURS or name in TRIAGE or name in OWN or name in HUMAN or name in OTHERS:
        return "triage", "accepted", []
    if name in BOUNCES:
        hard = BOUNCES[name][0] == "hard"
        return "settled", "bounced", ["member0001@parliament.example"] if hard else []
    assert name in (*DELAYS, *RECEIPTS, *AUTOMATIC)
    return "settled", "accepted", []


def test_every_sample_to_its_class_or_to_a_person_and_none_misattributed(world: World, sent: Sent) -> None:
    """Each comes to the return path of Member 0001; what it does to the three others is counted."""
    misattributed, wrong, judged = [], [], 0
    for path in sorted(SAMPLES.glob("*.eml")):
        by_server = path.stem in (*BOUNCES, *DELAYS) or path.stem.startswith(("report", "bounce"))
        to, sender = (sent.bounce_address(1), "") if by_server else (sent.reply_address(1), "a@b.example")
        record = sent.take(path.read_bytes(), to, sender)
        states = sent.states()
        got = (record["state"], states.pop("member0001"), crossed_off(world))
        if got != expected(path.stem):
            wrong.append((path.stem, got))
        if set(states.values()) != {"accepted"} or set(crossed_off(world)) - {
            "member0001@parliament.example"
        }:
            misattributed.append((path.stem, states, crossed_off(world)))
        assert sum(sent.people.counts(sent.mailing_id).values()) == MEMBERS
        assert record["raw"] is None
        assert set(sent.fences()) == {(3, 1)}
        judged += 1
        forget(world)
        sent.put(1, "accepted")
    assert (misattributed, wrong) == ([], [])
    assert judged >= 70


def forget(world: World) -> None:
    """Begin again: no address crossed off, nothing come back."""
    with world.app.app_context(), use_context(Context(purpose="import")) as session:
        session.execute(text("UPDATE contact_point SET bounced_at = NULL"))
        session.commit()
    with world.context("neu") as session:
        session.execute(text("DELETE FROM incoming_message"))
        session.commit()


def test_a_hard_bounce_is_crossed_off_for_all_partners_and_counts_still_add_up(
    world: World, sent: Sent
) -> None:
    record = sent.take(sample("postfix-no-such-user"), sent.bounce_address(1), "")
    assert (record["reply_class"], record["severity"], record["status"]) == ("bounce", "hard", "5.1.1")
    assert sent.people.counts(sent.mailing_id) == {"accepted": 3, "bounced": 1}
    assert crossed_off(world) == ["member0001@parliament.example"]
    page = world.browser(sent.people.admin).get(f"/mailings/{sent.mailing_id}/recipients?state=bounced").text
    assert "came back: 5.1.1" in page


@pytest.mark.parametrize("mangle", ["mac", "kind", "organisation", "row", "domain", "nothing"])
def test_a_forged_return_path_changes_nothing(world: World, sent: Sent, mangle: str) -> None:
    genuine = sent.bounce_address(1)
    other = sent.bounce_address(2)
    forged = {
        "mac": genuine.replace(genuine[45:50], "aaaaa"),
        "kind": "r" + genuine[1:],
        "organisation": genuine[:2] + "aaaaaaa" + genuine[9:],
        # The row of one with the MAC of another.
        "row": genuine[:34] + other[34:],
        "domain": genuine.replace("@organising.example", "@elsewhere.example"),
        "nothing": "postmaster@organising.example",
    }[mangle]
    assert forged not in (genuine, other)
    assert sent.receive(sample("postfix-no-such-user"), forged, "") is None
    with world.context("neu") as session:
        assert session.scalars(select(IncomingMessage)).all() == []
    assert set(sent.states().values()) == {"accepted"}
    assert crossed_off(world) == []


def test_a_bounce_to_the_address_for_answers_is_left_to_a_person(world: World, sent: Sent) -> None:
    record = sent.take(sample("postfix-no-such-user"), sent.reply_address(1))
    assert (record["state"], record["why"]) == ("triage", "unproven")
    assert set(sent.states().values()) == {"accepted"}
    assert crossed_off(world) == []


def test_the_same_message_twice_is_kept_once(world: World, sent: Sent) -> None:
    raw = answer("I support it.")
    first = sent.receive(raw, sent.reply_address(1))
    again = sent.receive(b"Received: by another way\r\n" + raw, sent.reply_address(1).upper())
    assert first is not None
    assert again is not None
    assert (first.is_new, again.is_new, first.id) == (True, False, again.id)
    sent.read(first)
    late = sent.receive(raw, sent.reply_address(1))
    assert late is not None
    assert not late.is_new
    # To another's address, or with other words, it is another message.
    for other in (
        sent.receive(raw, sent.reply_address(2)),
        sent.receive(answer("No."), sent.reply_address(1)),
    ):
        assert other is not None
        assert other.is_new


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        ("uncertain", "postfix-no-such-user", "bounced"),
        ("held", "postfix-no-such-user", "bounced"),
        ("uncertain", "report-delivered", "accepted"),
        ("held", "exchange-out-of-office", "accepted"),
        ("uncertain", "human-support", "accepted"),
        ("uncertain", "human-unclear", "uncertain"),
        ("uncertain", "report-of-two", "uncertain"),
        ("uncertain", "postfix-delayed", "uncertain"),
        ("failed", "postfix-no-such-user", "failed"),
        ("cancelled", "postfix-no-such-user", "cancelled"),
        ("suppressed", "human-support", "suppressed"),
        ("queued", "postfix-no-such-user", "queued"),
        ("deferred", "exchange-out-of-office", "deferred"),
        ("replied", "postfix-no-such-user", "replied"),
    ],
)
def test_from_which_state_to_which(sent: Sent, before: str, name: str, after: str) -> None:
    sent.put(1, before)
    sent.take(sample(name), sent.bounce_address(1))
    assert sent.states()["member0001"] == after
    assert sum(sent.people.counts(sent.mailing_id).values()) == MEMBERS
    assert set(sent.fences()) == {(3, 1)}


@pytest.mark.parametrize("state", ["leased", "committed"])
@pytest.mark.parametrize("name", ["postfix-no-such-user", "exchange-out-of-office", "human-support"])
def test_what_a_runner_holds_is_left_alone_until_it_is_decided(
    world: World, sent: Sent, state: str, name: str
) -> None:
    sent.put(1, state)
    kept = sent.receive(sample(name), sent.bounce_address(1))
    assert kept is not None
    sent.read(kept)
    assert sent.states()["member0001"] == state
    assert set(sent.fences()) == {(3, 1)}
    record = sent.record(kept)
    assert record["state"] == "received"
    assert record["raw"]
    sent.put(1, "accepted")
    with time_machine.travel(now() + timedelta(minutes=2), tick=True), world.app.app_context():
        incoming_jobs.read_waiting()
        incoming_jobs.read_waiting()
    assert sent.record(kept)["state"] != "received"
    assert sent.states()["member0001"] == ("bounced" if name.startswith("postfix") else "accepted")


def test_evidence_settles_the_last_uncertain_one_and_closes_the_mailing(world: World, sent: Sent) -> None:
    sent.put(1, "uncertain")
    with world.context("neu") as session:
        session.execute(text("UPDATE mailing SET state = 'sent'"))
        session.commit()
    sent.take(sample("exchange-out-of-office"), sent.reply_address(1))
    assert sent.people.state(sent.mailing_id) == "closed"
    assert sent.people.counts(sent.mailing_id) == {"accepted": MEMBERS}


@pytest.mark.parametrize(("name", "words"), [("postfix-policy", "5.7.1"), ("postfix-no-such-user", "of 24")])
def test_bounces_stop_a_mailing_that_still_leaves(app: Flask, world: World, name: str, words: str) -> None:
    seat_members(app, 24)
    people = Campaigners.at(world)
    sent = send_all(world, people)
    with world.context("neu") as session:
        session.execute(text("UPDATE mailing SET state = 'sending', finished_at = NULL, expanded_at = NULL"))
        session.commit()
    sent.take(sample(name), sent.bounce_address(1), "")
    for number in (2, 3):
        raw = (
            sample(name)
            .replace(b"member0001", b"member%04d" % number)
            .replace(b"Message-ID: <1111", b"X-I: <1")
        )
        sent.take(raw, sent.bounce_address(number), "")
    assert people.state(sent.mailing_id) == "paused"
    with world.context("neu") as session:
        assert words in (session.scalars(select(Mailing.stopped_because)).one() or "")
    assert len(crossed_off(world)) == (0 if name == "postfix-policy" else 3)


def test_an_answer_is_found_by_the_letter_it_names_and_a_bounce_is_not(world: World, sent: Sent) -> None:
    with world.app.app_context():
        kept = incoming.receive_answer(sample("human-support"))
        assert kept is not None
        assert incoming.receive_answer(sample("human-oppose-html-base64")) is None
        bounce = incoming.receive_answer(sample("exchange-online-5110"))
        # Our own letter, lying in the same mailbox, answers nothing.
        assert incoming.receive_answer(sample("own-mail-looped-back")) is None
    assert bounce is not None
    for one in (kept, bounce):
        sent.read(one)
    assert sent.record(kept)["delivery_id"] == sent.id(1)
    assert sent.record(kept)["proposed"] == "substantive_support"
    assert sent.record(bounce)["why"] == "unproven"
    assert set(sent.states().values()) == {"accepted"}
    assert crossed_off(world) == []


def test_the_doorbell_reads_it_on_a_real_queue(app: Flask, sent: Sent, run_jobs: Callable[[], None]) -> None:
    kept = sent.receive(answer("I support it."), sent.reply_address(2))
    assert kept is not None
    run_jobs()
    record = sent.record(kept)
    assert (record["state"], record["proposed"], record["raw"]) == ("triage", "substantive_support", None)
    assert record["body"] == "I support it."


def test_words_of_casework_go_after_seven_days(world: World, sent: Sent) -> None:
    kept = sent.receive(sample("human-casework"), sent.reply_address(1))
    other = sent.receive(sample("human-support"), sent.reply_address(2))
    assert kept is not None
    assert other is not None
    sent.read(kept)
    sent.read(other)
    for days, words in ((6, True), (8, False)):
        with time_machine.travel(now() + timedelta(days=days), tick=True), world.app.app_context():
            incoming_jobs.erase_due()
            incoming_jobs.erase_due()
        record = sent.record(kept)
        assert [bool(record[name]) for name in ("body", "subject", "sender")] == [words] * 3
    assert sent.record(other)["body"]
    with world.context("neu") as session:
        row = session.scalars(select(IncomingMessage).where(IncomingMessage.id == kept.id)).one()
        assert [row.body_cipher, row.subject_cipher, row.sender_cipher, row.raw_cipher] == [None] * 4


def test_a_message_whose_own_message_is_gone_waits_for_a_person(world: World, sent: Sent) -> None:
    address = sent.bounce_address(1)
    with world.context("neu") as session:
        session.execute(text("DELETE FROM delivery"))
        session.commit()
    record = sent.take(sample("postfix-no-such-user"), address, "")
    assert (record["state"], record["why"], record["delivery_id"]) == ("triage", "unproven", None)
    assert crossed_off(world) == []


def test_nothing_of_it_stands_in_clear_and_no_partner_reads_it(world: World, sent: Sent) -> None:
    canary = "Zitronenfalter"
    kept = sent.receive(answer(f"I support it. {canary}", subject=canary), sent.reply_address(1))
    assert kept is not None
    with world.context("neu") as session:
        before = " ".join(session.scalars(text("SELECT m::text FROM incoming_message m")))
    sent.read(kept)
    with world.context("neu") as session:
        after = " ".join(session.scalars(text("SELECT m::text FROM incoming_message m")))
        logged = " ".join(session.scalars(text("SELECT e::text FROM audit_event e")))
    code = canary.encode().hex()
    assert canary not in before + after + logged
    assert code not in before + after
    for slug in ("liberty", "praxis"):
        with world.context(slug):
            assert db.session.scalar(text("SELECT count(*) FROM incoming_message")) == 0


def test_the_longest_message_is_kept_to_its_first_512_kilobytes(world: World, sent: Sent) -> None:
    raw = answer("I support it.\n" + "x" * 3_000_000)
    kept = sent.receive(raw, sent.reply_address(1))
    assert kept is not None
    with world.context("neu") as session:
        row = session.scalars(select(IncomingMessage)).one()
        assert (row.size, len(row.raw or "")) == (len(raw), 512 * 1024)
    sent.read(kept)
    assert len(str(sent.record(kept)["body"])) <= 20_000


@pytest.mark.parametrize("takes_returns", [True, False])
def test_each_message_leaves_with_its_own_return_path_where_its_domain_comes_back_here(
    app: Flask, people: Campaigners, smtp_sink: Sink, run_jobs: Callable[[], None], takes_returns: bool
) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], takes_returns=takes_returns)
    mailing_id = people.sending()
    run_jobs()
    assert people.counts(mailing_id) == {"accepted": MEMBERS}
    with people.world.context("neu") as session:
        ids = {one.address: one.id for one in session.scalars(select(Delivery))}
    with app.app_context():
        for sender, recipient in smtp_sink.envelopes:
            whose = incoming.whose(sender)
            assert (whose.row_id if whose else None) == (ids[recipient] if takes_returns else None)
    assert all(message["Reply-To"] == "campaigns@neu.example" for message in smtp_sink.messages)


def test_down_and_up_again_with_rows(
    world: World, sent: Sent, databases: Databases, environment: dict[str, str]
) -> None:
    sent.take(sample("postfix-no-such-user"), sent.bounce_address(1), "")
    sent.put(2, "replied")
    owner = databases.owner_of(environment["DATABASE_URL"])
    downgrade(owner, "0026_mailing_texts")
    with maintenance(owner) as connection:
        states = connection.scalars(text("SELECT state FROM delivery ORDER BY place")).all()
    assert states == ["failed", "accepted", "accepted", "accepted"]
    upgrade(owner, bytes(range(32)))
    assert sum(sent.people.counts(sent.mailing_id).values()) == MEMBERS


def test_nothing_is_kept_of_what_a_constituents_letter_brings_back(world: World, sent: Sent) -> None:
    """It may quote the letter, which nobody here reads."""
    with world.context("neu") as session:
        session.execute(
            text("UPDATE delivery SET letter_id = gen_random_uuid(), choice_id = NULL WHERE id = :id"),
            {"id": sent.id(1)},
        )
        session.commit()
    kept = sent.take(answer("> I have no papers\n\nThank you for your letter."), sent.reply_address(1))
    assert (kept["body"], kept["subject"], kept["raw"]) == (None, None, None)
    other = sent.take(
        answer("Thank you for your letter.", message_id="<a2@p.example>"), sent.reply_address(2)
    )
    assert other["body"] == "Thank you for your letter."
