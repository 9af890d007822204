"""Where the fixtures stand, and the real files where a developer has them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from organising.representatives.readers import SourceRecords, read_source
from tests.support.register import Register

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests" / "fixtures" / "representatives"


@pytest.fixture(scope="session")
def fixture_file() -> Callable[[str], Path]:
    return lambda name: FIXTURES / name


@pytest.fixture(scope="session")
def popolo() -> SourceRecords:
    return read_source(FIXTURES / "popolo.json")


@pytest.fixture(scope="session")
def mp_table() -> SourceRecords:
    return read_source(FIXTURES / "mp_table.csv")


@pytest.fixture(scope="session")
def real_file() -> Callable[[str], Path]:
    """A file of the real data; skips where there is none."""
    folder = Path(os.environ.get("ORGANISING_TEST_DATA") or ROOT.parent / "shared" / "data")

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            pytest.skip(f"the real file {name} is not in {folder} (set ORGANISING_TEST_DATA)")
        return path

    return find


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def later_table(fixture_file: Callable[[str], Path]) -> SourceRecords:
    return read_source(fixture_file("mp_table.later.csv"))
