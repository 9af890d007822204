"""`organising representatives`: load published files about people in office."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from sqlalchemy.exc import OperationalError, ProgrammingError

from organising.config import Settings, SettingsError
from organising.platform.clock import today
from organising.platform.command import Refused, application
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.tenancy import Context, use_context
from organising.representatives.fetching import HOUSES, FetchError, MembersApi, fetch_members
from organising.representatives.readers import UnreadableFile, read_any
from organising.representatives.readers.folders import list_files
from organising.representatives.services import ImportResult, Source, import_sources, in_order

OUTCOMES = ("created", "updated", "closed", "unchanged")
# Words for kinds of entries; a kind that is not named here is called as it is.
KINDS = {
    "person": "People",
    "area": "Areas",
    "party": "Parties",
    "term": "Terms of office",
    "contact_point": "Addresses",
    "institution": "Institutions",
    "overlap": "Overlaps",
    "hexagon": "Hexagons",
    "responsibility": "Responsibilities",
    "parliament": "Parliaments",
    "post": "Posts and memberships",
    "body": "Committees and groups",
    "contest": "Polls",
    "question": "Questions for a person",
}
MOST_LINES = 20

T = TypeVar("T")


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
@click.option("--keep-going", is_flag=True, help="Leave out files that can't be taken, and take the rest.")
def import_files(
    files: tuple[Path, ...], dry_run: bool, as_json: bool, as_of: datetime | None, keep_going: bool
) -> None:
    """Load FILE: published files about people in office, areas and institutions, or a folder of them.

    Plain or gzip; the format is told by the content. Loading a file again changes nothing. Files are taken in
    the order in which they build on each other, whatever the order they are named in. Either all are taken or,
    where one can't be, none; with --keep-going that one is left out and reported.
    """
    outcome = _Outcome(keep_going)
    paths = outcome.attempt(None, list_files, files) or []
    with _steps(2 * len(paths), quiet=as_json) as step:
        read = [(path, step(f"Reading {path.name}", outcome.attempt, path, _read, path)) for path in paths]
        sources = {source: path for path, source in read if source is not None}
        _import(outcome, sources, as_of.date() if as_of else None, dry_run, step)
    if as_json:
        click.echo(json.dumps(_document(outcome, dry_run), ensure_ascii=False, indent=2))
    else:
        _print(outcome, dry_run)
    if not outcome.taken:
        raise Refused("no file was taken")


@command.command("fetch")
@click.option(
    "--house", type=click.Choice(list(HOUSES)), multiple=True, help="One house only (default: both)."
)
@click.option("--contacts", is_flag=True, help="Ask for each member’s addresses too: a request per member.")
@click.option(
    "--cache", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Keep answers here."
)
@click.option("--fresh", default=6.0, show_default=True, help="Hours for which a kept answer is used again.")
@click.option("--base-url", metavar="URL", help="Ask this service instead of MEMBERS_API_URL.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def fetch(
    house: tuple[str, ...],
    contacts: bool,
    cache: Path | None,
    fresh: float,
    base_url: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Ask Parliament’s Members API who sits today, and import the answer."""
    with _explained():
        settings: Settings = application().config["SETTINGS"]
    try:
        api = MembersApi(base_url or settings.members_api_url, cache, fresh * 3600)
        records = fetch_members(api, house or tuple(HOUSES), contacts=contacts)
    except FetchError as error:
        raise Refused(str(error)) from None
    outcome = _Outcome(False)
    with _steps(1, quiet=as_json) as step:
        place = Path("Members API")
        _import(outcome, {Source.of(place.name, b"", records): place}, today(), dry_run, step)
    if as_json:
        click.echo(json.dumps(_document(outcome, dry_run), ensure_ascii=False, indent=2))
    else:
        _print(outcome, dry_run)


@dataclass
class _Outcome:
    """What became of each file."""

    keep_going: bool
    taken: list[tuple[Path, ImportResult]] = field(default_factory=list)
    refused: list[tuple[Path, str]] = field(default_factory=list)

    def attempt(self, path: Path | None, work: Callable[..., T], *arguments: Any, **options: Any) -> T | None:
        """Do `work` on a file; None where it can't be taken and the rest shall be."""
        try:
            return work(*arguments, **options)
        except UnreadableFile as error:
            self.refuse(path, str(error).removeprefix(f"{path}: "))
            return None

    def refuse(self, path: Path | None, reason: str) -> None:
        """Leave a file out. Raises Refused where none may be."""
        if path is None or not self.keep_going:
            raise Refused(f"{path}: {reason}" if path else reason)
        self.refused.append((path, reason))


def _read(path: Path) -> Source:
    records = read_any(path)
    return Source.of(path.name, path.read_bytes(), records)


def _import(
    outcome: _Outcome,
    sources: Mapping[Source, Path],
    as_of: date | None,
    dry_run: bool,
    step: Callable[..., Any],
) -> None:
    """Import all in one transaction. A dry run writes too, since later files build on it, and rolls back."""
    with _explained(), _application(), use_context(Context(purpose="import")) as session:
        steps = import_sources(None, sources, as_of=as_of)
        for source in in_order(sources):
            _, found = step(f"Comparing {source.name}", next, steps)
            if isinstance(found, Invalid):
                outcome.refuse(sources[source], found.message)
            else:
                outcome.taken.append((sources[source], found))
        if not dry_run:
            session.commit()


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


def _document(outcome: _Outcome, dry_run: bool) -> dict[str, Any]:
    """The result as JSON: totals over all files, then each file, then those that were refused."""
    results = [result for _, result in outcome.taken]
    return {
        "dry_run": dry_run,
        **{word: sum(one.total(word) for one in results) for word in OUTCOMES},
        "rejected": [entry for one in results for entry in _rejected(one)],
        "files": [
            {
                "file": str(path),
                "source": one.source,
                "as_of": one.as_of.isoformat(),
                **{word: one.total(word) for word in OUTCOMES},
                "counts": {kind: dict(counts) for kind, counts in one.counts.items()},
                "rejected": _rejected(one),
                "ignored": dict(one.ignored),
            }
            for path, one in outcome.taken
        ],
        "refused": [{"file": str(path), "reason": reason} for path, reason in outcome.refused],
    }


def _rejected(result: ImportResult) -> list[dict[str, str]]:
    return [{"place": one.place, "reason": one.reason} for one in result.rejected]


def _print(outcome: _Outcome, dry_run: bool) -> None:
    for path, result in outcome.taken:
        click.echo(f"{path.name}, as of {result.as_of}")
        click.echo(f"  {'':26}{''.join(f'{word:>11}' for word in OUTCOMES)}")
        for kind, counts in result.counts.items():
            numbers = "".join(f"{counts.get(word, 0):>11,}" for word in OUTCOMES)
            click.echo(f"  {KINDS.get(kind, kind.replace('_', ' ').capitalize()):26}{numbers}")
        _print_list("left out or kept as it was", [f"{one.place}: {one.reason}" for one in result.rejected])
        _print_list("ignored", [f"{number:,} × {what}" for what, number in result.ignored.items()])
    for path, reason in outcome.refused:
        click.echo(f"{path} was refused: {reason}", err=True)
    if outcome.refused:
        click.echo(f"{len(outcome.taken)} files taken, {len(outcome.refused)} refused.")
    click.echo("Nothing was written: this was a dry run." if dry_run else "Done.")


def _print_list(title: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(f"  {len(lines)} {title}:")
        for line in lines[:MOST_LINES]:
            click.echo(f"    {line}")
        if len(lines) > MOST_LINES:
            click.echo(f"    and {len(lines) - MOST_LINES} more; --json lists all")
