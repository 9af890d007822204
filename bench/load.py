"""A flood of signatures: so many a second for so long over real HTTP, counted while it lasts, right to the unit after it.

The web server, PostgreSQL (durable), Valkey and the generator share this machine. Each request is due at a fixed moment,
whether earlier ones have been answered or not, and its time counts from that moment. One signature in twenty is a repeat.
"""

import asyncio
import json
import multiprocessing
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import UUID

from flask import Flask

from bench.measure import Result
from organising.platform.tenancy import Context, use_context
from organising.pledges.demo import DRIVE
from organising.pledges.services.counting import count_drive, verify_drive
from tests.support.databases import Databases
from tests.support.pledges import Owner, count, open_a_drive
from tests.support.world import World

SECONDS = int(os.environ.get("BENCH_LOAD_SECONDS", "600"))
A_SECOND = int(os.environ.get("BENCH_LOAD_RATE", "250"))
CONNECTIONS = 48
REPEAT_EVERY = 20
Beside = Callable[[World, dict[str, str], UUID], AbstractContextManager[Callable[[], str]]]
# Signers' own mail domains, as many as keep each below what is taken at once of one workplace.
DOMAINS = 4_000
PATH = f"/pledge/{DRIVE.slug}"


@dataclass
class Flood:
    """What the generator saw: how each request ended, and how long it took, in milliseconds."""

    seconds: float
    statuses: dict[str, int] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        return sorted(self.took)[min(len(self.took) - 1, int(share * len(self.took)))]


def flood(
    databases: Databases,
    environment: dict[str, str],
    app: Flask,
    *,
    name: str,
    beside: Beside | None = None,
) -> Result:
    """Sign at the rate asked for, with confirmations and counting going on; ``beside`` is other work at the same time."""
    world = World(app)
    drive_id = open_a_drive(world)
    owner = Owner(databases, environment)
    with (
        running_web(environment) as port,
        _in_background(app, owner, drive_id) as rolled,
        beside(world, environment, drive_id) if beside else nullcontext(str) as tell,
    ):
        seen = _generate(port)
        told = tell()
    taken = seen.statuses.get("303", 0)
    _confirm_all(owner)
    count(app, drive_id)
    counted = owner.tally(drive_id).get(("all", "all"), 0)
    ((kept, people, waiting),) = owner.rows(
        "SELECT count(*), count(DISTINCT person_key), count(*) FILTER (WHERE confirmation_sent_at IS NULL) FROM pledge"
    )
    with app.app_context(), use_context(Context(purpose="count")):
        agrees = verify_drive(drive_id)
    note = (
        f"{sum(seen.statuses.values()):,} requests in {seen.seconds:.0f} s, answers {seen.statuses}; p50 {seen.quantile(0.5):.0f} ms, "
        f"p99 {seen.quantile(0.99):.0f} ms, slowest {max(seen.took):.0f} ms; {kept:,} signatures kept ({kept - taken:+d}), "
        f"{waiting:,} mails queued; {people:,} people, {counted:,} counted ({counted - people:+d}), "
        f"recount {'agrees' if agrees else 'DIFFERS'}; {rolled[0]} roll-ups meanwhile{told}"
    )
    return Result(name, f"{A_SECOND} a second asked for", taken / seen.seconds, A_SECOND, note)


@contextmanager
def running_web(environment: dict[str, str]) -> Iterator[int]:
    """The product's web server as production runs it: two processes, real limits, real tokens against forged requests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = environment | {
        "ORGANISING_MODE": "development",
        "ORGANISING_INVENTED_PEOPLE": "1",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ORGANISING_BIND": f"127.0.0.1:{port}",
        "TRUSTED_PROXIES": "1",
    }
    argv = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:organising.platform.gunicorn_config",
        "wsgi:app",
    ]
    process = subprocess.Popen(argv, env=os.environ | settings)
    try:
        ends = time.monotonic() + 60
        while not _answers(port):
            assert process.poll() is None, "the web server ended at once"
            assert time.monotonic() < ends, "the web server did not start"
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
    except OSError:
        return False


@contextmanager
def _in_background(app: Flask, owner: Owner, drive_id: UUID) -> Iterator[list[int]]:
    """People confirm, a second or two after signing, and the drive is counted every few seconds, as sweeps do."""
    over, rolled = threading.Event(), [0]

    def go_on() -> None:
        while not over.wait(2):
            _confirm_all(owner)
            with app.app_context(), use_context(Context(purpose="count")) as session:
                count_drive(drive_id)
                session.commit()
            rolled[0] += 1

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield rolled
    finally:
        over.set()
        thread.join()


def _confirm_all(owner: Owner) -> None:
    owner.rows("UPDATE pledge SET state = 'confirmed', confirmed_at = now() WHERE state = 'pending'")


def _generate(port: int) -> Flood:
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(port, theirs), daemon=True)
    process.start()
    seen = Flood(**json.loads(mine.recv()))
    process.join()
    return seen


def _run(port: int, out: "multiprocessing.connection.Connection") -> None:
    out.send(json.dumps(asyncio.run(_sign_all(port)).__dict__))


async def _sign_all(port: int) -> Flood:
    page = Request(f"http://127.0.0.1:{port}{PATH}", headers={"X-Forwarded-For": "198.51.100.1"})
    with urlopen(page) as answer:
        cookie = "; ".join(one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie") or [])
        html = answer.read().decode()
    fields = dict(re.findall(r'name="(csrf_token|shown|seen)"[^>]*value="([^"]*)"', html))
    await asyncio.sleep(3)  # the form refuses whoever fills it in faster than a person reads
    numbers, statuses, took = iter(range(A_SECOND * SECONDS)), Counter(), []
    began = time.perf_counter()

    async def sign_on() -> None:
        reader = writer = None
        for number in numbers:
            due = began + number / A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            try:
                if writer is None or writer.is_closing():
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                status, closes = await _post(reader, writer, _request(number, cookie, fields))
                if closes:
                    writer.close()
            except (OSError, asyncio.IncompleteReadError) as error:
                status, writer = type(error).__name__, None
            statuses[status] += 1
            took.append((time.perf_counter() - due) * 1000)

    await asyncio.gather(*(sign_on() for _ in range(CONNECTIONS)))
    return Flood(time.perf_counter() - began, dict(statuses), took)


def _request(number: int, cookie: str, fields: dict[str, str]) -> bytes:
    person = number - 1 if number % REPEAT_EVERY == REPEAT_EVERY - 1 else number
    body = urlencode(
        fields
        | {
            "name": f"Ada Invented {person}",
            "email": f"ada{person}@school{person % DOMAINS}.example",
            "postcode": "SW1A 1AA",
        }
    ).encode()
    network, host = divmod(number, 250)
    return (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nX-Forwarded-For: 10.{network // 250 % 250}.{network % 250}.{host + 1}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def _post(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> tuple[str, bool]:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"content-length: (\d+)", head)
    await reader.readexactly(int(length[1]) if length else 0)
    return head.split(b" ", 2)[1].decode(), b"connection: close" in head
