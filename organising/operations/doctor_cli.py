"""``organising doctor``: is everything well, and if not, what to do."""

import json
from dataclasses import asdict

import click

from ..config import SettingsError
from ..platform.command import application
from ..platform.doctor import Finding, State, examine, is_well, note_well

MARKS = {State.OK: "ok     ", State.WARNING: "warning", State.FAILED: "FAILED "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--strict", is_flag=True, help="Let warnings count as failures.")
def command(as_json: bool, strict: bool) -> None:
    """Look at every part. Ends with 0 where all is well, 1 where something is not."""
    from ..platform.db import db

    try:
        with application().app_context():
            try:
                findings = examine()
                if is_well(findings):
                    note_well()
            finally:
                db.engine.dispose()
    except SettingsError as error:
        findings = [Finding("configuration", State.FAILED, str(error))]
    well = is_well(findings) and not (strict and any(one.state is not State.OK for one in findings))
    if as_json:
        click.echo(json.dumps({"well": well, "parts": [asdict(one) for one in findings]}))
    else:
        for one in findings:
            click.echo(f"{MARKS[one.state]}  {one.part:<14} {one.words}")
    if not well:
        raise SystemExit(1)
