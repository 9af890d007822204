"""A name never stands under words that its signer has not seen: sign-offs and edits race in connections of their own."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from sqlalchemy import text

from organising.platform.errors import DomainError
from organising.platform.tenancy import Context, use_context
from organising.statements.queries import get_statement
from organising.statements.services import drafting, signing, steps
from organising.statements.services.drafting import Text
from organising.statements.services.signing import Name, NotTheText
from tests.support.statements import BODY, HEADLINE, Desk

ROUNDS = 24


@pytest.fixture
def desk(world):
    return Desk.at(world)


def within(desk, actor, act):
    """Run in a connection of its own, in a thread of its own."""
    with (
        desk.world.app.app_context(),
        use_context(Context(organisation_id=actor.organisation_id, user_id=actor.user_id)) as session,
    ):
        return act(session)


def sign_offs(desk, statement_id):
    """Every answer with the hash it was given to, whether it is void, and when that was written; with where the text stands."""
    return within(
        desk, desk.neu,
        lambda session: session.execute(
            text(
                "SELECT o.digest, o.voided_at, t.locked_hash, t.state FROM statement_sign_off o "
                "JOIN statement t ON t.id = o.statement_id WHERE o.statement_id = :s"
            ),
            {"s": statement_id},
        ).all(),
    )  # fmt: skip


def edited(number):
    return Text(HEADLINE, f"{BODY}\n\nLate edit {number}.")


def test_an_edit_waits_for_a_signature_in_flight_and_voids_it_in_its_own_transaction(desk):
    statement_id = desk.open_signoff("neu", "liberty")
    digest = desk.digest(desk.neu, statement_id)
    signed, may_commit = Event(), Event()

    def sign(session):
        signing.sign(desk.neu, statement_id, Name(digest, "NEU", "Sam Invented"))
        signed.set()
        may_commit.wait(10)
        session.commit()

    def edit(session):
        drafting.save_text(desk.coordinator, statement_id, edited(1), 1)
        # Before this transaction commits, the signature is void within it, and the statement open.
        void = session.execute(
            text("SELECT count(*) FROM statement_sign_off WHERE statement_id = :s AND voided_at IS NOT NULL"),
            {"s": statement_id},
        ).scalar()
        session.commit()
        return void

    with ThreadPoolExecutor(2) as pool:
        signing_now = pool.submit(within, desk, desk.neu, sign)
        assert signed.wait(10)
        editing = pool.submit(within, desk, desk.coordinator, edit)
        sleep(0.5)
        assert not editing.done(), "the edit waits for whoever is signing"
        may_commit.set()
        signing_now.result(10)
        assert editing.result(10) == 1
    [row] = sign_offs(desk, statement_id)
    assert row.voided_at is not None
    assert row.state == "consultation"
    assert row.locked_hash is None


def test_a_signature_that_comes_during_an_edit_is_refused(desk):
    statement_id = desk.open_signoff("neu", "liberty")
    digest = desk.digest(desk.neu, statement_id)
    edited_now, may_commit = Event(), Event()

    def edit(session):
        drafting.save_text(desk.coordinator, statement_id, edited(1), 1)
        edited_now.set()
        may_commit.wait(10)
        session.commit()

    def sign(session):
        signing.sign(desk.neu, statement_id, Name(digest, "NEU", "Sam Invented"))
        session.commit()

    with ThreadPoolExecutor(2) as pool:
        editing = pool.submit(within, desk, desk.coordinator, edit)
        assert edited_now.wait(10)
        late = pool.submit(within, desk, desk.neu, sign)
        sleep(0.5)
        assert not late.done(), "the signature waits for the edit"
        may_commit.set()
        editing.result(10)
        with pytest.raises(NotTheText):
            late.result(10)
    assert sign_offs(desk, statement_id) == []


def test_an_edit_that_is_rolled_back_voids_nothing(desk):
    statement_id = desk.open_signoff("neu", "liberty")
    desk.sign(desk.neu, statement_id)

    def edit(session):
        drafting.save_text(desk.coordinator, statement_id, edited(1), 1)
        session.rollback()

    within(desk, desk.coordinator, edit)
    [row] = sign_offs(desk, statement_id)
    assert row.voided_at is None
    assert (row.state, row.digest) == ("signoff_open", row.locked_hash)


def test_races_of_edits_and_signatures_leave_no_name_under_unseen_words(desk):
    """Rounds of a text that stands, two signers and an edit that all press at once, with what came of each."""
    chance = random.Random(7)
    statement_id = desk.open_signoff("neu", "liberty")
    outcomes = {"signed": 0, "refused": 0, "voided": 0}

    def sign(actor, digest, wait):
        sleep(wait)
        try:
            desk.sign(actor, statement_id, digest=digest)
        except DomainError:
            return "refused"
        return "signed"

    def edit(number, wait):
        sleep(wait)
        desk.do(desk.coordinator, drafting.save_text, statement_id, edited(number), number)

    with ThreadPoolExecutor(3) as pool:
        for number in range(1, ROUNDS + 1):
            digest = desk.digest(desk.neu, statement_id)
            answers = [
                pool.submit(sign, who, digest, chance.random() / 20) for who in (desk.neu, desk.deputy)
            ]
            editing = pool.submit(edit, number, chance.random() / 20)
            editing.result(20)
            for answer in answers:
                outcomes[answer.result(20)] += 1
            rows = sign_offs(desk, statement_id)
            standing = [row for row in rows if row.voided_at is None]
            assert all(row.digest == row.locked_hash for row in standing), (number, standing)
            assert standing == [], "the text is open again, so that no name stands under it"
            outcomes["voided"] = sum(row.voided_at is not None for row in rows)
            with pytest.raises(DomainError):
                desk.sign(desk.neu, statement_id, digest=digest)
            desk.lock(statement_id)
            desk.do(desk.coordinator, steps.open_signoff, statement_id)
    print(outcomes)
    assert outcomes["signed"] + outcomes["refused"] == 2 * ROUNDS
    assert outcomes["signed"]
    assert outcomes["refused"]
    # Liberty's rows are its own: of the two signers NEU reads one here, and none of them stands.
    names = within(
        desk, desk.coordinator,
        lambda session: session.execute(
            text("SELECT count(*) FROM app.statement_signatories(:s)"), {"s": get_statement(statement_id).id}
        ).scalar(),
    )  # fmt: skip
    assert names == 0
