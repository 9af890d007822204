"""`organising representatives`: load published files about people in office."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from sqlalchemy.exc import OperationalError, ProgrammingError

from organising.config import SettingsError
from organising.platform.command import Refused, application
from organising.platform.db import db
from organising.platform.tenancy import Context, use_context
from organising.representatives.readers import SourceRecords, UnreadableFile, read_source
from organising.representatives.services import ImportResult, import_representatives

OUTCOMES = ("created", "updated", "closed", "unchanged")
KINDS = {
    "person": "People",
    "area": "Seats",
    "party": "Parties",
    "term": "Terms of office",
    "contact_point": "Addresses",
}
MOST_LINES = 20


@click.group()
def command() -> None:
    """People in public office, their seats and how to reach them."""


@command.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day for which a file without dates speaks, such as 2026-06-27 (default: today).",
)
def import_files(files: tuple[Path, ...], dry_run: bool, as_json: bool, as_of: datetime | None) -> None:
    """Load FILE: the parlparse people file (Popolo JSON) or the table of members with emails (CSV).

    Plain or gzip; the format is told by the content. Loading a file again changes nothing. Either all
    files are taken or none.
    """
    with _steps(2 * len(files), quiet=as_json) as step:
        sources = [(path, step(f"Reading {path.name}", _read, path)) for path in files]
        results = _import(sources, as_of.date() if as_of else None, dry_run, step)
    if as_json:
        click.echo(json.dumps(_document(files, results, dry_run), ensure_ascii=False, indent=2))
    else:
        _print(files, results, dry_run)


def _read(path: Path) -> SourceRecords:
    try:
        return read_source(path)
    except UnreadableFile as error:
        raise Refused(str(error)) from None


def _import(
    sources: Sequence[tuple[Path, SourceRecords]], as_of: date | None, dry_run: bool, step: Callable[..., Any]
) -> list[ImportResult]:
    """Import all in one transaction. A dry run writes too, since later files build on it, and rolls back."""
    with _explained(), _application(), use_context(Context(purpose="import")) as session:
        results = [
            step(f"Comparing {path.name}", import_representatives, None, records, as_of=as_of)
            for path, records in sources
        ]
        if not dry_run:
            session.commit()
    return results


@contextmanager
def _application() -> Iterator[None]:
    with application().app_context():
        try:
            yield
        finally:
            db.engine.dispose()


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what a person can mend into one line."""
    try:
        yield
    except SettingsError as error:
        raise Refused(str(error)) from None
    except OperationalError as error:
        raise Refused(f"the database can't be reached: {str(error.orig).splitlines()[0]}") from None
    except ProgrammingError as error:
        reason = str(error.orig).splitlines()[0]
        raise Refused(f"the database is not ready ({reason}); run `organising migrate`") from None


@contextmanager
def _steps(total: int, *, quiet: bool) -> Iterator[Callable[..., Any]]:
    """Run named steps with a progress bar, which shows on a terminal only."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} of {task.total}"),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=total)

        def run(label: str, work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            bar.update(task, description=label)
            result = work(*arguments, **options)
            bar.advance(task)
            return result

        yield run


def _document(files: Sequence[Path], results: Sequence[ImportResult], dry_run: bool) -> dict[str, Any]:
    """The result as JSON: totals over all files, then each file."""
    return {
        "dry_run": dry_run,
        **{outcome: sum(one.total(outcome) for one in results) for outcome in OUTCOMES},
        "rejected": [entry for one in results for entry in _rejected(one)],
        "files": [
            {
                "file": str(path),
                "source": one.source,
                "as_of": one.as_of.isoformat(),
                **{outcome: one.total(outcome) for outcome in OUTCOMES},
                "counts": {kind: dict(counts) for kind, counts in one.counts.items()},
                "rejected": _rejected(one),
                "ignored": dict(one.ignored),
            }
            for path, one in zip(files, results, strict=True)
        ],
    }


def _rejected(result: ImportResult) -> list[dict[str, str]]:
    return [{"place": one.place, "reason": one.reason} for one in result.rejected]


def _print(files: Sequence[Path], results: Sequence[ImportResult], dry_run: bool) -> None:
    for path, result in zip(files, results, strict=True):
        click.echo(f"{path.name}, as of {result.as_of}")
        click.echo(f"  {'':18}{''.join(f'{outcome:>11}' for outcome in OUTCOMES)}")
        for kind, label in KINDS.items():
            counts = result.counts.get(kind, {})
            if counts:
                numbers = "".join(f"{counts.get(outcome, 0):>11,}" for outcome in OUTCOMES)
                click.echo(f"  {label:18}{numbers}")
        _print_list("left out or kept as it was", [f"{one.place}: {one.reason}" for one in result.rejected])
        _print_list("ignored", [f"{number:,} × {what}" for what, number in result.ignored.items()])
    click.echo("Nothing was written: this was a dry run." if dry_run else "Done.")


def _print_list(title: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(f"  {len(lines)} {title}:")
        for line in lines[:MOST_LINES]:
            click.echo(f"    {line}")
        if len(lines) > MOST_LINES:
            click.echo(f"    and {len(lines) - MOST_LINES} more; --json lists all")
