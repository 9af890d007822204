"""Fetching answers from a mailbox by IMAP: each kept once, marked when kept, and strangers' mail left as it was."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import select, text

from organising.cli import main
from organising.mailings.incoming import mailbox as inbound_mailbox
from organising.mailings.incoming.mailbox import LOOKED_AT
from organising.mailings.models import IncomingMessage
from organising.platform.db import db
from organising.platform.migrations import maintenance
from tests.support.databases import Databases
from tests.support.imap import Mailbox, running_imap
from tests.support.incoming import Sent, answer, sample, send_all
from tests.support.mailings import Campaigners, seat_members
from tests.support.world import World


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with running_imap() as opened:
        yield opened


@pytest.fixture
def sent(app: Flask, world: World) -> Sent:
    seat_members(app, 4)
    return send_all(world, Campaigners.at(world))


@pytest.fixture
def settings(environment: dict[str, str], box: Mailbox) -> dict[str, str]:
    url = f"imap://{box.username}:{box.password.replace(' ', '%20')}@127.0.0.1:{box.port}?security=none"
    return environment | {"INBOUND_IMAP_URL": url}


def poll(app: Flask, settings: dict[str, str]) -> Result:
    with app.app_context():
        db.engine.dispose()
    return CliRunner().invoke(main, ["inbound", "poll"], env=settings, catch_exceptions=False)


def kept(world: World, slug: str = "neu") -> list[IncomingMessage]:
    with world.context(slug) as session:
        return list(session.scalars(select(IncomingMessage).order_by(IncomingMessage.created_at)))


def fill(box: Mailbox, sent: Sent) -> None:
    """A bounce and an answer at return paths, an answer that names its letter, and two of strangers."""
    box.put(b"Delivered-To: " + sent.bounce_address(1).encode() + b"\r\n" + sample("postfix-no-such-user"))
    box.put(b"X-Original-To: " + sent.reply_address(2).encode() + b"\r\n" + answer("I support it."))
    box.put(sample("human-support").replace(b"To: r+return@", b"To: campaigns@"))
    box.put(b"To: campaigns@neu.example\r\n" + answer("Lunch?", message_id="<lunch@x.example>"))
    box.put(sample("postfix-policy"))


def test_each_is_kept_once_and_strangers_mail_is_left_unseen(
    app: Flask, world: World, sent: Sent, box: Mailbox, settings: dict[str, str]
) -> None:
    fill(box, sent)
    told = poll(app, settings)
    assert (told.exit_code, told.output) == (0, "3 kept, 0 known already, 2 not about any letter.\n")
    assert [sorted(flags) for flags in box.flags.values()] == [["\\Seen"]] * 3 + [[LOOKED_AT]] * 2
    assert sorted(row.came_by for row in kept(world)) == ["bounce", "reference", "reply"]
    assert {row.delivery_id for row in kept(world)} == {sent.id(1), sent.id(2)}
    assert poll(app, settings).output == "0 kept, 0 known already, 0 not about any letter.\n"
    assert box.password not in told.output


def test_a_server_without_marks_of_ones_own_is_asked_each_time(
    app: Flask, world: World, sent: Sent, box: Mailbox, settings: dict[str, str]
) -> None:
    box.takes_keywords = False
    fill(box, sent)
    poll(app, settings)
    assert poll(app, settings).output == "0 kept, 0 known already, 2 not about any letter.\n"
    assert box.flags[4] == set()
    assert len(kept(world)) == 3


def test_broken_off_between_commit_and_mark_nothing_is_doubled(
    app: Flask, world: World, sent: Sent, box: Mailbox, settings: dict[str, str]
) -> None:
    fill(box, sent)
    box.drop_at = "UID STORE"
    told = poll(app, settings)
    assert told.exit_code == 2
    assert "127.0.0.1" in told.output
    assert len(kept(world)) == 1
    assert box.flags[1] == set()
    box.drop_at = ""
    assert poll(app, settings).output == "2 kept, 1 known already, 2 not about any letter.\n"
    assert len(kept(world)) == 3


def test_trouble_with_the_database_leaves_it_unseen(
    app: Flask, world: World, sent: Sent, box: Mailbox, settings: dict[str, str], databases: Databases
) -> None:
    fill(box, sent)
    owner = databases.owner_of(settings["DATABASE_URL"])
    with maintenance(owner) as connection:
        connection.execute(text("ALTER TABLE incoming_message RENAME TO gone"))
    with pytest.raises(Exception, match="incoming_message"):
        poll(app, settings)
    assert box.flags[1] == set()
    with maintenance(owner) as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO incoming_message"))
    assert poll(app, settings).output.startswith("3 kept")


def test_what_cannot_be_opened_is_said_in_one_line_without_the_secret(
    app: Flask, world: World, box: Mailbox, settings: dict[str, str]
) -> None:
    url = settings["INBOUND_IMAP_URL"]
    for change, word in (
        (url.replace("%20spaces", "%20spice"), "wrong name or password"),
        (url.replace("?security", "/Elsewhere?security"), "no such folder"),
        (url.replace(str(box.port), "1"), "refused"),
        ("", "INBOUND_IMAP_URL"),
        ("pop3://a:b@c", "must start with imaps://"),
        ("imaps://mail.example", "must name user"),
        ("imap://a:b@mail.example?security=none", "in clear"),
    ):
        told = poll(app, settings | {"INBOUND_IMAP_URL": change})
        assert told.exit_code == 2, change
        assert word in told.output, (change, told.output)
        assert told.output.count("\n") == 1
        assert "secret" not in told.output


def certificate(place: Path) -> Path:
    """A certificate that nobody has signed but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    began = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began - timedelta(days=1))
        .not_valid_after(began + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    key_text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = place / "certificate.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key_text)
    return file


def test_an_untrusted_certificate_gets_no_password(
    app: Flask, world: World, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbound_mailbox, "TIMEOUT_SECONDS", 5.0)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    with running_imap(context) as box:
        url = f"imaps://{box.username}:secret@127.0.0.1:{box.port}"
        told = poll(app, environment | {"INBOUND_IMAP_URL": url})
        assert box.said == []
    assert told.exit_code == 2
    assert "not trusted" in told.output
