"""`organising up`: everything that is not configured is started, the schema migrated, the product served.

Order: PostgreSQL, Valkey and mail catcher beside each other; migrations (as the owner, in this process); the
web server and a worker for every queue beside the filling of the demo; then the other worker and the scheduler, which would
only make these slower. It is ready when that worker listens, too: a first upload is taken up at once.
Only this process ever knows the owner's address.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from organising.config import Settings, SettingsError, normalise_database_url, read_installation_key

from .command import RUNNING
from .embedded import ADMIN, OWNER, DataDirectory, EmbeddedPostgres, EmbeddedValkey
from .embedded.catcher import MailCatcher
from .places import PACKAGE
from .supervision import Child, StartRefused, Supervisor, check_port_free, say, spawn, stop, tail

HOST = "127.0.0.1"
SERVERS, WEB, OTHERS = 0, 1, 2
LANES = (("urgent", "default"), ("urgent", "mail", "default"))
EVERY_QUEUE = LANES[1]
# What only migrations may know.
PRIVATE = ("DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")
# What another command needs to work beside the running product.
SETTINGS = (
    "DATABASE_URL",
    "REDIS_URL",
    "SMTP_URL",
    "SECRET_KEY",
    "ORGANISING_INSTALLATION_KEY",
    "ORGANISING_MODE",
    "ORGANISING_DEMO",
    "ORGANISING_MAIL_CATCHER_DIR",
    "PUBLIC_URL",
    "MAIL_FROM",
)


def run_up(
    *,
    data_dir: Path,
    port: int,
    demo: bool,
    environ: Mapping[str, str],
    sign_ins: Sequence[tuple[str, str]] = (),
    password: str = "",
) -> int:
    """Start the product and stay until Ctrl-C (0) or until it cannot go on (2, after one clear line).

    `environ` says what is configured: DATABASE_URL (then DATABASE_OWNER_URL too), REDIS_URL, SMTP_URL; what
    is absent is started under `data_dir`. Everything listens on loopback only. `sign_ins` are the demo's
    (address, who that is), printed with their `password` when ready.
    """
    try:
        check_port_free(HOST, port)
        with DataDirectory(data_dir) as data_directory:
            plan = Plan(data_directory, port, demo, environ)
            steps = {WEB: plan.prepare, OTHERS: plan.finish}
            supervisor = Supervisor(plan.children(), log_directory=data_directory.log_directory, before=steps)
            with plan.announced():
                return supervisor.run(on_ready=lambda: announce(plan, sign_ins, password))
    except StartRefused as refusal:
        say(str(refusal))
        return 2
    except KeyboardInterrupt:
        return 0


class Plan:
    """What to start here, and with which environment. Raises StartRefused for a setting that cannot work."""

    def __init__(
        self, data_directory: DataDirectory, port: int, demo: bool, environ: Mapping[str, str]
    ) -> None:
        self.data_directory = data_directory
        self.address = f"http://{HOST}:{port}"
        self.demo = demo
        self._environ = environ
        self._port = port
        self._began = datetime.now(UTC)
        self._seeding: subprocess.Popen[bytes] | None = None
        self.postgres = None if environ.get("DATABASE_URL") else EmbeddedPostgres(data_directory)
        self.valkey = None if environ.get("REDIS_URL") else EmbeddedValkey(data_directory)
        self.catcher = None if environ.get("SMTP_URL") else MailCatcher(data_directory)
        self._owner_url = self._find_owner_url()
        self.environment = self._child_environment()
        try:
            self.settings = Settings.from_environment(self.environment)
        except SettingsError as error:
            raise StartRefused(str(error)) from None

    def children(self) -> list[Child]:
        """Everything to keep running, in order."""
        servers = [server.child(SERVERS) for server in (self.postgres, self.valkey, self.catcher) if server]
        workers = [self._worker(number, lane) for number, lane in enumerate(LANES, 1)]
        return [*servers, self._web(), *workers, self._product("scheduler", "scheduler")]

    def prepare(self) -> None:
        """With the servers ready: roles and migrations; the filling of the demo begins."""
        self._check_redis()
        with self._explained("DATABASE_OWNER_URL"):
            self._migrate()
        if self.demo:
            self._seeding = spawn(self._product("demo", "demo", "seed"), self.data_directory.log_directory)

    def finish(self) -> None:
        """Wait until the demo is filled."""
        if self._seeding is not None and self._seeding.wait() != 0:
            log = self.data_directory.log_directory / "demo.log"
            raise StartRefused(
                "\n  ".join([f"the demo could not be filled, its log {log} ends:", *tail(log)])
            )

    @contextlib.contextmanager
    def announced(self) -> Iterator[None]:
        """While it runs, other commands find its settings in the data directory, not the owner's address."""
        place = self.data_directory.path / RUNNING
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({name: value for name, value in self.environment.items() if name in SETTINGS}, file)
        try:
            yield
        finally:
            place.unlink(missing_ok=True)
            if self._seeding is not None:
                # The supervisor does not know it; an end asked for in the middle must not leave it.
                stop(self._seeding, signal.SIGTERM, 5.0)

    def is_ready(self) -> bool:
        """Whether the product says that it can be used."""
        connection = http.client.HTTPConnection(HOST, self._port, timeout=5)
        try:
            connection.request("GET", "/readyz", headers={"Host": urlsplit(self.settings.public_url).netloc})
            with connection.getresponse() as answer:
                return answer.status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _child_environment(self) -> dict[str, str]:
        secrets = self.data_directory.secrets
        given = {name: value for name, value in self._environ.items() if name not in PRIVATE}
        found = {
            "SECRET_KEY": secrets["secret_key"],
            "ORGANISING_INSTALLATION_KEY": secrets["installation_key"],
            "ORGANISING_MODE": "development" if self.demo else "production",
            "PUBLIC_URL": self.address,
        } | {name: value for name, value in given.items() if value}
        found |= {
            "ORGANISING_DATA_DIR": str(self.data_directory.path),
            "ORGANISING_BIND": f"{HOST}:{self._port}",
            "ORGANISING_DEMO": "1" if self.demo else "0",
        }
        if self.demo:
            # Sign-ins that everybody knows: nowhere but here.
            found["PUBLIC_URL"] = self.address
        if self.postgres:
            found["DATABASE_URL"] = self.postgres.url()
        if self.valkey:
            found["REDIS_URL"] = self.valkey.url()
        if self.catcher:
            found["SMTP_URL"] = self.catcher.url()
            found["ORGANISING_MAIL_CATCHER_DIR"] = str(self.catcher.directory)
        else:
            found.pop("ORGANISING_MAIL_CATCHER_DIR", None)
        return found

    def _find_owner_url(self) -> str:
        if self.postgres:
            return self.postgres.url(OWNER)
        given = self._environ.get("DATABASE_OWNER_URL", "")
        if not given:
            raise StartRefused(
                "DATABASE_OWNER_URL: missing; with DATABASE_URL set, migrations need the owner's address too"
            )
        if urlsplit(given).username == urlsplit(self._environ["DATABASE_URL"]).username:
            raise StartRefused(
                "DATABASE_URL: names the owner's login, to whom the firewall between organisations does not apply; "
                "name another, such as organising_login"
            )
        try:
            return normalise_database_url(given)
        except ValueError as error:
            raise StartRefused(f"DATABASE_OWNER_URL: {error}") from None

    def _worker(self, number: int, lane: Sequence[str]) -> Child:
        child = self._product(f"worker-{number}", "worker", *(f"--queue={queue}" for queue in lane))
        if lane != EVERY_QUEUE:
            return child
        # Ready when it listens: a product that says so earlier leaves the first upload lying for seconds.
        return replace(child, order=WEB, ready=partial(self.is_listening, lane), ready_seconds=60.0)

    def is_listening(self, lane: Sequence[str]) -> bool:
        """Whether a worker of this start waits for work on these queues."""
        from redis import Redis
        from redis.exceptions import RedisError
        from rq import Worker
        from rq.serializers import JSONSerializer

        try:
            with Redis.from_url(self.environment["REDIS_URL"], socket_connect_timeout=5) as connection:
                workers = Worker.all(connection=connection, serializer=JSONSerializer)
        except RedisError:
            return False
        # One that was killed before stays written down for a minute.
        return any(
            worker.queue_names() == list(lane) and worker.birth_date and worker.birth_date >= self._began
            for worker in workers
        )

    def _product(self, name: str, *arguments: str) -> Child:
        argv = [sys.executable, "-m", "organising.cli", *arguments]
        return Child(name, argv, self.environment, order=OTHERS)

    def _web(self) -> Child:
        # In a checkout wsgi.py lies at the top; an installed wheel has the factory only.
        has_wsgi = (PACKAGE.parent / "wsgi.py").exists()
        place = ["--chdir", str(PACKAGE.parent), "wsgi:app"] if has_wsgi else ["organising.app:create_app()"]
        config = ["--config", "python:organising.platform.gunicorn_config"]
        argv = [sys.executable, "-m", "gunicorn", *config, *place]
        return Child("web", argv, self.environment, ready=self.is_ready, order=WEB, ready_seconds=60.0)

    def _migrate(self) -> None:
        from sqlalchemy.engine import make_url

        from .migrations import upgrade
        from .roles import check_boot, prepare_database, roles_ready

        if self.postgres:
            secrets = self.data_directory.secrets
            self.postgres.create_database("organising")
            prepare_database(
                self.postgres.url(ADMIN),
                secrets["organising_owner_password"],
                secrets["organising_login_password"],
            )
        elif not roles_ready(self._owner_url):
            # Works where the owner's login may create roles, else names what an administrator must run.
            login, owner = make_url(self.settings.database_url), make_url(self._owner_url)
            prepare_database(
                self._owner_url, None, login.password, login=login.username or "", owner=owner.username or ""
            )
        upgrade(self._owner_url, read_installation_key(self.environment))
        with self._explained("DATABASE_URL"):
            check_boot(self.settings.database_url)

    def _check_redis(self) -> None:
        if self.valkey:
            return
        from redis import Redis
        from redis.exceptions import RedisError

        try:
            with Redis.from_url(self.environment["REDIS_URL"], socket_connect_timeout=5) as connection:
                connection.ping()
        except (RedisError, ValueError) as error:
            where = urlsplit(self.environment["REDIS_URL"])
            raise StartRefused(
                f"REDIS_URL: {where.hostname or where.path} does not answer: {error}"
            ) from None

    @contextlib.contextmanager
    def _explained(self, setting: str) -> Iterator[None]:
        from alembic.util import CommandError
        from sqlalchemy.exc import OperationalError

        from .roles import RolesRefused

        try:
            yield
        except (StartRefused, RolesRefused) as error:
            raise StartRefused(str(error)) from None
        except OperationalError as error:
            reason = str(error.orig).splitlines()[0]
            raise StartRefused(f"{setting}: the database can't be reached: {reason}") from None
        except CommandError as error:
            raise StartRefused(f"the database does not fit this version of Organising: {error}") from None
        except Exception as error:
            log = self.data_directory.log_directory / "migrations.log"
            log.write_text(traceback.format_exc(), encoding="utf-8")
            raise StartRefused(f"the migrations failed ({type(error).__name__}), see {log}") from None


def announce(plan: Plan, sign_ins: Sequence[tuple[str, str]], password: str) -> None:
    """Tell the person at the terminal where everything is."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    with contextlib.suppress(OSError):
        console.print(f"\n[bold]Organising is ready:[/bold] {plan.settings.public_url}")
        console.print(f"Its data lie in {plan.data_directory.path} (logs in log/ there)")
        if plan.catcher:
            console.print(f"No mail leaves this machine; read it at {plan.address}/dev/mail")
        if sign_ins:
            title = f"Demo sign-ins, password {password}"
            table = Table("Sign in as", "Who that is", title=title, title_justify="left")
            for address, who in sign_ins:
                table.add_row(address, who)
            console.print(table)
        console.print("Ctrl-C stops everything.\n")
