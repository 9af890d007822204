"""``organising rights``: the ledger of erasures, for keeping elsewhere and for after a restore."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from organising.platform.command import Refused, application, plainly
from organising.platform.db import db
from organising.platform.queue import each_organisation
from organising.platform.tenancy import Context, use_context

from .services import erasure
from .services import ledger as lines


@click.group()
def command() -> None:
    """Rights: keep the ledger of erasures elsewhere, and repeat it after a restore."""


@command.command()
@plainly
def ledger() -> None:
    """Print the ledger, a line for each erasure: keyed hashes and row ids, nobody's name. Keep it beside backups."""
    with application().app_context():
        try:
            for organisation_id in each_organisation():
                with use_context(Context(organisation_id=organisation_id)):
                    for line in lines.list_lines():
                        click.echo(line.written())
        finally:
            db.engine.dispose()


@command.command("replay-erasures")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Count, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@plainly
def replay(files: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Erase again whoever was erased, after a backup was restored. FILES: ledgers kept elsewhere, beside the own one."""
    with application().app_context():
        try:
            done = erasure.replay_erasures(files, dry_run=dry_run)
        except lines.BadLine as bad:
            raise Refused(str(bad)) from None
        finally:
            db.engine.dispose()
    if as_json:
        click.echo(json.dumps(asdict(done) | {"dry_run": dry_run}))
        return
    click.echo(
        f"{done.erasures} erasures known, {done.missing} of them missing in this database; "
        f"{done.rows} rows {'would be' if dry_run else 'were'} erased again."
    )
