"""``organising mailings``: settling what is uncertain from the relay's log."""

import json
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select

from organising.organisations.models import Organisation
from organising.platform.actor import Actor
from organising.platform.command import Refused, application, plainly
from organising.platform.db import db
from organising.platform.errors import DomainError
from organising.platform.tenancy import Context, use_context

from .services.settling import settle_from_log


@click.group()
def command() -> None:
    """Mailings: settle what may or may not have arrived."""


@command.command()
@click.option(
    "--organisation", "slug", required=True, help="Short address of the organisation whose mailing it is."
)
@click.option(
    "--mailing", "mailing_id", required=True, type=click.UUID, help="The mailing's id, from its address."
)
@click.option(
    "--accepted-log",
    "log",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The relay's log: Message-IDs of accepted messages, one a line or within lines.",
)
@click.option(
    "--complete-log",
    is_flag=True,
    help="The log holds all that was accepted: what is not in it never arrived.",
)
@click.option("--dry-run", is_flag=True, help="Count, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@plainly
def settle(slug: str, mailing_id: UUID, log: Path, complete_log: bool, dry_run: bool, as_json: bool) -> None:
    """Settle uncertain messages by a relay's log. Nothing is sent: sending again is a person's decision."""
    with application().app_context():
        try:
            found, absent, left = _settle(slug, mailing_id, log, complete_log, dry_run)
        finally:
            db.engine.dispose()
    if as_json:
        click.echo(json.dumps({"accepted": found, "absent": absent, "uncertain": left, "dry_run": dry_run}))
        return
    click.echo(
        f"{found} settled as delivered, {absent} never arrived and may be sent again, {left} still uncertain."
    )
    if dry_run:
        click.echo("Nothing was changed.")


def _settle(slug: str, mailing_id: UUID, log: Path, complete: bool, dry_run: bool) -> tuple[int, int, int]:
    with use_context(Context(purpose="lookup")) as session:
        organisation_id = session.scalar(select(Organisation.id).where(Organisation.slug == slug))
    if organisation_id is None:
        raise Refused(f"there is no organisation “{slug}”")
    with (
        use_context(Context(organisation_id=organisation_id)) as session,
        log.open(errors="replace") as lines,
    ):
        try:
            settled = settle_from_log(Actor.system(organisation_id), mailing_id, lines, complete=complete)
        except DomainError as error:
            raise Refused(error.message or "there is no such mailing") from None
        if not dry_run:
            session.commit()
    return settled
