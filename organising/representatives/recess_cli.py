"""`organising recesses`: load the days on which a chamber does not sit."""

from pathlib import Path

import click

from organising.platform.command import Refused, application
from organising.platform.db import db
from organising.platform.errors import Invalid
from organising.platform.tenancy import Context, use_context
from organising.representatives.services.recesses import RecessImport, import_recesses


@click.group()
def command() -> None:
    """Recesses of Parliament and the devolved parliaments."""


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_file(file: Path, dry_run: bool) -> None:
    """Load FILE: a CSV with the columns chamber, name, starts_on, ends_on.

    chamber is commons, lords, scottish, senedd or ni_assembly; days are written 2026-12-18, the last one included. Loading it again
    changes nothing.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refused(f"{file} is not a text in UTF-8") from None
    with application().test_request_context():
        try:
            result = _import(lines, dry_run)
        except Invalid as invalid:
            raise Refused(f"{file.name}: {invalid.message} {' '.join(invalid.details.values())}") from None
        finally:
            db.engine.dispose()
    click.echo(f"{result.created} new, {result.updated} changed, {result.unchanged} known already")
    for number, reason in result.rejected:
        click.echo(f"  line {number} left out: {reason}")
    click.echo("Nothing was written: this was a dry run." if dry_run else "Done.")


def _import(lines: list[str], dry_run: bool) -> RecessImport:
    with use_context(Context(purpose="import")) as session:
        result = import_recesses(lines)
        if not dry_run:
            session.commit()
        return result
