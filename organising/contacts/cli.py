"""``organising contacts``: take in a file by the same rules as the page, go on with one, or undo it."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select

from ..organisations.models import Organisation
from ..organisations.queries import list_people
from ..platform.actor import Actor
from ..platform.command import Refused, application, plainly
from ..platform.db import db, find
from ..platform.errors import DomainError, Invalid
from ..platform.permissions import Permission
from ..platform.sealing import canonical_email
from ..platform.sheets import MOST_BYTES
from ..platform.tenancy import Context, use_context
from ..representatives.names import fold
from .forms.lists import AGREED
from .mapping import Column
from .models import ContactImport, ImportState, KnownRule
from .queries.imports import list_findings
from .services.checking import Looking
from .services.importing import (
    Settings,
    ask_for_import,
    change_settings,
    keep_file,
    resume_import,
    stop_import,
    take_import,
)
from .services.refused import opened, refused_rows
from .services.steps import do_step
from .services.undoing import ask_for_undo
from .words import IMPORT_STATES

MOST_SHOWN = 20
INTERRUPTED = 130
LEAVE_OUT = "-"
PURPOSES = [".".join(one) for one in AGREED]
Waiting = Callable[[ContactImport], None]


def _who(command: Any) -> Any:
    """The options that say whose contacts, and who acts."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
        click.option("--as", "email", required=True, help="Email address of the member who acts."),
        click.option(
            "--organisation", "slug", required=True, help="Short address of the organisation whose contacts they are."
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def command() -> None:
    """Contacts: take in a file, go on with one that was held up, undo one."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_who
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="HEADER=FIELD",
    help=f"What a column is: {', '.join(Column)}; or {LEAVE_OUT} to leave it out. May be given again. "
    "The others are guessed, or as the last time.",
)
@click.option(
    "--known",
    type=click.Choice([str(one) for one in KnownRule]),
    default="skip",
    show_default=True,
    help="Who is known already: skip them, fill what is missing, or update what the file says.",
)
@click.option("--agreed", type=click.Choice(PURPOSES), help="What all of them said yes to.")
@click.option("--agreed-on", type=click.DateTime(["%Y-%m-%d"]), help="When (default: today).")
@click.option("--evidence", default="", help="Where it can be looked up that they said yes.")
@click.option(
    "--refused",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the refused rows there, as a CSV file to mend.",
)
@click.option("--dry-run", is_flag=True, help="Look at every row, and write nothing.")
@plainly
def import_file(
    file: Path,
    slug: str,
    email: str,
    as_json: bool,
    mapped: tuple[str, ...],
    known: str,
    agreed: str | None,
    agreed_on: datetime | None,
    evidence: str,
    refused: Path | None,
    dry_run: bool,
) -> None:
    """Take in FILE: an Excel workbook (XLSX) or a CSV file, by the same rules as the page.

    Ends with 0 where every row could be taken, 1 where rows were left out for their faults, 2 where nothing was done.
    Ctrl-C holds it up; what is written stays and can be gone on with or undone.
    """
    if file.stat().st_size > MOST_BYTES:
        raise Refused(f"{file.name} is larger than {MOST_BYTES >> 20} MB. Split it into several.")
    with _acting(slug, email) as (actor, save), _bar(quiet=as_json) as waiting:
        keep = save if not dry_run else db.session.flush
        kept = keep_file(actor, file.name, file.read_bytes())
        keep()
        kept = _work_off(actor, kept.id, keep, waiting, while_in=(ImportState.READING,))
        if kept.state == ImportState.REFUSED:
            raise Refused(f"{file.name}: {kept.reason}")
        settings = Settings(
            meanings=_meanings(kept, mapped),
            known_rule=KnownRule(known),
            agreed=next((one for one in AGREED if ".".join(one) == agreed), None),
            agreed_on=agreed_on.date() if agreed_on else None,
            evidence=evidence,
        )
        change_settings(actor, kept.id, settings, version=kept.version)
        keep()
        kept = _work_off(actor, kept.id, keep, waiting)
        if not dry_run:
            ask_for_import(actor, kept.id, version=kept.version)
            keep()
            kept = _work_off(actor, kept.id, keep, waiting)
        if refused is not None:
            refused.write_text("".join(refused_rows(actor, kept)), encoding="utf-8")
            keep()
        _tell(kept, as_json=as_json, dry_run=dry_run)
        wrong = kept.wrong
        if dry_run:
            db.session.rollback()
    if wrong:
        raise SystemExit(1)


@command.command("resume")
@click.argument("import_id", metavar="IMPORT", type=click.UUID)
@_who
@plainly
def resume(import_id: UUID, slug: str, email: str, as_json: bool) -> None:
    """Go on with a file that was held up while it was written."""
    with _acting(slug, email) as (actor, save), _bar(quiet=as_json) as waiting:
        resume_import(actor, import_id)
        save()
        _tell(_work_off(actor, import_id, save, waiting), as_json=as_json, dry_run=False)


@command.command("undo")
@click.argument("import_id", metavar="IMPORT", type=click.UUID)
@_who
@plainly
def undo(import_id: UUID, slug: str, email: str, as_json: bool) -> None:
    """Undo a whole file: who was added goes, who was changed is as before. What people did since stays."""
    with _acting(slug, email) as (actor, save), _bar(quiet=as_json) as waiting:
        ask_for_undo(actor, import_id)
        save()
        _tell(_work_off(actor, import_id, save, waiting), as_json=as_json, dry_run=False)


@contextmanager
def _acting(slug: str, email: str) -> Iterator[tuple[Actor, Callable[[], None]]]:
    """Whoever acts, in a session of their own with all that their role may and no more; and how to commit."""
    with application().app_context():
        try:
            actor = _find_actor(slug, email)
            with use_context(
                Context(organisation_id=actor.organisation_id, user_id=actor.user_id)
            ) as session:
                yield actor, session.commit
        except Invalid as invalid:
            reasons = [str(one) for one in invalid.details.values()] or [invalid.message]
            raise Refused(" ".join(dict.fromkeys(reasons))) from None
        except DomainError as error:
            raise Refused(error.message or "there is no such import") from None
        finally:
            db.engine.dispose()


def _find_actor(slug: str, email: str) -> Actor:
    with use_context(Context(purpose="lookup")) as session:
        found = session.execute(
            select(Organisation.id, Organisation.name).where(Organisation.slug == slug)
        ).one_or_none()
    if found is None:
        raise Refused(f"there is no organisation “{slug}”")
    with use_context(Context(organisation_id=found.id)):
        people = list_people(found.id, Permission.CONTACTS_IMPORT, organisation_name=found.name)
    for actor, address in people:
        if canonical_email(address) == canonical_email(email):
            return actor
    raise Refused(f"{email} is no member of “{slug}” who may take in files of contacts")


def _meanings(kept: ContactImport, mapped: Sequence[str]) -> dict[int, Column]:
    """The columns as they were guessed or remembered, but for those that were said."""
    meanings = {int(place): Column(column) for place, column in kept.meanings.items()}
    places = {fold(header) or header: place for place, header in enumerate(kept.headers)}
    for one in mapped:
        header, equals, meant = one.rpartition("=")
        place = places.get(fold(header) or header)
        if not equals or place is None:
            raise Refused(
                f"--map {one}: the columns are {', '.join(repr(each) for each in kept.headers)}, each with = and a field"
            )
        if meant == LEAVE_OUT:
            meanings.pop(place, None)
        elif meant in set(Column):
            meanings[place] = Column(meant)
        else:
            raise Refused(f"--map {one}: there is no field “{meant}”; there are {', '.join(Column)}")
    return meanings


def _work_off(
    actor: Actor,
    import_id: UUID,
    keep: Callable[[], None],
    waiting: Waiting,
    *,
    while_in: Sequence[ImportState] = (),
) -> ContactImport:
    """Do the steps of an import here, beside whatever worker has it too, until it rests."""
    looking = Looking()
    try:
        while True:
            kept = take_import(import_id)
            if kept is None:
                # A worker has it in hand.
                db.session.rollback()
                time.sleep(0.1)
                continue
            waiting(kept)
            if not kept.is_under_way or (while_in and kept.state not in while_in):
                return kept
            do_step(actor, kept, looking)
            keep()
    except KeyboardInterrupt:
        db.session.rollback()
        kept = find(ContactImport, import_id)
        if kept is not None and kept.state == ImportState.APPLYING:
            kept = stop_import(actor, import_id)
            keep()
            click.echo(
                f"Held up after {kept.done:,} of {kept.rows:,} rows. `organising contacts resume {import_id}` goes on, "
                f"`organising contacts undo {import_id}` takes back what is written.",
                err=True,
            )
        raise SystemExit(INTERRUPTED) from None


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Waiting]:
    """A progress bar, which shows on a terminal only."""
    console = Console(stderr=True)
    shown = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} of {task.total:,} rows"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    with shown:
        task = shown.add_task("", total=0)
        yield lambda kept: shown.update(
            task,
            description=str(IMPORT_STATES[ImportState(kept.state)]),
            total=kept.added + kept.updated if kept.state == ImportState.UNDOING else kept.rows,
            completed=kept.done if kept.state != ImportState.READING else 0,
        )


def _tell(kept: ContactImport, *, as_json: bool, dry_run: bool) -> None:
    faults = [
        {"row": found.row.number, "column": column, "reason": reason}
        for found in map(opened, list_findings(kept.id, wrong=True))
        for column, reason in found.reasons
    ]
    if as_json:
        document = {
            "import": None if dry_run else str(kept.id),
            "state": kept.state,
            "dry_run": dry_run,
            **{name: getattr(kept, name) for name in ("rows", "added", "updated", "skipped", "wrong", "stayed")},
            "columns": {kept.headers[int(place)]: column for place, column in kept.meanings.items()},
            "faults": faults,
        }  # fmt: skip
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for one in faults[:MOST_SHOWN]:
        click.echo(f"  row {one['row']}, {one['column']}: {one['reason']}")
    if len(faults) > MOST_SHOWN:
        click.echo(
            f"  … and {len(faults) - MOST_SHOWN:,} more; --json tells all, --refused writes the rows to a file"
        )
    click.echo(
        f"{kept.rows:,} rows: {kept.added:,} added, {kept.updated:,} changed, {kept.skipped:,} left as they are, "
        f"{kept.wrong:,} left out for their faults."
    )
    if kept.state == ImportState.UNDONE:
        click.echo(f"Undone; {kept.stayed:,} stay, as somebody has changed them since.")
    else:
        click.echo("Nothing was written: this was a dry run." if dry_run else f"Import {kept.id}.")
