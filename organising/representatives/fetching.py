"""Parliament's Members API, asked page by page: patiently, politely, and no longer than a caller allows.

Pages hold 20 members. A refusal for being too many (429), a fault of the server (5xx), a broken line and an answer
that is no JSON are tried again with growing pauses; every other refusal is final.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from organising.representatives.readers.members_api import SearchReading, contact_points
from organising.representatives.readers.office_records import Holder, OfficeRecords, ReachRecord
from organising.representatives.readers.records import MNIS, Identifier, Rejection
from organising.representatives.readers.shape import Node
from organising.representatives.readers.sources import UnreadableFile

PAGE = 20
MOST_MEMBERS = 5000
LARGEST_ANSWER = 8 << 20
TRIES = 5
LONGEST_PAUSE = 60.0
HOUSES = {"commons": 1, "lords": 2}
_NAME = Path("Members API")


class FetchError(Exception):
    """The service can't be asked, or answers nonsense; ``str()`` is one line."""


@dataclass
class MembersApi:
    """A client. ``interval`` seconds lie between two requests; all together take at most ``within`` seconds.

    Answers are kept in ``cache`` and used again while younger than ``fresh`` seconds.
    """

    base_url: str
    cache: Path | None = None
    fresh: float = 6 * 3600
    interval: float = 0.2
    within: float = 900
    timeout: float = 20
    pause: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0
    _began: float = field(default_factory=time.monotonic)

    def members(self, house: str) -> Iterator[dict[str, Any]]:
        """The current members of ``commons`` or ``lords``, as the service describes each."""
        skip = total = 0
        while skip == 0 or skip < total:
            query = urlencode({"House": HOUSES[house], "IsCurrentMember": "true", "skip": skip, "take": PAGE})
            answer = self.get(f"/Members/Search?{query}")
            items, said = answer.get("items"), answer.get("totalResults")
            if not isinstance(items, list) or not isinstance(said, int) or not 0 <= said <= MOST_MEMBERS:
                raise FetchError("the Members API answered a search with something else")
            if not items and skip < said:
                raise FetchError(f"the Members API promised {said} members and stopped after {skip}")
            yield from (
                one["value"] for one in items if isinstance(one, dict) and isinstance(one.get("value"), dict)
            )
            skip, total = skip + PAGE, said

    def get(self, path: str) -> dict[str, Any]:
        """One answer, from the cache while it is fresh. Raises FetchError."""
        kept = (
            self.cache / f"{hashlib.sha256((self.base_url + path).encode()).hexdigest()}.json"
            if self.cache
            else None
        )
        if kept and kept.is_file() and time.time() - kept.stat().st_mtime < self.fresh:
            try:
                return self._parse(kept.read_bytes())
            except ValueError:
                pass  # A damaged copy is fetched again.
        answer, content = self._patiently(path)
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            unfinished = kept.with_suffix(".part")
            unfinished.write_bytes(content)
            unfinished.replace(kept)
        return answer

    def _patiently(self, path: str) -> tuple[dict[str, Any], bytes]:
        reason = ""
        for attempt in range(TRIES):
            wait = self.pause * 2**attempt
            self._check_time()
            try:
                content = self._ask(path)
                return self._parse(content), content
            except HTTPError as error:
                error.close()
                if error.code != 429 and error.code < 500:
                    raise FetchError(f"the Members API refused {path} ({error.code})") from None
                reason, wait = f"it answered {error.code}", _retry_after(error) or wait
            except ValueError:
                reason = "its answer is not JSON"
            except (URLError, TimeoutError, OSError, HTTPException) as error:
                reason = f"it can't be reached ({getattr(error, 'reason', error)})"
            if attempt < TRIES - 1:
                self._check_time(wait)
                self.sleep(min(wait, LONGEST_PAUSE))
        raise FetchError(f"the Members API was asked {TRIES} times for {path}: {reason}")

    def _ask(self, path: str) -> bytes:
        if self.requests:
            self.sleep(self.interval)
        self.requests += 1
        headers = {"Accept": "application/json", "User-Agent": "Organising"}
        # The address comes from the settings or the command line of whoever runs the server.
        request = Request(self.base_url.rstrip("/") + path, headers=headers)  # noqa: S310
        with urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
            content: bytes = answer.read(LARGEST_ANSWER + 1)
        if len(content) > LARGEST_ANSWER:
            raise FetchError(f"the answer to {path} is larger than 8 MiB")
        return content

    def _parse(self, content: bytes) -> dict[str, Any]:
        value = json.loads(content)
        if not isinstance(value, dict):
            raise ValueError("not an object")
        return value

    def _check_time(self, ahead: float = 0) -> None:
        if time.monotonic() - self._began + ahead > self.within:
            raise FetchError(f"the Members API took longer than {self.within:g} seconds altogether")


def _retry_after(error: HTTPError) -> float | None:
    said = error.headers.get("Retry-After", "") if error.headers else ""
    return float(said) if said.isascii() and said.isdigit() else None


def fetch_members(api: MembersApi, houses: tuple[str, ...], *, contacts: bool = False) -> OfficeRecords:
    """The current members of these houses as records to import, with their addresses on demand. Raises FetchError."""
    reading = SearchReading()
    for house in houses:
        for number, value in enumerate(api.members(house)):
            try:
                reading.take(Node(_NAME, f"$.{house}[{number}]", value))
            except UnreadableFile as error:
                reading.rejected.append(Rejection(error.place, error.reason))
    records = reading.records()
    return _with_contacts(api, records) if contacts else records


def _with_contacts(api: MembersApi, records: OfficeRecords) -> OfficeRecords:
    holders = dict(records.holders)
    assert records.sitting is not None
    for person in records.sitting.persons:
        holders[person.key] = Holder((Identifier(MNIS, person.key),), place=f"member {person.key}")
    reach: list[ReachRecord] = []
    complete: set[str] = set()
    rejected = list(records.rejected)
    for number in holders:
        path = f"/Members/{number}/Contact"
        try:
            found, refused, _ = contact_points(Node(_NAME, f"$.contact[{number}]", api.get(path)), number)
        except UnreadableFile as error:
            rejected.append(Rejection(error.place, error.reason))
            continue
        reach.extend(found)
        rejected.extend(refused)
        complete.add(number)
    return replace(
        records,
        holders=holders,
        reach=tuple(reach),
        complete_reach=frozenset(complete),
        rejected=tuple(rejected),
    )
