"""`organising demo seed`: the invented coalition, its parliament and a season of their work. Doing it twice changes nothing."""

import click

from ..config import Settings
from ..platform.command import application, plainly


@click.group()
def command() -> None:
    """The invented coalition of `organising up --demo`."""


@command.command("seed")
@plainly
def seed_command() -> None:
    """Fill the demo, once. Refused where ORGANISING_DEMO is not set."""
    # Imported late: every `organising --help` reads this file.
    from .demo import seed

    app = application()
    settings: Settings = app.config["SETTINGS"]
    if not settings.demo:
        raise click.ClickException(
            "the demo's sign-ins have a known password; set ORGANISING_DEMO=1, on loopback only"
        )
    with app.app_context():
        click.echo("The demo is ready." if seed() else "The demo is there already.")
