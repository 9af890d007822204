"""A postcodes.io-compatible service, as a real server on this machine: what it may answer, and what it gets to know."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from organising.representatives.postcode_service import PostcodeService, ServiceAnswer, ServiceUnavailable
from organising.representatives.services import AnswerKind, find_areas
from tests.support.postcodes import importing, load, seat

CODES = {
    "parliamentary_constituency_2024": "E14009001",
    "admin_district": "E09009001",
    "pfa": "E99999999",
    "icb": None,
}
NOT_FOUND = (404, {"status": 404, "error": "Postcode not found"})


class Stub:
    """Answers by path; keeps the requests that it got."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.slow = 0.0
        stub = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stub.asked.append((self.path, dict(self.headers)))
                time.sleep(stub.slow)
                status, body = stub.answers.get(self.path, NOT_FOUND)
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def stub() -> Iterator[Stub]:
    made = Stub()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_a_known_postcode_and_nothing_else_goes_out(stub: Stub) -> None:
    stub.answers["/postcodes/ZA1%201AA"] = (200, {"status": 200, "result": {"codes": CODES}})
    assert PostcodeService(stub.url).find("ZA1 1AA") == ServiceAnswer("E14009001", ("E09009001",))
    assert [(path, set(headers)) for path, headers in stub.asked] == [
        ("/postcodes/ZA1%201AA", {"Host", "Accept-Encoding", "Accept"})
    ]


def test_an_unknown_and_a_terminated_postcode(stub: Stub) -> None:
    service = PostcodeService(f"{stub.url}/")
    assert service.find("ZA1 1AB") is None
    ended = {"postcode": "ZA1 1AD", "year_terminated": 2019, "month_terminated": 6}
    stub.answers["/terminated_postcodes/ZA1%201AD"] = (200, {"status": 200, "result": ended})
    assert service.find("ZA1 1AD") == ServiceAnswer(terminated_on=date(2019, 6, 1))
    stub.answers["/postcodes/ZA1%201AE"] = (404, {**NOT_FOUND[1], "terminated": ended})
    assert service.find("ZA1 1AE") == ServiceAnswer(terminated_on=date(2019, 6, 1))


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"status": 500, "error": "Oops"}),
        (200, b"<html>"),
        (200, []),
        (200, {"status": 200, "result": None}),
        (200, {"status": 200, "result": {"codes": {"parliamentary_constituency": "E14000530"}}}),
        (404, b"no such page"),
        (302, b""),
        (200, b"[" * 300_000),
    ],
)
def test_anything_else_is_no_answer(stub: Stub, answer: tuple[int, Any]) -> None:
    stub.answers["/postcodes/ZA1%201AA"] = answer
    with pytest.raises(ServiceUnavailable):
        PostcodeService(stub.url).find("ZA1 1AA")


def test_a_slow_service_is_not_waited_for(stub: Stub) -> None:
    stub.slow = 1.0
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        PostcodeService(stub.url, timeout=0.2).find("ZA1 1AA")
    assert time.monotonic() - began < 0.9


def test_the_table_comes_first_and_the_service_for_what_it_lacks(app: Flask, stub: Stub) -> None:
    with importing(app) as session:
        seat(session, "E14009001", "Fablewick North", "Merrow Invented")
        session.commit()
    load(app, "ZA1 1AA,,,,E14009001")
    stub.answers["/postcodes/ZA1%201AB"] = (200, {"status": 200, "result": {"codes": CODES}})
    service = PostcodeService(stub.url)
    with importing(app):
        assert find_areas("ZA1 1AA", service=service).is_found
        assert stub.asked == []
        found = find_areas("ZA1 1AB", service=service)
        assert found.constituency is not None
        assert found.constituency.name == "Fablewick North"
        assert find_areas("ZA1 1AD", service=service).kind == AnswerKind.NOT_IN_TABLE
        assert find_areas("JE2 3AB", service=service).kind == AnswerKind.CROWN_DEPENDENCY
        assert find_areas("nonsense", service=service).kind == AnswerKind.NOT_A_POSTCODE
    assert {path.rsplit("/", 1)[1] for path, _ in stub.asked} == {"ZA1%201AB", "ZA1%201AD"}


def test_a_service_that_is_down_says_not_now(app: Flask) -> None:
    with importing(app):
        answer = find_areas("ZA1 1AA", service=PostcodeService("http://127.0.0.1:9"))
    assert answer.kind == AnswerKind.UNAVAILABLE
