"""Somebody is planted wherever the product can hold a person, and erased: nothing of them is found, and nothing brings them back."""

import json
import logging
import os
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from redis import Redis
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from organising.app import create_app
from organising.cli import main
from organising.platform.backup.programs import access, dump_arguments
from organising.platform.clock import now, today
from organising.platform.db import db
from tests.support.contacts import draft, keep
from tests.support.databases import _open_public_schema, with_database
from tests.support.letters import Constituent, open_a_page, seat_a_member
from tests.support.paper import photograph
from tests.support.pledges import Public, open_a_drive
from tests.support.rights import asked, link_in

NAME, EMAIL, PHONE, POSTCODE = "Zyxwena Quillfeather", "zyxwena.q@planted.example", "07700 900987", "E1 4NS"
# What is sealed is nowhere in clear, not even in the log of writes; name and postcode are searched, so they are.
SEALED = (
    EMAIL, "7700900987", "Plantedstreet", "Plantedjob", "Plantedworkplace", "Plantedsource", "Plantednote",
    "Plantedevidence", "Plantedopinion", "Plantedletter", "Plantedwords", "Plantedreply", "Plantedanswer",
)  # fmt: skip
CLEAR = ("Zyxwena", "Quillfeather", "zyxwena", "quillfeather")


@pytest.fixture
def coordinator(world):
    return world.user("liberty", "coordinator")


@pytest.fixture
def planted(app, client, world, coordinator, run_jobs, smtp_sink):
    """One person in every table that holds people; answers the request that they be erased."""
    seat_a_member(app)
    drive_id = open_a_drive(world)
    Public(client, smtp_sink, run_jobs).sign_and_confirm(name=NAME, email=EMAIL)
    open_a_page(world, "liberty")
    writer = Constituent(client, smtp_sink, run_jobs)
    body = "Plantedletter: I have taught by the harbour for eleven years, and two families stopped bringing forms back."
    writer.write_and_confirm(
        "/write/liberty/safe-schools", name=NAME, email=EMAIL, street="9 Plantedstreet", body=body
    )
    _contacts(world, coordinator)
    _rest(world, coordinator, drive_id)
    client.post("/your-data/liberty", data=asked(app, "erasure", NAME, EMAIL, words="Plantedwords"))
    run_jobs()
    mine = next(one for one in smtp_sink.messages if "/your-data/" in one.get_content())
    client.post(link_in(mine))
    with world.context("liberty", coordinator) as session:
        from organising.rights.models import RightsRequest

        return session.scalars(select(RightsRequest)).one().id


def _contacts(world, actor):
    from organising.contacts.models import ConsentChannel, ConsentDecision, ConsentPurpose
    from organising.contacts.services import add_note
    from organising.contacts.services.importing import keep_file
    from organising.contacts.services.merging import merge_contacts

    details = {"email": EMAIL, "phone": PHONE, "postcode": POSTCODE, "address": "9 Plantedstreet", "job": "Plantedjob",
               "workplace": "Plantedworkplace", "language": "cy", "source_detail": "Plantedsource", "tags": ("choir",)}  # fmt: skip
    first = keep(world, "liberty", actor, NAME, **details)
    second = keep(world, "liberty", actor, f"{NAME} again", phone="07700 900987", address="9 Plantedstreet")
    with world.context("liberty", actor) as session:
        add_note(actor, first, "Plantednote.", submission_key=uuid4())
        merge_contacts(actor, first, second, {}, versions=(1, 1))
        _consents(actor, first, (ConsentPurpose, ConsentChannel, ConsentDecision))
        keep_file(actor, "people.csv", f"name,email\n{NAME},{EMAIL}\nOther Person,o@example.org\n".encode())
        session.commit()


def _consents(actor, contact_id, kinds):
    from organising.contacts.models import ContactConsent, SpecialFact
    from organising.contacts.services.consents import wording_of

    purposes, channels, decisions = kinds
    for purpose, channel in ((purposes.NEWS, channels.EMAIL), (purposes.OPINIONS, channels.RECORD)):
        consent = ContactConsent(
            contact_id=contact_id, purpose=purpose, channel=channel, decision=decisions.GIVEN, decided_at=now(),
            source="in_person", author_label="x", submission_key=uuid4(), wording_id=wording_of(actor, purpose).id,
        )  # fmt: skip
        consent.evidence = "Plantedevidence"
        db.session.add(consent)
        db.session.flush()
        if channel is channels.RECORD:
            fact = SpecialFact(contact_id=contact_id, purpose=purpose, consent_id=consent.id)
            fact.value = "Plantedopinion"
            db.session.add(fact)
    db.session.flush()


def _rest(world, actor, drive_id):
    """A line of a sheet with its photograph, an answer to a question, what came by mail, an invitation."""
    from organising.mailings.models import IncomingMessage
    from organising.organisations.models import Invitation
    from organising.platform.sealing import seal_bytes
    from organising.pledges.models import PaperBatch, PaperRow, PaperScan

    by = {"created_by": actor.user_id}
    with world.context("liberty", actor) as session:
        batch = PaperBatch(id=uuid4(), campaign_id=world.campaign, drive_id=drive_id, client_id=uuid4(), channel="paper",
                           wording_version=1, label="Stall", held_on=today(), claimed=1, **by)  # fmt: skip
        session.add(batch)
        session.flush()
        row = PaperRow(id=uuid4(), batch_id=batch.id, drive_id=drive_id, number=1, client_id=uuid4(), name=NAME,
                       postcode=POSTCODE, keyed_by=actor.user_id)  # fmt: skip
        row.email = EMAIL
        scan = PaperScan(id=uuid4(), batch_id=batch.id, number=1, kind="image/jpeg", digest=b"d", size=1)
        scan.content_cipher = seal_bytes(
            session, actor.organisation_id, "paper_scan", "content_cipher", scan.id, photograph()
        )
        incoming = IncomingMessage(came_by="reply", digest=b"planted", size=1, state="triage")
        incoming.sender, incoming.subject, incoming.body = EMAIL, "Plantedreply", f"Plantedanswer, {NAME}"
        invitation = Invitation(email_key=b"k", role="organiser", invited_by="x", expires_at=now())
        invitation.email = EMAIL
        session.add_all([row, scan, incoming, invitation])
        session.commit()


def searched(blob):
    """The planted words that stand in some bytes, in clear or as a dump writes bytes."""
    low = blob.lower()
    wanted = (*SEALED, *CLEAR)
    return sorted({w for w in wanted if w.lower().encode() in low or w.encode().hex().encode() in low})


def logged(caplog):
    """What the product and its libraries said; not the test's own mail server, which writes down what it is given."""
    return [f"{one.name} {one.getMessage()}" for one in caplog.records if one.name != "mail.log"]


def dump_of(owner_url):
    """Every row as the owner in maintenance dumps it."""
    command = dump_arguments(owner_url, "--format=plain", "--inserts")
    return subprocess.run(command, env=access(owner_url), check=True, capture_output=True).stdout


def _write_ahead_log(databases):
    """The log's bytes, where the server is this machine's own: its processes work in the directory of its data."""
    engine = create_engine(databases.owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        place = Path(f"/proc/{connection.scalar(text('SELECT pg_backend_pid()'))}/cwd/pg_wal")
        return b"".join(path.read_bytes() for path in sorted(place.glob("0*"))) if place.is_dir() else None


def test_who_is_erased_is_found_nowhere_comes_back_by_no_import_and_by_no_restore(
    app,
    client,
    world,
    owner,
    databases,
    environment,
    coordinator,
    planted,
    run_jobs,
    smtp_sink,
    tmp_path,
    caplog,
    capfd,
):
    caplog.set_level(logging.DEBUG)
    url = databases.owner_of(environment["DATABASE_URL"])
    settings = environment | {"DATABASE_OWNER_URL": url, "ORGANISING_BACKUP_DIR": str(tmp_path / "backups")}
    (tmp_path / "backups").mkdir()
    made = CliRunner().invoke(main, ["backup", "--json"], env=settings, catch_exceptions=False)
    assert made.exit_code == 0, made.output
    before = searched(dump_of(url))
    assert set(CLEAR) & set(before), before
    browser, place = world.browser(coordinator), f"/rights/{planted}"
    held = browser.get(place).text
    for words in (
        "Plantednote",
        "Plantedletter",
        "Plantedreply",
        "Plantedopinion",
        "Plantedevidence",
        "Plantedsource",
    ):
        assert words in held, words
    wrong = browser.post(f"{place}/erasure", data={"name": "Somebody Else"})
    assert wrong.status_code == 422
    assert browser.post(f"{place}/erasure", data={"name": NAME}).status_code == 303
    run_jobs()
    assert smtp_sink.messages[-1]["To"] == EMAIL
    assert "It is done" in smtp_sink.messages[-1].get_content()
    # Searched: every row, the queue, every file, what was logged, what was written ahead.
    redis = Redis.from_url(databases.redis_url)
    places = {
        "dump": dump_of(url),
        "valkey": b"".join(key + (redis.dump(key) or b"") for key in redis.scan_iter()),
        "files": b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()),
        "logs": ("\n".join(logged(caplog)) + "".join(capfd.readouterr())).encode(),
    }
    assert {name: searched(blob) for name, blob in places.items()} == {name: [] for name in places}
    log = _write_ahead_log(databases)
    # A server of one's own choice may stand on another machine: its log is not ours to read.
    assert log is not None or os.environ.get("DATABASE_URL")
    if log is not None:
        assert [word for word in searched(log) if word in SEALED] == []
        # What docs/rights.md tells: names are in it until it is recycled. So the search does find what is there.
        assert set(CLEAR) & set(searched(log))
    _brings_nobody_back(world, coordinator, browser, owner, run_jobs)
    receipt = browser.get(f"/rights/erasures/{owner.rows('SELECT id FROM erasure')[0][0]}/receipt/json")
    assert searched(receipt.data) == []
    counts = dict(json.loads(receipt.data)["sections"][0]["items"][0]["facts"])
    assert {"contact", "pledge", "letter", "paper row", "incoming message", "invitation"} <= set(counts)
    _restored(databases, environment, settings, tmp_path)


def _brings_nobody_back(world, coordinator, browser, owner, run_jobs):
    from organising.contacts.services.importing import keep_file

    with world.context("liberty", coordinator) as session:
        kept = keep_file(
            coordinator, "again.csv", f"name,email\n{NAME},{EMAIL}\nNew Person,n@example.org\n".encode()
        )
        kept_id = kept.id
        session.commit()
    run_jobs()
    page = browser.get(f"/contacts/imports/{kept_id}").text
    assert "Asked to be erased" in page
    assert owner.rows("SELECT added, wrong FROM contact_import WHERE id = %s", kept_id) == [(1, 1)]
    from organising.platform.cautions import NeedsConfirmation

    with world.context("liberty", coordinator):
        from organising.contacts.services import keep_contact

        with pytest.raises(NeedsConfirmation) as question:
            keep_contact(coordinator, draft("Somebody", email=EMAIL))
        assert "asked to be erased" in question.value.cautions[0].message
    browser.post(f"/contacts/imports/{kept_id}/removal")


def _restored(databases, environment, settings, tmp_path):
    """The backup from before brings them back, and the restore itself erases them again."""
    name = f"restored_{uuid4().hex[:8]}"
    databases.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        url = with_database(databases.owner_url, name)
        _open_public_schema(url)
        there = settings | {
            "DATABASE_OWNER_URL": url,
            "DATABASE_URL": with_database(databases.login_url, name),
        }
        (path,) = (tmp_path / "backups").glob("*.backup")
        done = CliRunner().invoke(main, ["restore", str(path)], env=there, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        assert "1 people erased" in done.output
        assert searched(dump_of(url)) == []
        again = CliRunner().invoke(
            main, ["rights", "replay-erasures", "--json"], env=there, catch_exceptions=False
        )
        assert json.loads(again.output.splitlines()[-1]) == {
            "erasures": 1,
            "missing": 0,
            "rows": 0,
            "dry_run": False,
        }
        forged = tmp_path / "forged.jsonl"
        forged.write_text((tmp_path / "erasures.jsonl").read_text().replace('"number":1', '"number":2'))
        refused = CliRunner().invoke(main, ["rights", "replay-erasures", str(forged)], env=there)
        assert refused.exit_code != 0
        assert "forged.jsonl, line 1" in refused.output
        with create_app(there).app_context():
            db.engine.dispose()
    finally:
        databases.drop(name)
