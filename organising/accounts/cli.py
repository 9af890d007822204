"""`organising second-step`: for whoever runs the server, when nobody else can let a person in again."""

import json

import click

from ..platform.command import Refused, application, plainly
from ..platform.db import db
from ..platform.tenancy import Context, use_context
from .second_factor import reset
from .services import find_account


@click.group("second-step")
def command() -> None:
    """The second step at sign-in: a code from the phone."""


@command.command("reset")
@click.argument("email")
@click.option("--dry-run", is_flag=True, help="Say whether there is such an account; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@plainly
def reset_command(email: str, dry_run: bool, as_json: bool) -> None:
    """Take the second step off the account with this address, which then signs in by its password alone.

    For the only admin who lost phone and recovery codes; anybody else asks an admin. They are signed out everywhere and
    told by mail.
    """
    with application().app_context(), use_context(Context(purpose="setup")):
        user_id = find_account(email)
        if user_id is None:
            raise Refused(f"there is no account with the address {email}")
        done = not dry_run and reset(user_id)
        db.session.commit()
    if not dry_run and not done:
        raise Refused(f"{email} has no second step to take off")
    if as_json:
        click.echo(json.dumps({"email": email, "reset": done}))
    else:
        click.echo(
            f"{email}: " + ("the second step is off" if done else "the account is there; nothing changed")
        )
