"""Looking postcodes up in a table of full size, against a bare SELECT by primary key over the same login."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import product

import psycopg
from flask import Flask

from organising.platform.tenancy import Context, use_context
from organising.representatives.models import Area
from organising.representatives.postcode_file import parse_postcodes
from organising.representatives.services import find_areas, import_postcodes

SEATS, LOOKUPS = 632, 3_000
LETTERS = "ABDEFGHJLN"


def lookups(app: Flask, database_url: str) -> tuple[float, float, str]:
    """Look-ups a second by the product and by the bare SELECT, and a line with p50, p99 and how fast the table loaded."""
    keys, loaded = _load(app)
    step = len(keys) // LOOKUPS
    asked = keys[::step][:LOOKUPS]
    with app.app_context(), use_context(Context(purpose="import")):
        product_times = _times(lambda key: find_areas(key), asked)
    with psycopg.connect(database_url.replace("postgresql+psycopg", "postgresql")) as connection:
        connection.execute("SET ROLE organising_runtime")
        plain_times = _times(
            lambda key: connection.execute("SELECT place_id FROM postcode WHERE key = %s", (key,)).fetchone(),
            asked,
        )
    words = ", ".join(
        f"{name} p50 {_share(times, 0.5):.2f} ms, p99 {_share(times, 0.99):.2f} ms"
        for name, times in (("find_areas", product_times), ("SELECT", plain_times))
    )
    line = f"{words}; {len(keys):,} postcodes loaded at {loaded:,.0f} a second"
    return len(asked) / sum(product_times), len(asked) / sum(plain_times), line


def _load(app: Flask) -> tuple[list[str], float]:
    """1,700,000 invented postcodes over 632 seats; answers with their keys and how many a second were loaded."""
    with app.app_context(), use_context(Context(purpose="import")) as session:
        session.add_all(
            Area(kind="westminster", name=f"Seat {n}", sort_key=f"seat {n:03}", gss_code=f"E14{n:06}")
            for n in range(SEATS)
        )
        began = time.perf_counter()
        found = parse_postcodes(_lines(), "bench")
        import_postcodes([found])
        session.commit()
        took = time.perf_counter() - began
    return [key for chunk in found.chunks for key in chunk.keys.split(",")], found.rows / took


def _lines() -> Iterator[str]:
    yield "pcds,pcon24cd\n"
    areas = product("ABCDEFGHLMNOPRSTW", "ABCDEFGHKL", range(1, 11))
    for number, (first, second, district) in enumerate(areas):
        for sector, one, other in product(range(10), LETTERS, LETTERS):
            yield f"{first}{second}{district} {sector}{one}{other},E14{number % SEATS:06}\n"


def _times(work: Callable[[str], object], keys: list[str]) -> list[float]:
    """Seconds of each, after a warming tenth."""
    times = []
    for key in keys[: len(keys) // 10] + keys:
        began = time.perf_counter()
        work(key)
        times.append(time.perf_counter() - began)
    return times[len(keys) // 10 :]


def _share(times: list[float], share: float) -> float:
    """The time under which this share of the look-ups stayed, in milliseconds."""
    return sorted(times)[int(share * (len(times) - 1))] * 1000
