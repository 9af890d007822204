"""What runs beside a flood of signatures: a mailing to thousands at full speed, and tallies rebuilt from their ballots."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import Flask

from bench.sending import running_relay
from organising.platform.tenancy import Context, use_context
from organising.pledges.services.counting import compare_drive, count_drive, publish_drive
from tests.support.mailings import Campaigners, WorkerProcess, seat_members
from tests.support.world import World

RECIPIENTS = 6_500
REST_SECONDS = 20


@contextmanager
def mailing_and_rebuilds(
    world: World, environment: dict[str, str], drive_id: UUID
) -> Iterator[Callable[[], str]]:
    """A worker sends one mailing as fast as it can, and every 20 seconds the drive is rebuilt, as ``rebuild`` does it.

    Yields what tells, once it is over, how much of both there was.
    """
    seat_members(world.app, RECIPIENTS)
    Campaigners.at(world).sending()
    over, rebuilt = threading.Event(), list[float]()
    with running_relay(swift=False) as relay:
        worker = WorkerProcess(
            environment | {"SMTP_URL": f"smtp://127.0.0.1:{relay.port}"}, lease_seconds=120
        )
        thread = threading.Thread(target=_rebuild_on, args=(world.app, drive_id, over, rebuilt))
        thread.start()
        try:
            yield (
                lambda: (
                    f"; beside it {relay.number:,} of {RECIPIENTS:,} mails sent and {len(rebuilt)} rebuilds, the longest "
                    f"{max(rebuilt, default=0):.1f} s"
                )
            )
        finally:
            over.set()
            thread.join()
            worker.kill()


def _rebuild_on(app: Flask, drive_id: UUID, over: threading.Event, rebuilt: list[float]) -> None:
    while not over.wait(REST_SECONDS):
        began = time.perf_counter()
        with app.app_context(), use_context(Context(purpose="count")) as session:
            count_drive(drive_id)
            compare_drive(drive_id, repair=True)
            publish_drive(drive_id)
            session.commit()
        rebuilt.append(time.perf_counter() - began)
