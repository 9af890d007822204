"""Pledges for tests: an open drive, somebody with a browser and a mailbox, and the counter's tables."""

import os
import re
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from organising.platform.clock import now
from organising.platform.db import new_id
from organising.platform.tenancy import Context, use_context
from organising.pledges.demo import DRIVE
from organising.pledges.forms import SigningForm
from organising.pledges.models import Pledge, PledgeDrive
from organising.pledges.services.counting import count_drive, publish_drive
from organising.pledges.services.drives import create_drive, open_drive
from tests.support.databases import Databases
from tests.support.mail import Sink
from tests.support.world import World

PAGE = f"/pledge/{DRIVE.slug}"
KEYS = ("person_key", "name_key", "postcode_key", "witness_key")


def open_a_drive(world: World, slug: str = DRIVE.slug) -> UUID:
    """An open drive of the lead's; its id."""
    coordinator = world.user("liberty", "coordinator")
    details = type(DRIVE)(slug, DRIVE.title, DRIVE.standfirst, DRIVE.wording, DRIVE.goal)
    with world.context("liberty", coordinator) as session:
        drive = create_drive(coordinator, details)
        open_drive(coordinator, drive)
        drive_id = drive.id
        session.commit()
    return drive_id


def add_signers(world: World, drive_id: UUID, slug: str, n: int, **given: Any) -> list[UUID]:
    """So many different people who stand as signers of an organisation; their pledges' ids."""
    with world.context(slug) as session:
        drive = session.get_one(PledgeDrive, drive_id)
        given = {"state": "confirmed", "confirmed_at": now(), "witnessed_at": now()} | given
        pledges = [
            Pledge(
                id=new_id(),
                campaign_id=drive.campaign_id,
                drive_id=drive_id,
                signing_id=new_id(),
                wording_version=1,
                **{name: os.urandom(32) for name in KEYS} | given,
            )
            for _ in range(n)
        ]
        session.add_all(pledges)
        session.flush()
        ids = [pledge.id for pledge in pledges]
        session.commit()
    return ids


class Public:
    """Somebody with a browser and a mailbox."""

    def __init__(self, client: FlaskClient, sink: Sink, run_jobs: Callable[[], None]) -> None:
        self.client, self.sink, self.run_jobs = client, sink, run_jobs

    def fill(self, path: str = PAGE, *, seconds: float = 30, **given: str) -> TestResponse:
        """Send the form as somebody who has looked at it for so many seconds."""
        with self.client.application.app_context():
            shown = SigningForm.shown_token(time.time() - seconds)
        fields = {
            "name": "Esi Storyborn",
            "email": "esi@example.org",
            "postcode": "e1 4ns",
            "shown": shown,
        } | given
        return self.client.post(path, data=fields)

    def seen(self, path: str = PAGE) -> str:
        """What the form keeps of the text that this page shows."""
        found = re.search(r'name="seen"[^>]*value="([^"]+)"', self.client.get(path).text)
        assert found
        return found[1]

    def sign(self, path: str = PAGE, **given: str) -> str:
        """Sign and wait for the mail; the path of its link."""
        before = len(self.sink.messages)
        response = self.fill(path, **given)
        assert response.status_code == 303, response.text
        self.run_jobs()
        assert len(self.sink.messages) == before + 1
        return self.link()

    def link(self, place: int = -1) -> str:
        """The path of the link in a mail, the last one by default."""
        found = re.search(r"http://localhost(/signature/\S+)", self.sink.messages[place].get_content())
        assert found
        return found[1]

    def confirm(self, link: str) -> None:
        assert self.client.post(f"{link}/confirmation").status_code == 303

    def sign_and_confirm(self, path: str = PAGE, **given: str) -> str:
        link = self.sign(path, **given)
        self.confirm(link)
        return link


class Owner:
    """The database as its owner in maintenance: the tests' only way to the counter's tables."""

    def __init__(self, databases: Databases, environment: dict[str, str]) -> None:
        self.url = databases.owner_of(environment["DATABASE_URL"]).replace("postgresql+psycopg", "postgresql")

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            connection.execute("SET ROLE organising_owner")
            connection.execute("SELECT set_config('app.maintenance', 'on', true)")
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def tally(self, drive_id: UUID, kind: str = "confirmed") -> dict[tuple[str, str], int]:
        """The exact tally of all organisations together and by ``organisation``, cells of zero left out."""
        rows = self.rows(
            "SELECT CASE g WHEN 'all' THEN dimension ELSE 'organisation' END, "
            "CASE g WHEN 'all' THEN cell ELSE organisation_id::text END, sum(n) FROM counting.tally, "
            "LATERAL (VALUES ('all'), ('each')) v (g) WHERE drive_id = %s AND kind = %s AND n <> 0 "
            "AND (g = 'all' OR dimension = 'all') GROUP BY 1, 2",
            drive_id,
            kind,
        )
        return {(dimension, cell): int(n) for dimension, cell, n in rows}


def count(app: Flask, drive_id: UUID) -> None:
    """Roll up and publish, until nothing is left to count."""
    with app.app_context(), use_context(Context(purpose="count")) as session:
        for _ in range(50):
            count_drive(drive_id)
            session.commit()
            if not session.connection().exec_driver_sql("SELECT app.drives_to_count()").all():
                publish_drive(drive_id)
                session.commit()
                return
            session.commit()
            time.sleep(0.02)
    raise AssertionError("ballots are left uncounted")
