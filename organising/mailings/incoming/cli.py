"""``organising inbound``: mail that comes back, by a listener or from a mailbox."""

import asyncio
import time

import click

from organising.config import ImapMailbox
from organising.platform.command import Refused, application, plainly
from organising.platform.db import db
from organising.platform.roles import check_boot

from .listener import serve as listen
from .mailbox import Fetched, MailboxRefused, fetch_new
from .reading import LARGEST


@click.group()
def command() -> None:
    """Take the bounces and answers that come back."""


@command.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=2424, show_default=True)
@click.option(
    "--protocol",
    type=click.Choice(["lmtp", "smtp"]),
    default="lmtp",
    show_default=True,
    help="What is spoken.",
)
@click.option(
    "--largest",
    type=click.IntRange(1, 100),
    default=LARGEST // 2**20,
    show_default=True,
    help="The largest message that is taken, in MB.",
)
@plainly
def serve(host: str, port: int, protocol: str, largest: int) -> None:
    """Listen for mail to return paths, and acknowledge what is committed.

    It asks for no name and speaks no TLS: put it behind the mail server that takes mail for MAIL_RETURN_DOMAIN.
    """
    app = application()
    check_boot(app.config["SETTINGS"].database_url)

    def say(bound: int) -> None:
        click.echo(f"Listening on {host}:{bound} ({protocol}). Ctrl-C stops it.")

    asyncio.run(
        listen(app, host=host, port=port, lmtp=protocol == "lmtp", largest=largest * 2**20, ready=say)
    )


@command.command()
@click.option(
    "--every",
    type=click.IntRange(10, 86_400),
    help="Go on, and look again after so many seconds (default: look once).",
)
@plainly
def poll(every: int | None) -> None:
    """Fetch what came back from the mailbox that INBOUND_IMAP_URL names."""
    app = application()
    mailbox = app.config["SETTINGS"].inbound_imap
    if mailbox is None:
        raise Refused("INBOUND_IMAP_URL: missing; see docs/replies.md")
    check_boot(app.config["SETTINGS"].database_url)
    with app.app_context():
        try:
            while True:
                _poll_once(mailbox, goes_on=every is not None)
                if every is None:
                    return
                time.sleep(every)
        finally:
            db.engine.dispose()


def _poll_once(mailbox: ImapMailbox, *, goes_on: bool) -> None:
    try:
        _tell(fetch_new(mailbox))
    except MailboxRefused as refused:
        if not goes_on:
            raise Refused(str(refused)) from None
        # A server that is away for a while is no reason to end.
        click.echo(f"organising: {refused}", err=True)


def _tell(fetched: Fetched) -> None:
    click.echo(f"{fetched.kept} kept, {fetched.known} known already, {fetched.others} not about any letter.")
