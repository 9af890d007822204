"""``organising retention``: what goes when, counted or carried out."""

import json
from uuid import UUID

import click
from sqlalchemy import text

from ..platform.command import Refused, application, plainly
from ..platform.db import db
from ..platform.retention import RULES
from ..platform.tenancy import Context, use_context
from .services.retention import Due, count_due, run_retention


@click.group()
def command() -> None:
    """What is kept how long."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the rules as JSON.")
def list_rules(as_json: bool) -> None:
    """Print the rules with their days and limits."""
    rules = [
        {"rule": one.name, "what": one.what, "days": one.days, "least": one.least, "most": one.most}
        for one in RULES.values()
    ]
    if as_json:
        click.echo(json.dumps(rules))
        return
    for one in RULES.values():
        limits = "fixed" if one.is_fixed else f"{one.least} to {one.most}"
        click.echo(f"{one.name:<22} {one.days:>5} days ({limits}): {one.what}")


@command.command()
@click.option("--organisation", "slug", help="Short address of one organisation (default: all).")
@click.option("--dry-run", is_flag=True, help="Count what would go, and let nothing go.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@plainly
def run(slug: str | None, dry_run: bool, as_json: bool) -> None:
    """Let go what is due, as the hourly sweeps do. What is held stays."""
    with application().app_context():
        try:
            chosen = _chosen(slug)
            found = {name: (count_due if dry_run else run_retention)(one) for name, one in chosen}
        finally:
            db.engine.dispose()
    if as_json:
        plain = {name: [_plain(one) for one in due] for name, due in found.items()}
        click.echo(json.dumps({"dry_run": dry_run, "organisations": plain}))
        return
    for name, due in found.items():
        for one in due:
            if one.number:
                verb = "held" if one.held else "would go" if dry_run else "went"
                click.echo(f"{name}  {one.rule.name:<22} {one.number:>7} {verb} (after {one.days} days)")
    if not any(one.number for due in found.values() for one in due):
        click.echo("Nothing is due.")


def _chosen(slug: str | None) -> list[tuple[str, UUID]]:
    with use_context(Context()) as session:
        rows = session.execute(
            text("SELECT id, slug FROM organisation WHERE left_at IS NULL ORDER BY slug")
        ).all()
    found = [(row.slug, row.id) for row in rows if slug in (None, row.slug)]
    if slug and not found:
        raise Refused(f"there is no organisation “{slug}”")
    return found


def _plain(one: Due) -> dict[str, object]:
    return {"rule": one.rule.name, "days": one.days, "number": one.number, "held": one.held}
