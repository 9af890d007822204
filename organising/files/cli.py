"""``organising files``: carry contents over from the database to the storage, or back before a downgrade."""

import json
from collections.abc import Callable

import click

from ..platform.command import application, plainly
from ..platform.db import db
from ..platform.queue import each_organisation
from ..platform.tenancy import Context, use_context
from .services.carrying import CARRIED, Carried, bring_back, carry_over, count_away, count_waiting

dry = click.option("--dry-run", is_flag=True, help="Only count.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")


@click.group()
def command() -> None:
    """Files: photographs and scans that older versions kept in the database."""


@command.command()
@dry
@as_json
@plainly
def carry(dry_run: bool, as_json: bool) -> None:
    """Carry photographs and scans over to the storage now; workers do it by themselves, some every five minutes."""
    _each(count_waiting if dry_run else lambda one: carry_over(one, at_once=count_waiting(one)), as_json)


@command.command("bring-back")
@dry
@as_json
@plainly
def bring_them_back(dry_run: bool, as_json: bool) -> None:
    """Put photographs and scans back into the database, before a downgrade to a version that looks for them there.

    Stop the workers first: they would carry them over again.
    """
    _each(count_away if dry_run else bring_back, as_json)


def _each(act: Callable[[Carried], int], as_json: bool) -> None:
    with application().app_context():
        # Known only once the application has loaded the domains that carry something.
        counts = dict.fromkeys(CARRIED, 0)
        try:
            for organisation_id in each_organisation():
                with use_context(Context(organisation_id=organisation_id)):
                    for name, one in CARRIED.items():
                        counts[name] += act(one)
        finally:
            db.engine.dispose()
    if as_json:
        click.echo(json.dumps(counts))
        return
    for name, count in counts.items():
        click.echo(f"{count:>7,}  {name.replace('_', ' ')}")
