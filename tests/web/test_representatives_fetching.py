"""Asking the Members API, through its faults."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from organising.cli import main
from organising.representatives.fetching import FetchError, MembersApi, fetch_members
from organising.representatives.models import (
    ImportBatch,
)
from organising.representatives.services import (
    import_records,
)
from tests.support.representatives import importing, nothing_changed


class Service(ThreadingHTTPServer):
    """Answers like the Members API, after the faults that a test asks for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.number = 45


class _Answers(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        fault = self.server.faults.pop(0) if self.server.faults else ""
        if fault.isdigit():
            self.send_response(int(fault))
            self.send_header("Retry-After", "1")
            self.end_headers()
            return
        content = b"<html>not json" if fault == "garbage" else json.dumps(self.answer()).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def answer(self) -> dict[str, Any]:
        parts = urlsplit(self.path)
        if parts.path.endswith("/Contact"):
            return {
                "value": [
                    {"typeId": 1, "isWebAddress": False, "line1": "A House", "email": "a@parliament.example"}
                ]
            }
        asked = {key: int(value[0]) for key, value in parse_qs(parts.query).items() if value[0].isdigit()}
        chosen = range(asked["skip"], min(asked["skip"] + asked["take"], self.server.number))
        return {
            "items": [{"value": member(n, asked["House"])} for n in chosen],
            "totalResults": self.server.number,
        }

    def log_message(self, *_: Any) -> None:
        pass


def member(number: int, house: int) -> dict[str, Any]:
    return {
        "id": house * 1000 + number, "nameDisplayAs": f"Ms Giv{number}x Fam{house}y{number}",
        "nameFullTitle": f"Ms Giv{number}x Fam{house}y{number} MP", "latestParty": {"name": "Labour"},
        "latestHouseMembership": {
            "house": house, "membershipFrom": f"Place{number}", "membershipFromId": number,
            "membershipStartDate": "2024-07-04T00:00:00", "membershipEndDate": None, "membershipStatus": {"statusId": 0},
        },
    }  # fmt: skip


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def client(service: Service, **options: Any) -> MembersApi:
    waits: list[float] = []
    api = MembersApi(f"http://127.0.0.1:{service.server_port}/api", sleep=waits.append, **options)
    api.waits = waits  # type: ignore[attr-defined]
    return api


def test_all_pages_are_fetched_through_faults_and_imported_twice(app: Flask, service: Service) -> None:
    service.faults = ["500", "503", "429", "garbage"]
    api = client(service)
    records = fetch_members(api, ("commons", "lords"), contacts=False)
    assert records.sitting is not None
    assert (len(records.sitting.persons), len(records.offices), records.rejected) == (45, 45, ())
    # Two growing pauses, then the one that the service asked for, and none shorter than the polite one.
    pauses = [wait for wait in api.waits if wait != api.interval]  # type: ignore[attr-defined]
    assert pauses == [1.0, 1.0, 1.0, 8.0]
    with importing(app) as session:
        first = import_records(None, records, as_of=date(2026, 9, 1))
        second = import_records(None, records, as_of=date(2026, 9, 1))
        session.rollback()
    assert first.counts["term"] == {"created": 90}
    assert nothing_changed(second)


def test_contacts_come_with_their_members(app: Flask, service: Service) -> None:
    service.number = 3
    records = fetch_members(client(service), ("commons",), contacts=True)
    assert len(records.reach) == 3
    with importing(app) as session:
        assert import_records(None, records).counts["contact_point"] == {"created": 3}
        session.rollback()


def test_a_fresh_answer_comes_from_the_cache(service: Service, tmp_path: Path) -> None:
    service.number = 5
    fetch_members(client(service, cache=tmp_path), ("commons",))
    fetch_members(client(service, cache=tmp_path), ("commons",))
    assert len(service.asked) == 1
    fetch_members(client(service, cache=tmp_path, fresh=0), ("commons",))
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("faults", "reason"),
    [(["500"] * 9, "asked 5 times"), (["garbage"] * 9, "not JSON"), (["404"], "refused")],
)
def test_a_service_that_never_answers_ends_in_one_line(
    service: Service, faults: list[str], reason: str
) -> None:
    service.faults = faults
    with pytest.raises(FetchError, match=reason):
        fetch_members(client(service), ("commons",))


def test_the_time_is_bounded(service: Service) -> None:
    service.faults = ["500"] * 9
    with pytest.raises(FetchError, match=r"longer than 0\.5 seconds"):
        fetch_members(client(service, within=0.5), ("commons",))


def test_the_command_fetches_shows_the_difference_and_keeps_the_history(
    app: Flask, service: Service, environment: dict[str, str]
) -> None:
    service.number = 3
    command = ["representatives", "fetch", "--house", "commons", "--json", "--base-url",
               f"http://127.0.0.1:{service.server_port}/api"]  # fmt: skip
    dry = CliRunner().invoke(main, [*command, "--dry-run"], env=environment)
    assert json.loads(dry.stdout)["files"][0]["counts"]["term"] == {"created": 3}
    done = CliRunner().invoke(main, command, env=environment)
    assert json.loads(done.stdout)["created"] > 0
    with importing(app) as session:
        assert session.scalars(select(ImportBatch.source)).all() == ["members_api"]
    service.faults = ["404"]
    refused = CliRunner().invoke(main, command, env=environment)
    assert refused.exit_code != 0
    assert "refused" in refused.stderr


def test_the_service_is_the_one_in_the_settings(
    app: Flask, service: Service, environment: dict[str, str]
) -> None:
    service.number = 3
    command = ["representatives", "fetch", "--house", "commons", "--json"]
    named = {**environment, "MEMBERS_API_URL": f"http://127.0.0.1:{service.server_port}/api/"}
    done = CliRunner().invoke(main, command, env=named)
    assert json.loads(done.stdout)["files"][0]["counts"]["term"] == {"created": 3}
    assert service.asked[0].startswith("/api/Members/Search?")
    broken = CliRunner().invoke(main, command, env={**environment, "MEMBERS_API_URL": "members.example"})
    assert broken.exit_code == 2
    assert broken.stderr.startswith("organising: MEMBERS_API_URL: must be an address")
