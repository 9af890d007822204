"""The ``organising`` command: the product's own words at the terminal."""

import os
import secrets
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
from flask import Flask

from .config import SettingsError, normalise_database_url, read_installation_key
from .platform.command import Refused, application, environment, plainly

GROUPS = {
    "representatives": "organising.representatives.cli",
    "postcodes": "organising.representatives.postcode_cli",
    "recesses": "organising.representatives.recess_cli",
    "demo": "organising.pages.cli",
    "setup": "organising.organisations.cli",
    "mailings": "organising.mailings.cli",
    "pledges": "organising.pledges.cli",
    "files": "organising.files.cli",
    "inbound": "organising.mailings.incoming.cli",
    "audit": "organising.organisations.audit_cli",
    "contacts": "organising.contacts.cli",
    "keys": "organising.operations.keys_cli",
    "second-step": "organising.accounts.cli",
    "backup": "organising.operations.backup_commands",
    "restore": "organising.operations.restore_commands",
    "retention": "organising.operations.retention_cli",
    "doctor": "organising.operations.doctor_cli",
    "rights": "organising.rights.cli",
}


class Commands(click.Group):
    """Loads a domain's commands only when they are asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *(n for n, m in GROUPS.items() if _exists(m))])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in GROUPS and _exists(GROUPS[name]):
            command = import_module(GROUPS[name]).command
            assert isinstance(command, click.Command)
            return command
        return super().get_command(context, name)


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="organising", message="Organising %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Organising: run one campaign together, and keep your people to yourselves."""
    context.obj = _make_application


def _make_application(environ: Mapping[str, str]) -> Flask:
    # Imported late: `organising --help` should not wait for every domain.
    from .app import create_app

    return create_app(environ)


@main.command()
@click.option(
    "--demo", is_flag=True, help="Fill an invented coalition and parliament, and print the sign-ins."
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=lambda: int(os.environ.get("PORT") or 8000),
    show_default="PORT or 8000",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path(os.environ.get("ORGANISING_DATA_DIR") or "var"),
    show_default="ORGANISING_DATA_DIR or var/",
)
def up(demo: bool, port: int, data_dir: Path) -> None:
    """Start everything that is not configured, migrate, serve, and stay until Ctrl-C."""
    from .accounts.demo import PASSWORD, PEOPLE
    from .platform.up import run_up

    who: list[tuple[str, str]] = []
    if demo:
        who = [(person.email, f"{person.role}, {person.organisation_name}") for person in PEOPLE]
    sys.exit(
        run_up(
            data_dir=data_dir, port=port, demo=demo, environ=dict(os.environ), sign_ins=who, password=PASSWORD
        )
    )


@main.command()
@click.option("--queue", "queues", multiple=True, help="Queues to serve, in order of urgency (default: all).")
@click.option("--burst", is_flag=True, help="Stop when the queues are empty.")
@plainly
def worker(queues: tuple[str, ...], burst: bool) -> None:
    """Run one worker."""
    from .platform.queue import QUEUES
    from .platform.roles import check_boot
    from .platform.worker import run_worker

    app = application()
    check_boot(app.config["SETTINGS"].database_url)
    run_worker(app, queues or QUEUES, burst=burst)


@main.command()
@plainly
def scheduler() -> None:
    """Ring for periodic work."""
    from .platform.roles import check_boot
    from .platform.scheduler import run_scheduler

    app = application()
    check_boot(app.config["SETTINGS"].database_url)
    run_scheduler(app)


@main.command()
@click.option("--to", "revision", default="head", show_default=True)
@plainly
def migrate(revision: str) -> None:
    """Bring the schema up to date, as the owner (DATABASE_OWNER_URL)."""
    from .platform.migrations import upgrade

    upgrade(_owner_url(), read_installation_key(environment()), revision)
    click.echo(f"The schema is at {revision}.")


@main.group()
def database() -> None:
    """Prepare and check the database."""


@database.command()
@click.option(
    "--admin-url",
    required=True,
    help="postgresql://… of a superuser or a CREATEROLE login, naming the product's database.",
)
@click.option(
    "--login", default="organising_login", show_default=True, help="The login that DATABASE_URL will name."
)
@click.option(
    "--login-password",
    envvar="ORGANISING_LOGIN_PASSWORD",
    help="Its password (made up and printed where absent).",
)
@click.option(
    "--owner-password", envvar="ORGANISING_OWNER_PASSWORD", help="Password of organising_owner (likewise)."
)
@click.option("--dry-run", is_flag=True, help="Print the statements and change nothing.")
@click.option("--quiet", is_flag=True, help="Print no address with a password (needs both passwords given).")
@plainly
def prepare(
    admin_url: str,
    login: str,
    login_password: str | None,
    owner_password: str | None,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Create the product's roles once."""
    from sqlalchemy.engine import make_url

    from .platform.roles import prepare_database, statements

    try:
        admin = normalise_database_url(admin_url)
    except ValueError as error:
        raise Refused(f"--admin-url: {error}") from None
    url = make_url(admin)
    if quiet and not (login_password and owner_password):
        raise Refused("--quiet: give both passwords, or nobody would ever know the ones made up")
    login_password = login_password or secrets.token_urlsafe(24)
    owner_password = owner_password or secrets.token_urlsafe(24)
    if dry_run:
        for line in statements(url.database or "postgres", login, "…", "organising_owner", "…", set()):
            click.echo(f"{line};")
        return
    prepare_database(admin, owner_password, login_password, login=login)
    if quiet:
        click.echo("The roles are ready.")
        return
    click.echo("The roles are ready. For roles that this run created, set:")
    for name, user, password in (
        ("DATABASE_URL", login, login_password),
        ("DATABASE_OWNER_URL", "organising_owner", owner_password),
    ):
        shown = url.set(drivername="postgresql", username=user, password=password)
        click.echo(f"  {name}={shown.render_as_string(hide_password=False)}")


def _owner_url() -> str:
    value = os.environ.get("DATABASE_OWNER_URL", "")
    if not value:
        raise SettingsError(
            "DATABASE_OWNER_URL", "missing; migrations run as the owner, never as the product's login"
        )
    try:
        return normalise_database_url(value)
    except ValueError as error:
        raise SettingsError("DATABASE_OWNER_URL", str(error)) from None


if __name__ == "__main__":
    main()
