"""Run every measure on servers of its own, print a table, and write it as JSON with the date and the machine's size."""

import base64
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from bench.beside import mailing_and_rebuilds
from bench.contacts import compare_contacts
from bench.feeds import compare_feeds
from bench.imports import compare_imports
from bench.load import Beside, flood
from bench.lobbying import compare_pages
from bench.measure import Result, rate
from bench.pledges import timing
from bench.postcodes import lookups
from bench.sending import running_relay, send_all
from bench.tally import counting
from organising.app import create_app
from organising.platform.message import OutgoingMail, compose
from organising.pledges.forms import SigningForm
from tests.support.databases import Databases, open_databases
from tests.support.pledges import Owner, open_a_drive
from tests.support.world import World

KEY = bytes(range(32))
RESULTS = Path(__file__).parent / "results"
LETTER = "Dear Ms Example,\n\n" + "We write about the firewall between data and enforcement.\n" * 30


def building() -> Result:
    """One message: the product's checked composition against EmailMessage with policy SMTP."""
    mail = OutgoingMail(to="a@example.org", subject="The firewall", text=LETTER, html=f"<p>{LETTER}</p>")

    def plain() -> bytes:
        message = EmailMessage(policy=policy.SMTP)
        message["From"], message["To"], message["Subject"] = "us@example.org", "a@example.org", "The firewall"
        message.set_content(LETTER)
        message.add_alternative(f"<p>{LETTER}</p>", subtype="html")
        return message.as_bytes()

    return Result(
        "building one message",
        "EmailMessage",
        rate(lambda: compose(mail, "us@example.org"), 100),
        rate(plain, 100),
    )


def signing(app: Flask) -> Result:
    """Signing (form, insert, commit) against a route that answers a word, both through the test client."""
    app.add_url_rule("/hello", "hello", _hello)
    open_a_drive(World(app))
    client, numbers = app.test_client(), iter(range(10**6))
    kept = dict(re.findall(r'name="(seen)"[^>]*value="([^"]*)"', client.get("/pledge/care-dont-share").text))
    with app.app_context():
        # Whoever fills it in faster than a person reads is asked again.
        kept["shown"] = SigningForm.shown_token(time.time() - 30)

    def sign() -> None:
        page = {"name": "Ada Invented", "email": f"a{next(numbers)}@example.org", "postcode": "SW1A 1AA"}
        answer = client.post("/pledge/care-dont-share", data=page | kept)
        assert answer.status_code == 303

    return Result(
        "signing: POST, insert, commit",
        "hello-world route",
        rate(sign, 60),
        rate(lambda: client.get("/hello"), 300),
    )


def finding(app: Flask, url: str) -> Result:
    """The constituency and member of a postcode, of 1.7 million, against a SELECT by the same primary key."""
    product, plain, note = lookups(app, url)
    return Result("finding a postcode's areas", "SELECT by primary key", product, plain, note)


def _hello() -> str:
    return "hello"


@dataclass(frozen=True)
class Ground:
    """What a measure may use: servers of its own, and a place for files."""

    databases: Databases
    place: str

    @contextmanager
    def fresh(self) -> Iterator[tuple[dict[str, str], Flask]]:
        """An installation over an empty database: its settings, and the application."""
        from organising.platform.db import db

        with self.databases.fresh() as url:
            environment = _environment(self.databases, url, self.place)
            app = create_app(environment)
            app.config["WTF_CSRF_ENABLED"] = False
            try:
                yield environment, app
            finally:
                with app.app_context():
                    db.engine.dispose()


def _sending(ground: Ground) -> list[Result]:
    results = []
    for swift, workers in ((False, 1), (False, 2), (True, 1)):
        with ground.fresh() as (environment, app), running_relay(swift=swift) as relay:
            results.append(send_all(environment, app, relay, workers))
    return results


def _signing(ground: Ground) -> list[Result]:
    with ground.fresh() as (_environment, app):
        return [signing(app)]


def _finding(ground: Ground) -> list[Result]:
    with ground.fresh() as (environment, app):
        return [finding(app, environment["DATABASE_URL"])]


def _lists(ground: Ground) -> list[Result]:
    with ground.fresh() as small, ground.fresh() as full:
        return compare_pages(ground.databases, small, full)


def _contacts(ground: Ground) -> list[Result]:
    with ground.fresh() as small, ground.fresh() as full:
        return compare_contacts(ground.databases, small, full)


def _feeds(ground: Ground) -> list[Result]:
    with ground.fresh() as (_environment, small), ground.fresh() as (_environment, full):
        return compare_feeds(small, full)


def _imports(ground: Ground) -> list[Result]:
    with ground.fresh() as (environment, app):
        return compare_imports(ground.databases, environment, app)


def _counting(_ground: Ground) -> list[Result]:
    # Servers of its own, which write to the disk: that is what a signature waits for.
    with (
        open_databases(KEY, durable=True) as databases,
        tempfile.TemporaryDirectory() as place,
        Ground(databases, place).fresh() as (environment, app),
    ):
        return [counting(World(app), _plain(databases.owner_of(environment["DATABASE_URL"])))]


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


def _load(_ground: Ground, beside: Beside | None = None) -> list[Result]:
    # Servers of its own: what is measured must survive a power cut.
    with (
        open_databases(KEY, durable=True) as databases,
        tempfile.TemporaryDirectory() as place,
        Ground(databases, place).fresh() as (environment, app),
    ):
        name = "signing over HTTP for a while" + (", beside a mailing and rebuilds" if beside else "")
        return [flood(databases, environment, app, name=name, beside=beside)]


def _signing_timing(ground: Ground) -> list[Result]:
    with ground.fresh() as (environment, app):
        return timing(app, Owner(ground.databases, environment))


MEASURES: dict[str, Callable[[Ground], list[Result]]] = {
    "building": lambda _ground: [building()],
    "sending": _sending,
    "signing": _signing,
    "signing_timing": _signing_timing,
    "postcodes": _finding,
    "lists": _lists,
    "contacts": _contacts,
    "imports": _imports,
    "feeds": _feeds,
    "tally": _counting,
    "load": _load,
    "load_beside": lambda ground: _load(ground, mailing_and_rebuilds),
}
# Ten minutes each; only where they are named.
LONG = ("load", "load_beside")


def main(names: list[str]) -> int:
    """Measure those named, or all; print, and write ``bench/results/<day>.json`` where all were measured."""
    from organising.platform.access import public

    if unknown := [name for name in names if name not in MEASURES]:
        print(f"no measure {unknown[0]}; there are {', '.join(MEASURES)}", file=sys.stderr)
        return 2
    public("a baseline")(_hello)
    results = []
    with (
        open_databases(KEY) as databases,
        tempfile.TemporaryDirectory() as place,
    ):
        for name in names or [one for one in MEASURES if one not in LONG]:
            results += MEASURES[name](Ground(databases, place))
    _tell(results, keep=not names)
    return 0


def _environment(databases: Databases, url: str, place: str) -> dict[str, str]:
    return {
        "ORGANISING_MODE": "test",
        "ORGANISING_INVENTED_PEOPLE": "1",
        "SECRET_KEY": "a measure's secret, of no use anywhere else",
        "ORGANISING_INSTALLATION_KEY": base64.b64encode(KEY).decode(),
        "DATABASE_URL": url,
        "REDIS_URL": databases.redis_url,
        "MAIL_LIMITS": "domain=1000000/minute representative=20/hour address=40/hour",
        "PUBLIC_URL": "http://localhost",
        "ORGANISING_DATA_DIR": place,
        "SMTP_URL": "smtp://127.0.0.1:9",
        "LOG_LEVEL": "error",
    }


def _tell(results: list[Result], *, keep: bool) -> None:
    print(f"{'work':40} {'baseline':26} {'product/s':>10} {'baseline/s':>11} {'ratio':>7}")
    for result in results:
        print(
            f"{result.work:40} {result.baseline:26} {result.product_per_second:10.1f} "
            f"{result.baseline_per_second:11.1f} {result.ratio:7.2f}"
        )
        if result.note:
            print(f"  {result.note}")
    if not keep:
        return
    document = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "python": sys.version.split()[0],
        "results": [asdict(result) | {"ratio": round(result.ratio, 3)} for result in results],
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{datetime.now(UTC):%Y-%m-%d}.json").write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
