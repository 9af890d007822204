"""``organising pledges``: comparing the tally with a recount of every signature, and counting anew."""

import json
from uuid import UUID

import click

from organising.platform.command import Refused, application, plainly
from organising.platform.db import db
from organising.platform.errors import NotFound
from organising.platform.tenancy import ANONYMOUS, Context, use_context

from .queries import get_public_drive
from .services.counting import (
    compare_drive,
    count_drive,
    list_counted_drives,
    publish_drive,
)

COUNTING = Context(purpose="count")


@click.group()
def command() -> None:
    """Pledges: recount, compare and repair the tallies."""


@command.command()
@click.argument("drive")
@click.option("--dry-run", is_flag=True, help="Compare, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@plainly
def rebuild(drive: str, dry_run: bool, as_json: bool) -> None:
    """Count DRIVE (its short address or id) anew from every signature, and publish it."""
    with application().app_context():
        try:
            differing = _rebuild(drive, dry_run)
        finally:
            db.engine.dispose()
    if as_json:
        click.echo(json.dumps({"drive": drive, "differing": differing, "dry_run": dry_run}))
    elif not differing:
        click.echo("The tally is what a recount gives.")
    else:
        click.echo(
            f"{differing} numbers differed from the recount"
            + ("; nothing was changed." if dry_run else ", and were put right.")
        )


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@plainly
def verify(as_json: bool) -> None:
    """Compare every drive's tally with a recount and change nothing. Ends with 1 where one differs."""
    with application().app_context():
        try:
            with use_context(COUNTING):
                found = {str(one): compare_drive(one, repair=False) for one in list_counted_drives()}
        finally:
            db.engine.dispose()
    wrong = {drive: differing for drive, differing in found.items() if differing}
    if as_json:
        click.echo(json.dumps({"drives": len(found), "differing": wrong}))
    else:
        click.echo(f"{len(found)} drives compared, {len(wrong)} differ from a recount.")
        for drive, differing in wrong.items():
            click.echo(f"{drive}: {differing} numbers. Put right with: organising pledges rebuild {drive}")
    if wrong:
        raise SystemExit(1)


def _rebuild(drive: str, dry_run: bool) -> int:
    drive_id = _drive_id(drive)
    with use_context(COUNTING) as session:
        if not dry_run:
            count_drive(drive_id)
        differing = compare_drive(drive_id, repair=not dry_run)
        if not dry_run:
            publish_drive(drive_id)
            session.commit()
    return differing


def _drive_id(drive: str) -> UUID:
    try:
        return UUID(drive)
    except ValueError:
        pass
    try:
        with use_context(ANONYMOUS):
            return get_public_drive(drive).id
    except NotFound:
        raise Refused(f"There is no open or closed pledge at {drive!r}.") from None
