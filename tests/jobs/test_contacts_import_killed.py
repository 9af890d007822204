"""Files of contacts with real workers, killed with -9 at random moments: errors exact to the row, all or resumable, undone
to the byte."""

import csv
import hashlib
import io
import multiprocessing
import os
import random
import re

import pytest

from organising.contacts import jobs
from organising.contacts.services.importing import keep_file
from organising.platform.db import db
from organising.platform.ownership import Base
from tests.support.contact_imports import settings, version
from tests.support.contacts import keep
from tests.support.contacts_file import mixed_file, row_of
from tests.support.mailings import children_of, eventually

BOOKKEEPING = {"contact_import"}
UNDER_WAY = ("reading", "checking", "applying", "undoing")
# Rows of people who are known already: they are changed.
KNOWN = (3, 1_503, 4_001)


@pytest.fixture
def browser(world):
    return world.browser(world.user("neu", "organiser"))


@pytest.fixture
def workers(app, environment, owner):
    """Has the import worked on by real workers, of which so many are killed, until it rests."""
    chance, started = random.Random(20261130), []

    def work(kills):
        killed = 0
        while owner.rows("SELECT state FROM contact_import")[0][0] in UNDER_WAY:
            with app.app_context():
                jobs.sweep_imports()
                db.engine.dispose()
            worker = begin()
            if killed < kills:
                # Somewhere within the pieces that follow, or between two.
                before = owner.rows("SELECT done, state FROM contact_import")
                eventually(
                    lambda before=before: owner.rows("SELECT done, state FROM contact_import") != before, 60
                )
                eventually(lambda: False, chance.random() * 1.5, every=0.05)
                kill(worker)
                killed += 1
                whole(owner)
                continue
            eventually(
                lambda: owner.rows("SELECT state FROM contact_import")[0][0] not in UNDER_WAY, 600, every=0.2
            )
            kill(worker)
        return killed

    def begin():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(
            ["organising.app", "organising.contacts.jobs", "organising.platform.worker"]
        )
        process = context.Process(target=_work, args=(environment,))
        process.start()
        started.append(process)
        return process

    yield work
    for process in started:
        kill(process)


def kill(process):
    """kill -9 the worker and the fork that runs its job."""
    for pid in [*children_of(process.pid or 0), process.pid or 0]:
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            continue
    process.join(10)


def _work(environment):
    os.setsid()
    from organising.app import create_app
    from organising.platform.worker import run_worker

    run_worker(create_app(environment), ("default",))


def whole(owner):
    """What is written is what is counted, whatever moment it was."""
    state, done, added, updated = owner.rows("SELECT state, done, added, updated FROM contact_import")[0]
    rows = dict(owner.rows("SELECT deed, count(*) FROM imported_row WHERE undone_at IS NULL GROUP BY deed"))
    if state in ("applying", "done", "stopped"):
        assert (rows.get("added", 0), rows.get("updated", 0)) == (added, updated)
        assert owner.rows("SELECT count(*) FROM contact")[0][0] == added + len(KNOWN)
        assert owner.rows("SELECT coalesce(sum(rows), 0) FROM import_piece")[0][0] + done == owner.rows(
            "SELECT rows FROM contact_import")[0][0]  # fmt: skip
    if state == "undoing":
        assert owner.rows("SELECT count(*) FROM contact")[0][0] == rows.get("added", 0) + len(KNOWN)


def dump(owner):
    """A hash of every row of every table of the organisation's contacts: ciphers, keys, times and search words included."""
    tables = [one.name for one in Base.metadata.sorted_tables
              if re.match(r"contact|tag$|search_token|consent_wording|special_fact|duplicate_rule|not_duplicate", one.name)]  # fmt: skip
    found = {}
    for table in set(tables) - BOOKKEEPING:
        hashed = hashlib.sha256()
        for (row,) in owner.rows(f'SELECT t::text FROM "{table}" t ORDER BY 1'):
            hashed.update(row.encode())
        found[table] = (owner.rows(f'SELECT count(*) FROM "{table}"')[0][0], hashed.hexdigest())
    return found


@pytest.mark.parametrize(("rows", "kills"), [(5_000, 1), pytest.param(100_000, 5, marks=pytest.mark.slow)])
def test_killed_at_random_moments_it_is_whole_or_goes_on_and_is_undone_to_the_byte(
    world, browser, owner, workers, rows, kills
):
    made = mixed_file(rows)
    for number in KNOWN:
        row = row_of(number)
        keep(world, "neu", world.user("neu", "organiser"), f"{row['First name']} {row['Last name']}", email=row["Email"],
             job="Something else", tags=("old", "Volunteer"), postcode="SW1A 1AA")  # fmt: skip
    actor = world.user("neu", "organiser")
    with world.context("neu", actor) as session:
        place = f"/contacts/imports/{keep_file(actor, 'people.csv', made.content).id}"
        session.commit()
    assert workers(kills) > 0
    told = list(
        csv.reader(io.StringIO(browser.get(f"{place}/faults").get_data(as_text=True).lstrip("\ufeff")))
    )
    assert {int(row[-2]): row[-1].partition(":")[0] for row in told[1:]} == made.faults
    sent = settings(browser.get(place).text, known_rule="update", agreed="news.email", agreed_on="2024-06-01",
                    evidence="June form")  # fmt: skip
    assert browser.post(place, data=sent).status_code == 303
    workers(0)
    before = dump(owner)
    page = browser.get(place).text
    assert browser.post(f"{place}/application", data={"version": version(page)}).status_code == 303
    assert workers(kills) > 0
    counts = "SELECT state, added, updated, skipped, wrong FROM contact_import"
    right = made.right - len(KNOWN)
    assert owner.rows(counts) == [("done", right, len(KNOWN), 0, len(made.faults))]
    assert owner.rows("SELECT count(*), count(DISTINCT name) FROM contact") == [(made.right, made.right)]
    assert owner.rows("SELECT count(*) FROM contact_consent") == [(right,)]
    assert dump(owner) != before
    assert browser.post(f"{place}/undo").status_code == 303
    assert workers(kills) > 0
    assert owner.rows("SELECT state, stayed FROM contact_import") == [("undone", 0)]
    assert dump(owner) == before
