"""Asking a postcodes.io-compatible service where a postcode lies. Nothing but the postcode goes out."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

TIMEOUT = 3.0
LARGEST = 256 * 1024
OTHER_CODES = ("admin_county", "admin_district", "admin_ward", "pfa", "icb")


class ServiceUnavailable(Exception):
    """The service did not answer, or not in the shape it should; ``str()`` says how, for the log."""


@dataclass(frozen=True)
class ServiceAnswer:
    """GSS codes of the areas; ``constituency`` empty where there is none. With ``terminated_on`` no areas are told."""

    constituency: str = ""
    others: tuple[str, ...] = ()
    terminated_on: date | None = None


class PostcodeService:
    """``base_url`` is all that comes before ``/postcodes/…``."""

    def __init__(self, base_url: str, timeout: float = TIMEOUT) -> None:
        self.parts = urlsplit(base_url.rstrip("/"))
        self.timeout = timeout

    def find(self, postcode: str) -> ServiceAnswer | None:
        """Where the postcode lies; None where the service does not know it. Raises :class:`ServiceUnavailable`.

        Takes at most ``timeout`` seconds in all.
        """
        deadline = time.monotonic() + self.timeout
        found = self._get("postcodes", postcode, deadline)
        if "result" in found:
            return _answer(found["result"])
        ended = found.get("terminated") or self._get("terminated_postcodes", postcode, deadline).get("result")
        return None if ended is None else ServiceAnswer(terminated_on=_end(ended))

    def _get(self, resource: str, postcode: str, deadline: float) -> dict[str, Any]:
        """The JSON object answered: 200 with ``result``, or 404 with ``error``. Anything else is no answer."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise ServiceUnavailable("it took too long")
        kind = HTTPSConnection if self.parts.scheme == "https" else HTTPConnection
        connection = kind(self.parts.hostname or "", self.parts.port, timeout=left)
        try:
            connection.request(
                "GET",
                f"{self.parts.path}/{resource}/{quote(postcode)}",
                headers={"Accept": "application/json"},
            )
            with connection.getresponse() as answer:
                status, body = answer.status, _body(answer, deadline)
        except (OSError, HTTPException) as error:
            raise ServiceUnavailable(type(error).__name__) from None
        finally:
            connection.close()
        try:
            document = json.loads(body)
        except ValueError:
            raise ServiceUnavailable(f"status {status}, no JSON") from None
        told = isinstance(document, dict) and ("result" if status == 200 else "error") in document
        if status not in (200, 404) or not told:
            raise ServiceUnavailable(f"status {status}")
        return document if status == 200 else {k: v for k, v in document.items() if k != "result"}


def _body(answer: HTTPResponse, deadline: float) -> bytes:
    """All of it, unless it is too long or comes too slowly."""
    parts, size = [], 0
    while part := answer.read1(16_384):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise ServiceUnavailable("the answer is too long")
        if time.monotonic() > deadline:
            raise ServiceUnavailable("it took too long")
    return b"".join(parts)


def _answer(result: Any) -> ServiceAnswer:
    codes = result.get("codes") if isinstance(result, dict) else None
    if not isinstance(codes, dict) or "parliamentary_constituency_2024" not in codes:
        raise ServiceUnavailable("the answer names no constituency of 2024")
    return ServiceAnswer(
        _code(codes["parliamentary_constituency_2024"]),
        tuple(code for name in OTHER_CODES if (code := _code(codes.get(name)))),
    )


def _code(value: Any) -> str:
    """A GSS code; ONS's pseudo codes, such as E99999999, say that there is none."""
    code = value if isinstance(value, str) else ""
    return "" if code.endswith("99999999") else code


def _end(ended: Any) -> date:
    try:
        return date(ended["year_terminated"], ended["month_terminated"], 1)
    except (TypeError, KeyError, ValueError):
        raise ServiceUnavailable("it names no month of termination") from None
