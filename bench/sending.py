"""How fast a mailing leaves: the whole product through RQ workers, beside smtplib with prebuilt bytes to the same relay."""

import asyncio
import multiprocessing
import os
import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP
from flask import Flask

from bench.measure import Result
from organising.mailings.models import Mailing
from organising.mailings.services.sending import ring
from tests.support.mailings import Campaigners, WorkerProcess, children_of, eventually, seat_members
from tests.support.world import World

NUMBER = 650
DOT = b"\r\n.\r\n"


@dataclass(frozen=True)
class Relay:
    """A mail server in a process of its own, so that nobody measured shares an interpreter with it."""

    name: str
    port: int
    pid: int
    taken: Any

    @property
    def number(self) -> int:
        """How many messages it has taken."""
        return int(self.taken.value)


@contextmanager
def running_relay(*, swift: bool) -> Iterator[Relay]:
    """aiosmtpd, or, ``swift``, a loop that looks for line ends and dots and does nothing else."""
    context = multiprocessing.get_context("spawn")
    port, taken = context.Value("i", 0), context.Value("i", 0)
    process = context.Process(target=_serve, args=(swift, port, taken), daemon=True)
    process.start()
    try:
        eventually(lambda: bool(port.value), 30)
        yield Relay("a loop" if swift else "aiosmtpd", port.value, process.pid or 0, taken)
    finally:
        process.kill()
        process.join(10)


def send_all(environment: dict[str, str], app: Flask, relay: Relay, workers: int) -> Result:
    """One mailing to 650, from the first message to the last; its CPU seconds say what dominates."""
    environment = environment | {"SMTP_URL": f"smtp://127.0.0.1:{relay.port}"}
    seat_members(app, NUMBER)
    people = Campaigners.at(World(app))
    mailing_id = people.sending()
    for _ in range(workers - 1):
        with people.world.context("neu") as session:
            ring(session.get_one(Mailing, (people.organiser.organisation_id, mailing_id)))
            session.commit()
    crew = [WorkerProcess(environment, lease_seconds=120) for _ in range(workers)]
    eventually(lambda: relay.number > 0, 60, 0.001)
    horses = [pid for one in crew for pid in children_of(one.process.pid or 0)]
    first, began = relay.number, time.perf_counter()
    before = [_cpu_seconds([relay.pid]), _cpu_seconds(horses)]
    eventually(lambda: relay.number == NUMBER, 180, 0.001)
    took = time.perf_counter() - began
    spent = [_cpu_seconds([relay.pid]) - before[0], _cpu_seconds(horses) - before[1]]
    for one in crew:
        one.kill()
    plain = _by_hand(relay)
    sent = NUMBER - first
    return Result(
        f"sending {NUMBER}, {workers} worker{'s' if workers > 1 else ''}, to {relay.name}",
        "smtplib, prebuilt bytes",
        sent / took,
        NUMBER / plain,
        f"of {took:.2f} s: {spent[1]:.2f} s CPU of workers, {spent[0]:.2f} s of the relay",
    )


def _by_hand(relay: Relay) -> float:
    """Seconds for as many messages of the same size over one connection."""
    content = b"Subject: x\r\n\r\n" + b"We write about the firewall between data and enforcement.\r\n" * 60
    with smtplib.SMTP("127.0.0.1", relay.port) as smtp:
        began = time.perf_counter()
        for _ in range(NUMBER):
            smtp.sendmail("a@a.example", ["b@b.example"], content)
        return time.perf_counter() - began


def _cpu_seconds(pids: list[int]) -> float:
    total = 0.0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _serve(swift: bool, port: Any, taken: Any) -> None:
    asyncio.run(_listen(swift, port, taken))


async def _listen(swift: bool, port: Any, taken: Any) -> None:
    def make() -> asyncio.Protocol:
        return _Loop(taken) if swift else SMTP(_Counting(taken), hostname="relay.example")

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    port.value = server.sockets[0].getsockname()[1]
    await server.serve_forever()


class _Counting:
    """Takes everything."""

    def __init__(self, taken: Any) -> None:
        self._taken = taken

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self._taken.value += 1
        return "250 OK"


class _Loop(asyncio.Protocol):
    """As little of RFC 5321 as a client needs, with pipelining (RFC 2920)."""

    def __init__(self, taken: Any) -> None:
        self._taken, self._read, self._in_body = taken, b"", False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(b"220 relay.example\r\n")

    def data_received(self, data: bytes) -> None:
        self._read += data
        while True:
            line, found, rest = self._read.partition(DOT if self._in_body else b"\r\n")
            if not found:
                return
            self._read = rest
            if self._in_body:
                self._in_body, self._taken.value = False, self._taken.value + 1
                self._transport.write(b"250 OK\r\n")
            else:
                self._transport.write(self._answer(line[:4].upper()))

    def _answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-relay.example\r\n250 PIPELINING\r\n"
        if verb == b"DATA":
            self._in_body = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n"
