"""Real servers for every test: PostgreSQL, Valkey and an SMTP sink; a database a test, cloned from the migrations."""

import base64
import gc
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from organising.app import create_app
from organising.config import normalise_database_url
from tests.support.compiled_once import TEMPLATES, compile_routes_once, compile_statements_once
from tests.support.databases import Databases, open_databases, with_database
from tests.support.mail import GatedSink, running_sink
from tests.support.passwords import hash_quickly
from tests.support.pledges import Owner
from tests.support.world import Founded, World

INSTALLATION_KEY = bytes(range(32))


compile_routes_once()
compile_statements_once()
hash_quickly()
# Each test's application is some 100,000 objects, so that the collector went over everything imported again and again:
# a fifth of the tests' time.
gc.freeze()
gc.set_threshold(50_000, 20, 10)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The servers: embedded, or those that DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL name."""
    with open_databases(INSTALLATION_KEY) as opened:
        yield opened


@pytest.fixture
def smtp_sink() -> Iterator[GatedSink]:
    """A real SMTP server that keeps what it is given, in ``.messages``, and can be made to stop in the middle."""
    with running_sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def founded(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founded]:
    """The coalition of :class:`World`, founded once a session: a third of what most tests would spend before they begin."""
    from organising.platform.db import db

    name = f"founded_{secrets.token_hex(6)}"
    databases.execute(f'CREATE DATABASE "{name}" TEMPLATE "{databases.template}"')
    url = with_database(databases.login_url, name)
    app = create_app(_settings(databases, url, 9, tmp_path_factory.mktemp("founded")))
    world = World(app)
    with app.app_context():
        db.engine.dispose()
    yield Founded(name, world.campaign, world.organisations)
    databases.drop(name)


@pytest.fixture
def environment(
    request: pytest.FixtureRequest, databases: Databases, smtp_sink: GatedSink, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """The settings of one test's own installation: empty, or with the coalition in it where the test asks for one."""
    template = request.getfixturevalue("founded").template if "world" in request.fixturenames else None
    with databases.fresh(template) as url:
        Redis.from_url(databases.redis_url).flushdb()
        yield _settings(databases, url, smtp_sink.port, tmp_path)


def _settings(databases: Databases, url: str, smtp_port: int, place: Path) -> dict[str, str]:
    return {
        "ORGANISING_MODE": "test",
        "ORGANISING_INVENTED_PEOPLE": "1",
        "SECRET_KEY": "a test's secret, of no use anywhere else",
        "ORGANISING_INSTALLATION_KEY": base64.b64encode(INSTALLATION_KEY).decode(),
        "DATABASE_URL": url,
        "REDIS_URL": databases.redis_url,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "MAIL_LIMITS": "none",
        "MAIL_FROM": "Organising <hello@organising.example>",
        "PUBLIC_URL": "http://localhost",
        "ORGANISING_DATA_DIR": str(place),
        "LOG_LEVEL": "warning",
    }


@pytest.fixture
def app(environment: dict[str, str]) -> Iterator[Flask]:
    """The application over a fresh database. Each test has its own."""
    from organising.platform.db import db

    made = create_app(environment)
    made.config["WTF_CSRF_ENABLED"] = False
    made.jinja_env.bytecode_cache = TEMPLATES
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def world(app: Flask, founded: Founded) -> World:
    """A coalition to test with: Liberty leads; NEU and Praxis take part."""
    return World(app, founded)


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], None]:
    """Drain the queue with a real RQ worker in burst mode."""
    from organising.platform.db import db
    from organising.platform.queue import QUEUES
    from organising.platform.worker import run_worker

    def drain() -> None:
        # The worker forgets the pool it inherits; connections left in it would never be closed.
        with app.app_context():
            db.engine.dispose()
        run_worker(app, QUEUES, burst=True)

    return drain


@pytest.fixture
def sweep_and_run(app: Flask, run_jobs: Callable[[], None]) -> Callable[[], None]:
    """Sweep mailings whose doorbell was lost or whose time has come, then drain the queue."""
    from organising.mailings import jobs

    def drain() -> None:
        with app.app_context():
            jobs.sweep()
        run_jobs()

    return drain


@pytest.fixture
def owner(databases: Databases, environment: dict[str, str]) -> Owner:
    """The database as its owner in maintenance."""
    return Owner(databases, environment)


@pytest.fixture
def raw_login(
    environment: dict[str, str],
) -> Iterator[Callable[[], "psycopg.Connection[tuple[object, ...]]"]]:
    """Connect as the runtime login itself, past all of the application's code."""
    opened = []

    def connect() -> "psycopg.Connection[tuple[object, ...]]":
        url = normalise_database_url(environment["DATABASE_URL"]).replace("postgresql+psycopg", "postgresql")
        connection = psycopg.connect(url)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def test_data() -> Path:
    """The real open data, or a skip that says where it was looked for."""
    named = os.environ.get("ORGANISING_TEST_DATA")
    place = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not place.is_dir():
        pytest.skip(f"no open data at {place}; set ORGANISING_TEST_DATA")
    return place
