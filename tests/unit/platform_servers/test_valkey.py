"""The embedded Valkey, started for real."""

import os
import signal
from pathlib import Path

from redis import Redis

from organising.platform.embedded import DataDirectory, EmbeddedValkey
from organising.platform.supervision import spawn


def test_keeps_what_was_written_through_a_stop_and_a_kill(place: Path) -> None:
    with DataDirectory(place / "var") as directory:
        server = EmbeddedValkey(directory)
        with server.running(), Redis.from_url(server.url()) as connection:
            connection.set("a", "1")
            assert connection.config_get("appendonly", "save", "port") == {
                "appendonly": "yes",
                "save": "",
                "port": "0",
            }
        process = spawn(server.child(), directory.log_directory)
        server.wait_ready()
        with Redis.from_url(server.url()) as connection:
            assert connection.get("a") == b"1"
            connection.set("b", "2")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert not server.is_ready()
        with server.running(), Redis.from_url(server.url()) as connection:
            assert connection.get("b") == b"2"


def test_only_this_user_can_open_the_socket(place: Path) -> None:
    with DataDirectory(place / "var") as directory, EmbeddedValkey(directory).running() as server:
        assert server.url().startswith("unix:///")
        socket = directory.valkey_sockets / "valkey.sock"
        assert socket.stat().st_mode & 0o077 == 0
        assert directory.valkey_sockets.stat().st_mode & 0o077 == 0
