"""The audit log's chain: whatever whoever owns the database does to a sealed row is found, and where."""

import itertools
import json
import threading
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from organising.cli import main
from organising.organisations.jobs import seal_audit_events
from organising.platform.audit_chain import seal_all
from organising.platform.clock import now
from organising.platform.keys import derive
from organising.platform.migrations import downgrade, upgrade
from organising.platform.tenancy import Context
from tests.conftest import INSTALLATION_KEY
from tests.support.audit import UNSEALED, as_owner, look, places, record_events, seal, verify, write_anew

LENGTH = 40


@pytest.fixture
def neu(world, owner):
    """NEU's forty sealed events, some together in one transaction; its id."""
    record_events(world, "neu", 10)
    record_events(world, "neu", LENGTH - 10, each_alone=True)
    record_events(world, "liberty", 3)
    seal(world, owner)
    return world.organisations["neu"]


def run(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit", *arguments], env=environment, catch_exceptions=False)


def test_what_was_sealed_is_as_sealed_and_sealing_twice_seals_once(world, owner, neu):
    chain = verify(world, "neu")
    assert (chain.sealed, chain.waiting, chain.faults) == (LENGTH, 0, [])
    assert seal(world, owner) == 0
    assert verify(world, "neu") == chain
    assert (
        verify(world, "liberty").sealed
        == 3
        + owner.rows(
            "SELECT count(*) FROM audit_event WHERE organisation_id = %s AND action <> 'test.done'",
            world.organisations["liberty"],
        )[0][0]
    )
    record_events(world, "neu", 1)
    assert verify(world, "neu").waiting == 1
    assert seal(world, owner) == 1
    longer = verify(world, "neu", chain.head)
    assert (longer.sealed, longer.found_heads) == (LENGTH + 1, {chain.head})


EDITS = (
    "action = 'test.nothing'",
    "user_id = gen_random_uuid()",
    "subject_type = 'other'",
    "subject_id = gen_random_uuid()",
    "facts = facts || '{\"number\": 1000}'",
    "created_at = created_at - interval '1 microsecond'",
)
# Name of the attack, the statement, and how many rows it must be found at. {n}: in the middle of what there is.
ATTACKS = {
    **{edit: f"UPDATE audit_event SET {edit} WHERE id = :id" for edit in EDITS},
    "edit the id": "UPDATE audit_event SET id = gen_random_uuid() WHERE id = :id",
    "give to another": "UPDATE audit_event SET organisation_id = :other WHERE id = :id",
    "delete": "DELETE FROM audit_event WHERE id = :id",
    "truncate after": "DELETE FROM audit_event e USING audit_seal s, audit_seal t WHERE t.id = :id "
    "AND (s.organisation_id, s.id) = (e.organisation_id, e.id) AND e.organisation_id = t.organisation_id AND s.place >= t.place",
    "edit the hash": "UPDATE audit_seal SET hash = sha256(hash) WHERE id = :id",
    "edit when sealed": "UPDATE audit_seal SET created_at = created_at - interval '1 day' WHERE id = :id",
    "move the seal": "UPDATE audit_seal SET place = 1000 + place WHERE id = :id",
    "insert beside": "INSERT INTO audit_event (organisation_id, id, action, subject_type, facts, created_at, tx) "
    "SELECT organisation_id, gen_random_uuid(), 'test.forged', subject_type, facts, created_at, tx - 1 "
    "FROM audit_event WHERE id = :id",
    "insert with a seal": "WITH made AS (INSERT INTO audit_event (organisation_id, id, action, subject_type, facts, created_at) "
    "SELECT organisation_id, gen_random_uuid(), 'test.forged', subject_type, facts, created_at FROM audit_event WHERE id = :id "
    "RETURNING *) INSERT INTO audit_seal (organisation_id, id, created_at, place, hash) "
    "SELECT made.organisation_id, made.id, now(), (SELECT max(place) + 1 FROM audit_seal WHERE organisation_id = made.organisation_id), "
    "sha256('made up') FROM made",
}  # fmt: skip


def test_every_row_that_was_touched_is_found(world, owner, neu):
    ids, liberty = places(owner, neu), world.organisations["liberty"]
    assert len(ids) == LENGTH
    with as_owner(owner) as connection:
        for attack, statement in ATTACKS.items():
            for place, event_id in enumerate(ids, 1):
                values = {"id": event_id} | ({"other": liberty} if ":other" in statement else {})
                with connection.begin_nested() as attempt:
                    assert connection.execute(text(statement), values).rowcount > 0
                    faults = look(connection, neu).faults
                    attempt.rollback()
                assert faults, (attack, place)
                if attack in EDITS:
                    # At its own row, and at no other than the one that builds on it.
                    assert faults[0].place == place, attack
                    assert {fault.place for fault in faults} <= {place, place + 1}, attack
                if attack == "truncate after":
                    assert len(faults) == LENGTH + 1 - place
        assert look(connection, neu).faults == []


def test_swapped_rows_are_found(owner, neu):
    pair = "(:first, :second)"
    swaps = (
        "UPDATE audit_event a SET facts = b.facts FROM audit_event b "
        "WHERE (a.id, b.id) IN ((:first, :second), (:second, :first))",
        f"UPDATE audit_seal SET place = place + 5000 WHERE id IN {pair}; "
        f"UPDATE audit_seal a SET place = b.place - 5000 FROM audit_seal b WHERE a.id IN {pair} AND b.id IN {pair} AND a.id <> b.id",
    )
    with as_owner(owner) as connection:
        for first, second in itertools.pairwise(places(owner, neu)):
            for swap in swaps:
                with connection.begin_nested() as attempt:
                    for statement in swap.split("; "):
                        values = {"first": first, "second": second}
                        assert connection.execute(text(statement), values).rowcount == 2
                    chain = look(connection, neu)
                    attempt.rollback()
                assert chain.sealed == LENGTH
                assert {fault.kind for fault in chain.faults} == {"changed"}


def test_a_tail_cut_off_with_its_seals_is_found_by_every_head_kept(world, owner, neu):
    heads = [
        row[0].hex()
        for row in owner.rows("SELECT hash FROM audit_seal WHERE organisation_id = %s ORDER BY place", neu)
    ]
    with as_owner(owner) as connection:
        for cut in range(LENGTH, 0, -1):
            for table in ("audit_event", "audit_seal"):
                connection.execute(
                    text(
                        f"DELETE FROM {table} WHERE organisation_id = :o AND id IN "
                        "(SELECT id FROM audit_seal WHERE organisation_id = :o AND place >= :cut)"
                    ),
                    {"o": neu, "cut": cut},
                )
            chain = look(connection, neu, *heads)
            assert chain.faults == []
            assert chain.found_heads == set(heads[: cut - 1])


def test_a_chain_written_anew_is_found_by_the_head_kept(owner, world, neu):
    head = verify(world, "neu").head
    with as_owner(owner) as connection:
        connection.execute(
            text("UPDATE audit_event SET action = 'test.nothing' WHERE id = :id"),
            {"id": places(owner, neu)[20]},
        )
        write_anew(connection, neu, now())
        chain = look(connection, neu, head)
        assert (chain.sealed, chain.faults, chain.found_heads) == (LENGTH, [], set())


def test_an_event_of_last_week_put_in_today_is_found_sealed_or_not(world, owner, neu):
    with as_owner(owner) as connection:
        connection.execute(
            text(
                "UPDATE audit_event SET created_at = created_at - interval '2 days' WHERE organisation_id = :o"
            ),
            {"o": neu},
        )
        write_anew(connection, neu, now() - timedelta(days=2))
        assert look(connection, neu).faults == []
        connection.commit()
    with as_owner(owner) as connection:
        connection.execute(
            text(
                "INSERT INTO audit_event (organisation_id, id, action, subject_type, created_at) "
                "VALUES (:o, :id, 'test.forged', 'test', now() - interval '7 days')"
            ),
            {"o": neu, "id": uuid4()},
        )
        connection.commit()
    assert [fault.kind for fault in verify(world, "neu").faults] == ["inserted"]
    seal(world, owner)
    assert [(fault.kind, fault.place) for fault in verify(world, "neu").faults] == [("backdated", LENGTH + 1)]


def test_an_earlier_transaction_that_commits_later_is_neither_skipped_nor_put_before(world, owner, neu):
    with as_owner(owner) as slow:
        slow.execute(
            text(
                "INSERT INTO audit_event (organisation_id, id, action, subject_type) VALUES (:o, :id, 'test.slow', 'test')"
            ),
            {"o": neu, "id": uuid4()},
        )
        record_events(world, "neu", 2, action="test.quick")
        with world.app.app_context():
            assert seal_all() == 0, "what began later waits for what began before"
        chain = verify(world, "neu")
        assert (chain.waiting, chain.faults) == (2, [])
        slow.commit()
    assert seal(world, owner) == 3
    chain = verify(world, "neu")
    assert (chain.sealed, chain.waiting, chain.faults) == (LENGTH + 3, 0, [])
    last = "SELECT action FROM audit_event e JOIN audit_seal s USING (organisation_id, id) WHERE organisation_id = %s ORDER BY place DESC LIMIT 3"
    assert [row[0] for row in owner.rows(last, neu)] == ["test.quick", "test.quick", "test.slow"]


def test_many_sealers_at_once_make_one_chain(world, owner, neu):
    errors: list[BaseException] = []

    def work():
        try:
            for _ in range(10):
                with world.app.app_context():
                    seal_audit_events()
        except BaseException as error:
            errors.append(error)

    sealers = [threading.Thread(target=work) for _ in range(3)]
    for one in sealers:
        one.start()
    record_events(world, "neu", 60, each_alone=True)
    for one in sealers:
        one.join()
    seal(world, owner)
    assert errors == []
    chain = verify(world, "neu")
    assert (chain.sealed, chain.waiting, chain.faults) == (LENGTH + 60, 0, [])


def test_after_a_restore_with_a_younger_counter_sealing_goes_on(world, owner, neu):
    with as_owner(owner) as connection:
        connection.execute(text("UPDATE audit_event SET tx = tx + 1000000000000"))
        connection.execute(
            text(
                "INSERT INTO audit_event (organisation_id, id, action, subject_type, tx) "
                "VALUES (:o, :id, 'test.waited', 'test', 1000000001000)"
            ),
            {"o": neu, "id": uuid4()},
        )
        connection.commit()
    assert seal(world, owner) == 1
    for _ in range(3):
        record_events(world, "neu", 2, each_alone=True)
        assert seal(world, owner) == 2
    chain = verify(world, "neu")
    assert (chain.sealed, chain.waiting, chain.faults) == (LENGTH + 7, 0, [])


def test_the_running_product_reads_its_own_seals_and_writes_none(world, neu, raw_login):
    connection = raw_login()
    key = derive(INSTALLATION_KEY, "context")

    def enter(slug: str) -> None:
        connection.rollback()
        context = Context(organisation_id=world.organisations[slug]).sign(key)
        connection.execute(
            "SELECT set_config('role', 'organising_runtime', true), set_config('app.context', %s, true)",
            (context,),
        )

    for statement in (
        "INSERT INTO audit_seal (organisation_id, id, place, hash) SELECT organisation_id, gen_random_uuid(), 99, hash FROM audit_seal",
        "UPDATE audit_seal SET place = place + 1",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
        "INSERT INTO audit_event (organisation_id, id, action, subject_type, tx) VALUES (app.org(), gen_random_uuid(), 'x', 'y', 0)",
    ):
        enter("neu")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
    enter("neu")
    assert connection.execute("SELECT count(*) FROM audit_seal").fetchone() == (LENGTH,)
    enter("praxis")
    assert connection.execute(
        "SELECT count(*) FROM audit_seal WHERE organisation_id = %s", (neu,)
    ).fetchone() == (0,)


def test_the_command_tells_what_it_found_and_ends_with_one(environment, owner, world, neu, tmp_path: Path):
    printed = run(environment, "head")
    lines = [line.split() for line in printed.stdout.splitlines()]
    assert (printed.exit_code, [line[0] for line in lines]) == (0, sorted(line[0] for line in lines))
    line = next(line for line in lines if line[0] == "neu")
    assert line[1] == str(LENGTH)
    kept = tmp_path / "heads.txt"
    kept.write_text(printed.stdout)
    fine = run(environment, "verify", "--heads", str(kept))
    assert (fine.exit_code, f"neu: {LENGTH} events sealed, 0 waiting: as sealed." in fine.stdout) == (0, True)
    assert "No kept head" not in fine.stdout
    assert "No kept head" in run(environment, "verify").stdout
    seventh = places(owner, neu)[6]
    owner.rows("DELETE FROM audit_event WHERE id = %s", seventh)
    found = run(environment, "verify", "--organisation", "neu", "--json")
    assert found.exit_code == 1
    (only,) = json.loads(found.stdout)["organisations"]
    assert [(one["kind"], one["place"], one["event"]) for one in only["faults"]] == [
        ("deleted", 7, str(seventh))
    ]
    assert "deleted, place 7" in run(environment, "verify").stdout
    assert run(environment, "verify", "--organisation", "liberty").exit_code == 0
    owner.rows("DELETE FROM audit_event WHERE organisation_id = %s", neu)
    owner.rows("DELETE FROM audit_seal WHERE organisation_id = %s", neu)
    gone = run(environment, "verify", "--head", line[2])
    assert (gone.exit_code, line[2] in gone.stdout) == (1, True)
    assert run(environment, "verify", "--organisation", "nobody").exit_code == 2
    assert run(environment, "verify", "--head", "abc").exit_code == 2


def test_down_and_up_again_with_events_seals_them_all(world, owner, neu, databases, environment):
    url = databases.owner_of(environment["DATABASE_URL"])
    before = owner.rows("SELECT id, action, facts, created_at FROM audit_event ORDER BY id")
    downgrade(url, "0053b_contact_imports")
    record_events_of_then(owner, neu)
    upgrade(url, INSTALLATION_KEY)
    assert owner.rows(UNSEALED) == [(len(before) + 1,)]
    assert seal(world, owner) == len(before) + 1
    chain = verify(world, "neu")
    assert (chain.sealed, chain.faults) == (LENGTH + 1, [])
    assert (
        owner.rows(
            "SELECT id, action, facts, created_at FROM audit_event WHERE action <> 'test.then' ORDER BY id"
        )
        == before
    )


def record_events_of_then(owner, organisation_id) -> None:
    owner.rows(
        "INSERT INTO audit_event (organisation_id, id, action, subject_type) VALUES (%s, %s, 'test.then', 'test')",
        organisation_id, uuid4(),
    )  # fmt: skip
