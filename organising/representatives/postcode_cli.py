"""`organising postcodes`: load the table that tells which constituency a postcode lies in, and ask it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import ProgrammingError

from organising.platform.command import Refused, application, plainly
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.tenancy import Context, use_context
from organising.representatives.postcode_file import PostcodeFile, UnusableFile, read_postcodes
from organising.representatives.services import PostcodesResult, find_areas, import_postcodes

MOST_CODES = 5


@click.group()
def command() -> None:
    """Postcodes, and the constituencies that they lie in."""


@command.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Also remove the postcodes that none of the files has.")
@click.option("--skip-bad", is_flag=True, help="Leave bad lines out instead of refusing the file.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@plainly
def import_files(
    files: tuple[Path, ...], replace: bool, skip_bad: bool, dry_run: bool, as_json: bool
) -> None:
    """Load FILE: the ONS Postcode Directory or a table with its column names (CSV, plain or gzip).

    Needed are a column of postcodes (pcds, pcd7 …) and one of constituencies (pcon24cd …). Loading a file again
    changes nothing; a newer one moves what moved. Either all files are taken or none.
    """
    began = time.monotonic()
    read = [_read(path, skip_bad) for path in files]
    with _bar(sum(one.rows for one in read), quiet=as_json) as progress, _application():
        results, removed = _import(read, replace, dry_run, progress)
    if as_json:
        click.echo(json.dumps(_document(results, removed, dry_run), ensure_ascii=False, indent=2))
    else:
        _print(read, results, removed if replace else None, dry_run, time.monotonic() - began)


@command.command("find")
@click.argument("postcode")
@plainly
def find(postcode: str) -> None:
    """Say which constituency POSTCODE lies in, and who sits there. Exit code 1 where that is not known."""
    with _application(), use_context(Context()):
        answer = find_areas(postcode)
    seat = answer.constituency
    click.echo(
        f"{answer.postcode}: {answer.kind.replace('_', ' ')}{f'. {answer.reason}' if answer.reason else ''}"
    )
    if seat is not None:
        click.echo(
            f"{seat.name} ({seat.gss_code}): {seat.member.name if seat.member else 'nobody sits there now'}"
        )
    for area in answer.other_areas:
        click.echo(f"  {area.kind.replace('_', ' ')}: {area.name}")
    if not answer.is_found:
        raise click.exceptions.Exit(1)


def _read(path: Path, skip_bad: bool) -> PostcodeFile:
    try:
        return read_postcodes(path, skip_bad=skip_bad)
    except UnusableFile as error:
        raise Refused("\n  ".join([str(error), *error.lines])) from None


def _import(
    files: Sequence[PostcodeFile], replace: bool, dry_run: bool, progress: Callable[[int], None]
) -> tuple[list[PostcodesResult], int]:
    with use_context(Context(purpose="import")) as session:
        try:
            found = import_postcodes(files, replace=replace, dry_run=dry_run, progress=progress)
        except Invalid as error:
            raise Refused(str(error)) from None
        if not dry_run:
            session.commit()
    return found


@contextmanager
def _application() -> Iterator[None]:
    with application().app_context():
        try:
            yield
        except ProgrammingError as error:
            reason = str(error.orig).splitlines()[0]
            raise Refused(f"the database is not ready ({reason}); run `organising migrate`") from None
        finally:
            db.engine.dispose()


@contextmanager
def _bar(rows: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar, which shows on a terminal only."""
    console = Console(stderr=True)
    shown = Progress(
        TextColumn("{task.completed:,} of {task.total:,} postcodes"),
        BarColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    with shown:
        task = shown.add_task("", total=rows)
        yield lambda done: shown.advance(task, done)


def _document(results: Sequence[PostcodesResult], removed: int, dry_run: bool) -> dict[str, Any]:
    """The result as JSON: totals over all files, then each file."""
    return {
        "dry_run": dry_run,
        **{what: sum(getattr(one, what) for one in results) for what in ("created", "updated", "unchanged")},
        "removed": removed,
        "files": [
            {
                "file": one.name,
                "postcodes": one.rows,
                "created": one.created,
                "updated": one.updated,
                "unchanged": one.unchanged,
                "without_constituency": one.without_constituency,
                "terminated": one.terminated,
                "left_out": one.left_out,
                "unknown_constituencies": one.unknown,
            }
            for one in results
        ],
    }


def _print(
    files: Sequence[PostcodeFile],
    results: Sequence[PostcodesResult],
    removed: int | None,
    dry_run: bool,
    seconds: float,
) -> None:
    for file, one in zip(files, results, strict=True):
        click.echo(f"{one.name}: {one.rows:,} postcodes")
        click.echo(f"  {one.created:,} new, {one.updated:,} changed, {one.unchanged:,} as they were")
        for number, what in (
            (one.without_constituency, "without a constituency"),
            (one.terminated, "no longer in use"),
        ):
            if number:
                click.echo(f"  {number:,} {what}")
        if one.unknown:
            codes = ", ".join(sorted(one.unknown)[:MOST_CODES])
            click.echo(
                f"  {sum(one.unknown.values()):,} lie in {len(one.unknown):,} constituencies that are not loaded here "
                f"({codes}{' …' if len(one.unknown) > MOST_CODES else ''}); load them and these are found"
            )
        if one.left_out:
            click.echo(f"  {one.left_out:,} bad lines left out:")
            for line in file.left_out:
                click.echo(f"    {line}")
    if removed is not None:
        click.echo(
            f"{removed:,} postcodes that no file has {'would be removed' if dry_run else 'were removed'}."
        )
    changed = any(one.created or one.updated for one in results) or bool(removed)
    done = f"Done in {seconds:.0f} s." if changed else "Nothing changed: all of it was there already."
    click.echo("Nothing was written: this was a dry run." if dry_run else done)
