"""`organising up` from outside: the whole process tree, killed piece by piece."""

import contextlib
import os
import secrets
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from organising.platform.embedded import ADMIN, LOGIN, EmbeddedPostgres, temporary_data_directory

NAMES = {
    "postgres": "bin/postgres",
    "valkey": "valkey-server",
    "mail-catcher": "embedded.catcher",
    "web": "gunicorn",
    "worker-1": "--queue=default",
    "worker-2": "--queue=mail",
    "scheduler": "scheduler",
}
CONFIGURED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SMTP_URL", "ORGANISING_MODE", "SECRET_KEY")


class Product:
    """One `organising up` and what can be seen of it. `listened`: its workers' queues when it said that it is ready."""

    listened: set[tuple[str, ...]] | None = None

    def __init__(self, place: Path, port: int, *options: str, **environment: str) -> None:
        self.place = place
        self.port = port
        self.said = place.with_name(f"{place.name}-{secrets.token_hex(4)}.said")
        argv = [
            sys.executable,
            "-m",
            "organising.cli",
            "up",
            "--port",
            str(port),
            "--data-dir",
            str(place),
            *options,
        ]
        clean = {name: value for name, value in os.environ.items() if name not in CONFIGURED}
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                argv, env=clean | environment, stdout=said, stderr=said, start_new_session=True
            )

    def answers(self, path: str = "/readyz") -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    def wait_for(self, words: str, seconds: float = 60.0) -> None:
        ends = time.monotonic() + seconds
        while words not in self.said.read_text():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < ends, f"never said {words!r}: {self.said.read_text()}"
            time.sleep(0.05)

    def wait_ready_again(self, seconds: float = 30.0) -> None:
        ends = time.monotonic() + seconds
        while not self.all_at_work():
            assert time.monotonic() < ends, f"{self.children()} {self.answers()}\n{self.said.read_text()}"
            time.sleep(0.1)

    def all_at_work(self) -> bool:
        return (
            set(self.children()) == set(NAMES) and all(map(self.is_at_work, NAMES)) and self.answers() == 200
        )

    def children(self) -> dict[str, int]:
        found = {}
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            # One that has just gone is no child any more.
            with contextlib.suppress(OSError):
                argv = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                found |= {
                    name: int(child)
                    for name, words in NAMES.items()
                    if words in argv and not _is_other(name, argv)
                }
        return found

    def is_at_work(self, name: str) -> bool:
        """Whether a child has got as far as listening to SIGTERM, which it does when it is done with starting."""
        try:
            status = Path(f"/proc/{self.children()[name]}/status").read_text()
        except (KeyError, OSError):
            return False
        caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught, 16) & 1 << (signal.SIGTERM - 1))

    def environment_of(self, name: str) -> dict[str, str]:
        content = Path(f"/proc/{self.children()[name]}/environ").read_bytes().decode()
        return dict(line.split("=", 1) for line in content.split("\0") if "=" in line)

    def listening(self) -> set[tuple[str, ...]]:
        """The queues of each worker that waits for work."""
        with Redis.from_url(self.environment_of("worker-1")["REDIS_URL"]) as connection:
            return {tuple(one.queue_names()) for one in Worker.all(connection, serializer=JSONSerializer)}

    def everything_below(self) -> list[int]:
        below = [self.process.pid]
        for pid in below:
            listed = Path(f"/proc/{pid}/task/{pid}/children")
            below += [int(child) for child in listed.read_text().split()] if listed.exists() else []
        return below

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


def _is_other(name: str, argv: str) -> bool:
    return name == "worker-1" and "--queue=mail" in argv


def _alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    # Not pytest's own: closed to PostgreSQL's user when root runs the tests.
    path = Path(tempfile.mkdtemp(prefix="organising-up-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def product(base: Path) -> Iterator[Product]:
    started = Product(base / "var", _free_port())
    try:
        started.wait_for("Ctrl-C stops everything")
        started.listened = started.listening()
        yield started
    finally:
        if started.process.poll() is None:
            started.stop()


def refusal(place: Path, port: int, **environment: str) -> str:
    refused = Product(place, port, **environment)
    assert refused.process.wait(30) == 2
    said = refused.said.read_text()
    assert said.startswith("organising: ")
    assert said.count("\n") == 1, said
    return said


def test_is_ready_and_says_where_everything_is(product: Product) -> None:
    said = product.said.read_text()
    assert f"http://127.0.0.1:{product.port}" in said
    assert str(product.place) in said.replace("\n", "")
    assert f"http://127.0.0.1:{product.port}/dev/mail" in said
    assert product.answers("/healthz") == 200
    assert product.answers("/readyz") == 200
    assert set(product.children()) == set(NAMES)


def test_is_ready_when_a_worker_listens_to_every_queue(product: Product) -> None:
    """Else the first upload lies there until one does, and its page says "waiting"."""
    assert product.listened is not None
    assert ("urgent", "mail", "default") in product.listened


def test_no_child_that_serves_knows_the_owner(product: Product) -> None:
    for name in ("web", "worker-1", "worker-2", "scheduler", "mail-catcher", "valkey", "postgres"):
        environment = product.environment_of(name)
        assert "DATABASE_OWNER_URL" not in environment
        assert "organising_owner" not in str(environment)
    assert urlsplit(product.environment_of("worker-1")["DATABASE_URL"]).username == "organising_login"


def test_listens_on_loopback_only(product: Product) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.2", product.port))


def test_the_caught_mail_is_shown(product: Product) -> None:
    server = urlsplit(product.environment_of("worker-1")["SMTP_URL"])
    with smtplib.SMTP(str(server.hostname), int(server.port or 0)) as smtp:
        smtp.sendmail(
            "a@liberty.example", ["b@parliament.example"], b"Subject: caught in the act\r\n\r\nhello\r\n"
        )
    with urllib.request.urlopen(f"http://127.0.0.1:{product.port}/dev/mail", timeout=5) as page:
        assert b"caught in the act" in page.read()


def test_a_second_start_is_refused_in_one_line(product: Product) -> None:
    assert "in use by another start" in refusal(product.place, _free_port())
    assert f"port {product.port} on 127.0.0.1 is taken" in refusal(
        product.place.with_name("other"), product.port
    )
    assert not product.place.with_name("other").exists()
    assert product.answers() == 200


@pytest.mark.parametrize("name", sorted(NAMES))
def test_any_child_killed_with_9_is_started_again(product: Product, name: str) -> None:
    product.wait_ready_again()
    before = product.children()
    os.kill(before[name], signal.SIGKILL)
    product.wait_for(f"{name} was killed by signal 9 and is started again")
    product.wait_ready_again()
    after = product.children()
    assert after[name] != before[name]
    assert {other: pid for other, pid in after.items() if other != name} == {
        other: pid for other, pid in before.items() if other != name
    }, product.said.read_text()


def test_ctrl_c_stops_everything_and_the_next_start_finds_its_data(product: Product) -> None:
    url = product.environment_of("worker-1")["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        identity = connection.execute("SELECT oid FROM pg_database WHERE datname = 'organising'").fetchone()
    below = product.everything_below()
    assert len(below) > len(NAMES)
    started = time.monotonic()
    assert product.stop() == 0
    assert time.monotonic() - started < 15
    assert _alive(below) == []
    started = time.monotonic()
    again = Product(product.place, product.port)
    try:
        again.wait_for("Ctrl-C stops everything")
        assert time.monotonic() - started < 30, "10 s on an idle machine"
        assert again.environment_of("worker-1")["DATABASE_URL"].replace("+psycopg", "") == url
        with psycopg.connect(url) as connection:
            assert (
                connection.execute("SELECT oid FROM pg_database WHERE datname = 'organising'").fetchone()
                == identity
            )
    finally:
        again.stop()


def test_killed_itself_it_leaves_no_orphan_and_starts_again(base: Path) -> None:
    first = Product(base / "killed", _free_port())
    first.wait_for("Ctrl-C stops everything")
    below = first.everything_below()
    first.process.kill()
    first.process.wait()
    again = Product(base / "killed", first.port)
    try:
        again.wait_for("Ctrl-C stops everything")
        assert _alive(below) == []
        assert "started again" not in again.said.read_text()
    finally:
        assert again.stop(signal.SIGTERM) == 0


def test_a_newer_data_directory_is_refused(base: Path) -> None:
    newer = base / "newer"
    newer.mkdir()
    (newer / "FORMAT").write_text("7\n")
    assert "written by a newer version" in refusal(newer, _free_port())


def test_settings_that_cannot_work_are_named(base: Path) -> None:
    elsewhere = "postgresql://login:x@127.0.0.1:1/organising"
    assert "DATABASE_OWNER_URL: missing" in refusal(base / "a", _free_port(), DATABASE_URL=elsewhere)
    owner = {"DATABASE_URL": elsewhere, "DATABASE_OWNER_URL": elsewhere.replace("login", "owner")}
    assert "database can't be reached" in refusal(base / "a", _free_port(), **owner)
    assert "DATABASE_OWNER_URL: must start" in refusal(
        base / "a", _free_port(), DATABASE_URL=elsewhere, DATABASE_OWNER_URL="mysql://x@y/z"
    )
    assert "SMTP_URL" in refusal(base / "a", _free_port(), SMTP_URL="nonsense")
    assert "REDIS_URL" in refusal(base / "a", _free_port(), REDIS_URL="redis://127.0.0.1:1/0")


def test_servers_of_ones_own_are_used_and_checked(base: Path) -> None:
    with temporary_data_directory() as directory, EmbeddedPostgres(directory).running() as server:
        server.create_database("organising")
        admin, login = (server.url(role).replace("postgresql+psycopg", "postgres") for role in (ADMIN, LOGIN))
        own = Product(base / "own", _free_port(), DATABASE_URL=login, DATABASE_OWNER_URL=admin)
        try:
            own.wait_for("Ctrl-C stops everything")
            assert own.answers() == 200
            assert set(own.children()) == set(NAMES) - {"postgres"}
            assert not (base / "own" / "postgres").exists()
            assert "DATABASE_OWNER_URL" not in own.environment_of("worker-1")
        finally:
            assert own.stop() == 0
        environment = {"DATABASE_URL": admin, "DATABASE_OWNER_URL": admin}
        assert "names the owner's login" in refusal(base / "own", _free_port(), **environment)
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("ALTER ROLE organising_login BYPASSRLS")
        environment = {"DATABASE_URL": login, "DATABASE_OWNER_URL": admin}
        assert "bypasses row security" in refusal(base / "own", _free_port(), **environment)


def test_the_demo_prints_its_sign_ins(base: Path) -> None:
    demo = Product(base / "demo", _free_port(), "--demo")
    try:
        demo.wait_for("Ctrl-C stops everything", 120)
        said = demo.said.read_text()
        assert "coordinator@liberty.example" in said
        assert "care-dont-share" in said
        assert demo.answers("/campaign") == 200
    finally:
        assert demo.stop() == 0


def test_demo_data_are_refused_in_production(base: Path) -> None:
    refused = Product(base / "b", _free_port(), "--demo", ORGANISING_MODE="production")
    assert refused.process.wait(30) == 2
    assert "ORGANISING_DEMO" in refused.said.read_text()
