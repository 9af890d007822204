"""Representatives imported by the command."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from organising.cli import main
from tests.support.representatives import FIXTURES, snapshot


@pytest.fixture
def command(app: Flask, environment: dict[str, str]) -> Callable[..., Result]:
    def run(*arguments: str | Path) -> Result:
        words = ["representatives", "import", *(str(one) for one in arguments)]
        return CliRunner().invoke(main, words, env=environment)

    return run


def test_the_command_counts_in_json(command: Callable[..., Result], app: Flask) -> None:
    files = (FIXTURES / "popolo.json", FIXTURES / "mp_table.csv")
    first = command("--json", *files)
    assert first.exit_code == 0
    told = json.loads(first.stdout)
    assert told["files"][0]["counts"]["term"] == {"created": 14}
    assert [one["reason"] for one in told["rejected"]][:1] == ["no name"]
    second = json.loads(command("--json", *files).stdout)
    assert (second["created"], second["updated"], second["closed"]) == (0, 0, 0)
    assert second["unchanged"] > 50
    assert len(snapshot(app)["contact_point"]) == 5


def test_a_dry_run_of_the_command_builds_on_the_first_file_and_writes_nothing(
    command: Callable[..., Result], app: Flask
) -> None:
    done = command("--dry-run", FIXTURES / "popolo.json", FIXTURES / "mp_table.csv")
    assert done.exit_code == 0
    assert "Nothing was written" in done.stdout
    assert "Terms of office" in done.stdout
    assert not any(snapshot(app).values())


def test_the_command_takes_a_date(command: Callable[..., Result]) -> None:
    command(FIXTURES / "popolo.json")
    done = json.loads(command("--json", "--as-of", "2026-06-27", FIXTURES / "mp_table.csv").stdout)
    assert done["files"][0]["as_of"] == "2026-06-27"
    assert command("--as-of", "yesterday", FIXTURES / "mp_table.csv").exit_code == 2


def bad_files() -> dict[str, bytes]:
    popolo = (FIXTURES / "popolo.json").read_bytes()
    table = (FIXTURES / "mp_table.csv").read_text(encoding="utf-8-sig")
    return {
        "truncated.json.gz": gzip.compress(popolo)[:-20],
        "shape.json": json.dumps({"items": [1]}).encode(),
        "column.csv": table.replace("member_email", "email").encode(),
        "latin1.csv": table.encode("latin-1", "replace").replace(b"?", b"\xe9"),
    }


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("truncated.json.gz", "the gzip file is cut short"),
        ("shape.json", "$: not a Popolo file"),
        ("column.csv", "line 1: the column “member_email” is missing"),
        ("latin1.csv", "is not UTF-8 text"),
        ("absent.json", "there is no such file"),
    ],
)
def test_a_bad_file_is_one_line_and_nothing_is_written(
    command: Callable[..., Result], app: Flask, tmp_path: Path, name: str, says: str
) -> None:
    path = tmp_path / name
    if name in bad_files():
        path.write_bytes(bad_files()[name])
    done = command(FIXTURES / "popolo.json", path)
    assert done.exit_code == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"organising: {path}: ")
    assert says in line
    assert not any(snapshot(app).values())


def test_a_bad_setting_is_one_line(environment: dict[str, str]) -> None:
    path = str(FIXTURES / "popolo.json")
    broken = {**environment, "DATABASE_URL": "nonsense"}
    done = CliRunner().invoke(main, ["representatives", "import", path], env=broken)
    assert done.exit_code == 2
    assert "DATABASE_URL" in done.stderr
    unreachable = {**environment, "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere"}
    done = CliRunner().invoke(main, ["representatives", "import", path], env=unreachable)
    assert done.exit_code == 2
    assert "can't be reached" in done.stderr
