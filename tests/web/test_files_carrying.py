"""Photographs and scans that an older version kept in the database: carried over to the storage, and back, without loss."""

import dataclasses
import hashlib
import json
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import select

from organising.actions.models import ReportPhoto
from organising.cli import main
from organising.config import Bucket
from organising.files import jobs
from organising.platform.clock import today
from organising.platform.db import db
from organising.platform.migrations import downgrade, maintenance, upgrade
from organising.platform.places import shipped
from organising.platform.sealing import seal_bytes
from organising.pledges.models import PaperBatch, PaperScan
from tests.support.actions import planned
from tests.support.pledges import open_a_drive
from tests.support.storage import ACCESS, REGION, SECRET, running_bucket
from tests.support.uploads import pdf, picture

BEFORE = str(
    ScriptDirectory(str(shipped("migrations"))).get_revision("0084_pictures_in_storage").down_revision
)
CONTENTS = {
    "report_photo": [picture(size=(60 + n, 40)) for n in range(3)],
    "paper_scan": [picture(size=(90, 40)), pdf()],
}


def held(session, model, owner, content, **fields):
    """A row as an older version wrote it."""
    row = model(id=uuid4(), digest=hashlib.sha256(content).digest(), size=len(content), **fields)
    row.content_cipher = seal_bytes(session, owner, model.__tablename__, "content_cipher", row.id, content)
    session.add(row)


@pytest.fixture
def before(world):
    """Three photographs of a report and two scans of a batch, as they lay before there was a storage."""
    officer, drive = world.user("neu", "officer"), open_a_drive(world)
    action = planned(world, officer)
    with world.context("neu", officer) as session:
        batch = PaperBatch(id=uuid4(), campaign_id=world.campaign, drive_id=drive, client_id=uuid4(), channel="paper",
                           wording_version=1, label="Stall", held_on=today(), claimed=1,
                           created_by=officer.user_id)  # fmt: skip
        session.add(batch)
        session.flush()
        for number, content in enumerate(CONTENTS["report_photo"], 1):
            held(session, ReportPhoto, officer.organisation_id, content, action_id=action, number=number,
                 client_id=uuid4(), width=60 + number, height=40)  # fmt: skip
        for number, content in enumerate(CONTENTS["paper_scan"], 1):
            kind = "application/pdf" if content.startswith(b"%PDF") else "image/jpeg"
            held(
                session,
                PaperScan,
                officer.organisation_id,
                content,
                batch_id=batch.id,
                number=number,
                kind=kind,
            )
        batch_id = batch.id
        session.commit()
    return batch_id


def seen(world, batch_id) -> list[bytes]:
    browser = world.browser(world.user("neu", "admin"))
    return [browser.get(f"/pledges/paper/{batch_id}/scans/{n}").data for n in (1, 2)]


def left(world) -> dict[str, tuple[int, int]]:
    """Of each table, how many rows hold their content, and how many have it in the storage."""
    counts = {}
    with world.context("neu") as session:
        for model in (ReportPhoto, PaperScan):
            rows = session.execute(select(model.content_cipher.is_(None), model.file_id.is_(None))).all()
            assert all(a is not b for a, b in rows)
            counts[model.__tablename__] = (sum(not a for a, _ in rows), sum(a for a, _ in rows))
    return counts


def test_they_are_carried_over_one_by_one_and_back_to_the_byte(app, world, environment, databases, before):
    batch_id = before
    assert seen(world, batch_id) == CONTENTS["paper_scan"], "opened from the row until then"
    with running_bucket() as server:
        good = Bucket(f"127.0.0.1:{server.server_port}", "coalition", "", ACCESS, SECRET, REGION, False)

        def sweep(bucket):
            app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], files_bucket=bucket)
            app.extensions.pop("organising.files", None)
            with app.app_context():
                jobs.carry_contents()

        sweep(dataclasses.replace(good, secret_key="another"))
        assert left(world) == {"report_photo": (3, 0), "paper_scan": (2, 0)}, (
            "nothing is lost where it is down"
        )
        for _twice in range(2):
            sweep(good)
            assert left(world) == {"report_photo": (0, 3), "paper_scan": (0, 2)}
            assert len(server.kept) == 5 + 4, "and the pictures small"
        assert seen(world, batch_id) == CONTENTS["paper_scan"]
        url = f"s3://{ACCESS}:{SECRET}@{good.endpoint}/coalition?region={REGION}&tls=no"
        owner_url = databases.owner_of(environment["DATABASE_URL"])
        with pytest.raises(RuntimeError, match="bring-back"):
            downgrade(owner_url, BEFORE)
        told = environment | {"FILES_URL": url}
        counted = CliRunner().invoke(main, ["files", "bring-back", "--dry-run", "--json"], env=told)
        assert json.loads(counted.output) == {"report_photo": 3, "paper_scan": 2}
        for _twice in range(2):
            done = CliRunner().invoke(main, ["files", "bring-back"], env=told, catch_exceptions=False)
            assert done.exit_code == 0, done.output
        assert left(world) == {"report_photo": (3, 0), "paper_scan": (2, 0)}
    assert seen(world, batch_id) == CONTENTS["paper_scan"]
    with world.context("neu") as session:
        photos = session.scalars(select(ReportPhoto).order_by(ReportPhoto.number)).all()
        ciphers = [bytes(one.content_cipher) for one in photos]
    let_go(app)
    downgrade(owner_url, BEFORE)
    with maintenance(owner_url) as connection:
        rows = connection.exec_driver_sql("SELECT content_cipher FROM report_photo ORDER BY number").scalars()
        assert [bytes(one) for one in rows] == ciphers
        assert connection.exec_driver_sql("SELECT count(*) FROM stored_file").scalar() == 0
    upgrade(owner_url, bytes(range(32)))
    assert left(world) == {"report_photo": (3, 0), "paper_scan": (2, 0)}
    assert seen(world, batch_id) == CONTENTS["paper_scan"]


def let_go(app):
    """Close what the application holds open: a migration waits for every lock."""
    with app.app_context():
        db.engine.dispose()
