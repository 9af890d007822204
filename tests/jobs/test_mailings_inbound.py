"""The listener over real sockets: acknowledged is kept, refused is nobody's, and a killed one loses nothing."""

import asyncio
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from organising.mailings.incoming.listener import open_door
from organising.mailings.models import IncomingMessage
from organising.platform.migrations import maintenance
from tests.support.databases import Databases
from tests.support.incoming import Sent, answer, sample, send_all
from tests.support.mailings import Campaigners, eventually, seat_members
from tests.support.world import World

LISTENING = re.compile(rb"Listening on 127\.0\.0\.1:(\d+)")


@pytest.fixture
def sent(app: Flask, world: World) -> Sent:
    seat_members(app, 4)
    return send_all(world, Campaigners.at(world))


@contextmanager
def listener(
    environment: dict[str, str], protocol: str, *more: str
) -> "Iterator[tuple[int, subprocess.Popen[bytes]]]":
    """``organising inbound serve`` in a process of its own, on a free port."""
    argv = [
        sys.executable,
        "-m",
        "organising.cli",
        "inbound",
        "serve",
        "--port=0",
        f"--protocol={protocol}",
        *more,
    ]
    settings = {**os.environ, **environment, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(argv, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert process.stdout is not None
        said = b""
        while not (found := LISTENING.search(said)):
            line = process.stdout.readline()
            assert line, said.decode()
            said += line
        yield int(found[1]), process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGKILL)
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def door(app: Flask, protocol: str, largest: int = 25) -> Iterator[int]:
    """The listener within this process, where nobody kills it."""
    loop = asyncio.new_event_loop()
    opening = open_door(app, host="127.0.0.1", port=0, lmtp=protocol == "lmtp", largest=largest * 2**20)
    server, opened = loop.run_until_complete(opening)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        opened.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def rows(world: World, slug: str = "neu") -> list[IncomingMessage]:
    with world.context(slug) as session:
        return list(session.scalars(select(IncomingMessage)))


def talk(client: smtplib.SMTP, *recipients: str, sender: str = "") -> list[int]:
    client.ehlo_or_helo_if_needed()
    return [
        client.docmd("MAIL", f"FROM:<{sender}>")[0],
        *(client.docmd("RCPT", f"TO:<{one}>")[0] for one in recipients),
    ]


def bring(client: smtplib.SMTP, content: bytes, number: int = 1) -> list[int]:
    """The message itself; answers the codes, as many as LMTP gives."""
    assert client.docmd("DATA")[0] == 354
    client.send(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n.\r\n")
    return [client.getreply()[0] for _ in range(number)]


def test_lmtp_answers_for_each_recipient_and_acknowledged_is_kept(
    world: World, sent: Sent, environment: dict[str, str], run_jobs: Callable[[], None]
) -> None:
    with (
        listener(environment, "lmtp") as (port, _process),
        smtplib.LMTP("127.0.0.1", port, timeout=20) as client,
    ):
        unknown = "b+" + "a" * 48 + "@organising.example"
        codes = talk(client, sent.bounce_address(1), unknown, "x@elsewhere.example", sent.bounce_address(2))
        assert codes == [250, 250, 550, 550, 250]
        assert bring(client, sample("postfix-no-such-user"), 2) == [250, 250]
        assert len(rows(world)) == 2
        # The next on the same connection, in any case.
        assert talk(client, sent.reply_address(3).upper(), sender="ada@parliament.example") == [250, 250]
        assert bring(client, answer("I support it.")) == [250]
    run_jobs()
    assert sent.states() == {
        "member0001": "bounced", "member0002": "accepted", "member0003": "accepted", "member0004": "accepted",
    }  # fmt: skip
    found = sorted((row.verdict or "", row.why or "") for row in rows(world))
    assert found == [("bounce", ""), ("bounce", "other_message"), ("human", "")]


def test_smtp_has_one_answer_for_all(app: Flask, world: World, sent: Sent) -> None:
    with (
        door(app, "smtp") as port,
        smtplib.SMTP("127.0.0.1", port, timeout=20) as client,
    ):
        content = sample("human-support").decode()
        refused = client.sendmail(
            "ada@parliament.example", [sent.reply_address(1), sent.reply_address(2)], content
        )
        assert refused == {}
        with pytest.raises(smtplib.SMTPRecipientsRefused) as nobody:
            client.sendmail("ada@parliament.example", ["hello@organising.example"], content)
        assert next(iter(nobody.value.recipients.values()))[0] == 550
    assert len(rows(world)) == 2
    assert rows(world, "liberty") == []


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_too_large_is_refused_and_the_connection_goes_on(
    world: World, sent: Sent, app: Flask, protocol: str
) -> None:
    kind = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
    answers = 2 if protocol == "lmtp" else 1
    with (
        door(app, protocol, largest=1) as port,
        kind("127.0.0.1", port, timeout=20) as client,
    ):
        client.ehlo_or_helo_if_needed()
        assert client.esmtp_features["size"] == str(2**20)
        both = (sent.reply_address(1), sent.reply_address(2))
        assert talk(client, *both) == [250, 250, 250]
        assert bring(client, answer("x" * 70 + "\n" + "y\n" * 600_000), answers) == [552] * answers
        assert rows(world) == []
        assert talk(client, *both) == [250, 250, 250]
        assert bring(client, answer("A line of " + "z" * 5000), answers) == [250] * answers
    assert len(rows(world)) == 2


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_trouble_with_the_database_means_later(
    app: Flask, world: World, sent: Sent, environment: dict[str, str], databases: Databases, protocol: str
) -> None:
    owner = databases.owner_of(environment["DATABASE_URL"])
    kind = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
    with door(app, protocol) as port, kind("127.0.0.1", port, timeout=20) as client:
        assert talk(client, sent.reply_address(1)) == [250, 250]
        with maintenance(owner) as connection:
            connection.execute(text("ALTER TABLE incoming_message RENAME TO gone"))
        assert bring(client, answer("I support it.")) == [451]
        with maintenance(owner) as connection:
            connection.execute(text("ALTER TABLE gone RENAME TO incoming_message"))
            connection.execute(text("ALTER TABLE organisation RENAME TO gone"))
        assert talk(client, sent.reply_address(1)) == [250, 451]
        with maintenance(owner) as connection:
            connection.execute(text("ALTER TABLE gone RENAME TO organisation"))
        client.rset()
        assert talk(client, sent.reply_address(1)) == [250, 250]
        assert bring(client, answer("I support it.")) == [250]
    assert len(rows(world)) == 1


def test_killed_before_the_commit_nothing_is_lost(
    app: Flask, world: World, sent: Sent, environment: dict[str, str], databases: Databases
) -> None:
    content = answer("I support it.")
    with (
        listener(environment, "lmtp") as (port, process),
        smtplib.LMTP("127.0.0.1", port, timeout=20) as client,
    ):
        assert talk(client, sent.reply_address(1)) == [250, 250]
        with maintenance(databases.owner_of(environment["DATABASE_URL"])) as connection:
            connection.execute(text("LOCK TABLE incoming_message IN ACCESS EXCLUSIVE MODE"))
            assert client.docmd("DATA")[0] == 354
            client.send(content.replace(b"\n", b"\r\n") + b".\r\n")
            waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            assert eventually(lambda: bool(connection.scalar(waits)))
            process.kill()
            process.wait(10)
        with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
            client.getreply()
        client.close()
    assert rows(world) == []
    bring_again(app, world, sent, content)


def test_killed_between_the_commit_and_the_answer_nothing_is_doubled(
    app: Flask, world: World, sent: Sent, environment: dict[str, str]
) -> None:
    content = answer("I support it.")
    with a_queue_that_says_nothing() as silent:
        hung = {**environment, "REDIS_URL": f"redis://127.0.0.1:{silent}/0"}
        with listener(hung, "lmtp") as (port, process), smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
            assert talk(client, sent.reply_address(1)) == [250, 250]
            assert client.docmd("DATA")[0] == 354
            client.send(content.replace(b"\n", b"\r\n") + b".\r\n")
            # Committed, and its doorbell not yet rung: no answer has gone.
            assert eventually(lambda: len(rows(world)) == 1)
            process.kill()
            process.wait(10)
            with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
                client.getreply()
            client.close()
    bring_again(app, world, sent, content)


def bring_again(app: Flask, world: World, sent: Sent, content: bytes) -> None:
    """As a mail server does that had no answer, and once more for good measure."""
    with (
        door(app, "lmtp") as port,
        smtplib.LMTP("127.0.0.1", port, timeout=20) as client,
    ):
        for _time in range(2):
            assert talk(client, sent.reply_address(1)) == [250, 250]
            assert bring(client, content) == [250]
    (row,) = rows(world)
    assert row.delivery_id == sent.id(1)


@contextmanager
def a_queue_that_says_nothing() -> Iterator[int]:
    """A port that takes connections and never answers."""
    held: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
    for one in held:
        one.close()


def test_many_at_once_are_each_kept_once(app: Flask, world: World, sent: Sent) -> None:
    with door(app, "lmtp") as port:
        problems: list[BaseException] = []

        def one(number: int) -> None:
            try:
                with smtplib.LMTP("127.0.0.1", port, timeout=30) as client:
                    for turn in range(5):
                        assert talk(client, sent.reply_address(1 + number % 4)) == [250, 250]
                        # Two connections bring the same.
                        words = answer(
                            "I support it.", message_id=f"<{number // 2 * 2 % 4}-{turn}@x.example>"
                        )
                        assert bring(client, words) == [250]
            except BaseException as error:
                problems.append(error)

        threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert problems == []
    # Four addresses, and for each the same five messages from two connections.
    assert len(rows(world)) == 20
