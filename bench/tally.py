"""What counting costs: confirmed signatures written by four connections while a fifth counts, against plain inserts."""

import os
import threading
import time
import uuid
from collections.abc import Callable

import psycopg

from bench.measure import Result
from organising.platform.tenancy import Context, use_context
from organising.pledges.services.counting import count_drive
from tests.support.pledges import open_a_drive
from tests.support.world import World

WRITERS, EACH, ROUNDS = 4, 400, 3
INSERT = (
    "INSERT INTO pledge (organisation_id, id, campaign_id, drive_id, signing_id, part, state, channel, wording_version, "
    "confirmed_at, sector, person_key, name_key, postcode_key, witness_key) "
    "VALUES (%s, %s, %s, %s, %s, 'collected', 'confirmed', 'web', 1, now(), 'health', %s, %s, %s, %s)"
)


def counting(world: World, owner_url: str) -> Result:
    """Signatures a second, one transaction each, with the triggers and a roll-up every quarter second, against without."""
    drive_id = open_a_drive(world)
    counted, plain = [], []
    for _ in range(ROUNDS):
        plain.append(_write(world, owner_url, drive_id, "ballots off", lambda: None))
        counted.append(_write(world, owner_url, drive_id, "ballots on", lambda: _count(world, drive_id)))
    return Result(
        f"signatures counted, {WRITERS} writers",
        "the same inserts, not counted",
        max(counted),
        max(plain),
        note=f"best of {ROUNDS}, {WRITERS * EACH} signatures each",
    )


def _count(world: World, drive_id: uuid.UUID) -> None:
    with world.app.app_context(), use_context(Context(purpose="count")) as session:
        count_drive(drive_id)
        session.commit()


def _write(world: World, url: str, drive_id: uuid.UUID, mode: str, count: Callable[[], None]) -> float:
    with psycopg.connect(url) as connection:
        connection.execute("SET ROLE organising_owner")
        verb = "DISABLE" if mode == "ballots off" else "ENABLE"
        for name in ("insert", "update", "delete"):
            connection.execute(f"ALTER TABLE pledge {verb} TRIGGER ballot_{name}")
    writers = [threading.Thread(target=_insert, args=(world, url, drive_id)) for _ in range(WRITERS)]
    done = threading.Event()

    def keep_counting() -> None:
        while not done.wait(0.25):
            count()

    counter = threading.Thread(target=keep_counting)
    began = time.perf_counter()
    for thread in (counter, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    took = time.perf_counter() - began
    done.set()
    counter.join()
    return WRITERS * EACH / took


def _insert(world: World, url: str, drive_id: uuid.UUID) -> None:
    organisation_id = world.organisations["neu"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE organising_owner")
        connection.execute("SELECT set_config('app.maintenance', 'on', false)")
        for _ in range(EACH):
            ids = (organisation_id, uuid.uuid4(), world.campaign, drive_id, uuid.uuid4())
            keys = tuple(os.urandom(32) for _ in range(4))
            connection.execute(INSERT, (*ids, *keys))
