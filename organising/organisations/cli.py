"""`organising setup`: a real installation's first coalition, and one invitation."""

import json
import smtplib
import sys
from collections.abc import Callable
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app

from ..config import Settings, SmtpServer
from ..platform.command import Refused, application, plainly
from ..platform.db import db, new_id
from ..platform.errors import DomainError
from ..platform.mail import OutgoingMail, ReplyLost, SmtpConnection, get_mailer
from ..platform.mail import Refused as MailRefused
from ..platform.tenancy import Context, use_context
from . import setup
from .coalition import make_slug
from .models import OrganisationKind

ASKS = "care-dont-share"


@click.command("setup")
@click.option("--campaign", help="The campaign's name.")
@click.option("--strapline", default="", help="One line below it.")
@click.option("--organisation", help="The lead organisation's full name.")
@click.option("--short-name", help="As people call it.")
@click.option("--kind", type=click.Choice([str(kind) for kind in OrganisationKind]), help="What it is.")
@click.option("--coordinator-name", help="The first coordinator's name, for the greeting.")
@click.option("--coordinator-email", help="Where the invitation goes.")
@click.option(
    "--asks",
    type=click.Choice([ASKS, "none"]),
    help="Begin with these asks (default: those of a campaign of that name).",
)
@click.option(
    "--resend",
    is_flag=True,
    help="Send the first coordinator's invitation again (to another address, if one is given).",
)
@click.option(
    "--dry-run", is_flag=True, help="Check everything, the mail server too; write and send nothing."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@plainly
def command(resend: bool, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Make this installation's first coalition and invite its coordinator.

    Asks on a terminal for what no option says. Public address and mail server come from the settings.
    """
    with application().app_context():
        with use_context(Context(purpose="setup")):
            found = setup.find_coalition()
        if found and not resend:
            raise Refused(
                f"there is a coalition already: {found.campaign}, led by {found.organisation_name}. "
                "Use --resend to send the first invitation again."
            )
        if resend and not found:
            raise Refused("there is no coalition yet, so nothing to send again")
        settings: Settings = current_app.config["SETTINGS"]
        _show(settings, as_json)
        _check_mail_server(settings.smtp)
        answer = _resend(found, given, dry_run) if found else _found(_ask(given), dry_run)
        _tell(answer, as_json)


def _show(settings: Settings, as_json: bool) -> None:
    click.echo(f"Public address  {settings.public_url}  (PUBLIC_URL)", err=as_json)
    server = settings.smtp
    click.echo(f"Mail server     {server.host}:{server.port}, {server.security}  (SMTP_URL)", err=as_json)
    click.echo(f"Mail from       {settings.mail_from}  (MAIL_FROM)", err=as_json)


def _check_mail_server(server: SmtpServer) -> None:
    connection = SmtpConnection(server)
    try:
        connection.open().quit()
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(
            f"SMTP_URL: {server.host}:{server.port} can't be used: {error}. Nothing was written."
        ) from None


def _ask(given: dict[str, Any]) -> setup.FirstCoalition:
    campaign = _value(given, "campaign", "Campaign", 120)
    organisation = _value(given, "organisation", "Lead organisation, full name", 200)
    short_name = _value(given, "short_name", "Its short name", 40)
    kind = _value(given, "kind", "What it is", 40, click.Choice([str(kind) for kind in OrganisationKind]))
    name = _value(given, "coordinator_name", "First coordinator's name", 120)
    email = _address(_value(given, "coordinator_email", "First coordinator's email address", 320))
    asks = given["asks"] or (ASKS if make_slug(campaign) == ASKS else "none")
    wanted = setup.FirstCoalition(
        campaign,
        given["strapline"],
        organisation,
        short_name,
        OrganisationKind(kind),
        name,
        email,
        asks == ASKS,
    )
    _told(wanted.check)
    return wanted


def _value(given: dict[str, Any], name: str, prompt: str, longest: int, kind: Any = str) -> str:
    value = given.get(name)
    if not value:
        if not sys.stdin.isatty():
            raise Refused(f"--{name.replace('_', '-')} is missing (there is no terminal to ask at)")
        value = click.prompt(prompt, type=kind)
    tidy = " ".join(str(value).split())
    if not tidy or len(tidy) > longest:
        raise Refused(f"--{name.replace('_', '-')}: from 1 to {longest} characters, please")
    return tidy


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Refused(f"--coordinator-email: {error}") from None


def _found(wanted: setup.FirstCoalition, dry_run: bool) -> dict[str, Any]:
    organisation_id = new_id()
    with use_context(Context(organisation_id=organisation_id, purpose="setup")):
        mail = _told(lambda: setup.found_coalition(wanted, organisation_id))
        sent = _send(mail, dry_run)
    return {
        "campaign": wanted.campaign,
        "organisation": wanted.organisation,
        "asks": ASKS if wanted.with_asks else "none",
        "invited": wanted.coordinator_email,
        "invitation": sent,
    }


def _resend(found: setup.FoundCoalition, given: dict[str, Any], dry_run: bool) -> dict[str, Any]:
    email = _address(given["coordinator_email"]) if given["coordinator_email"] else None
    with use_context(Context(organisation_id=found.organisation_id, purpose="setup")):
        mail = _told(lambda: setup.invite_again(found, email, given["coordinator_name"]))
        sent = _send(mail, dry_run)
    return {
        "campaign": found.campaign,
        "organisation": found.organisation_name,
        "invited": mail.to,
        "invitation": sent,
    }


def _told(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except DomainError as error:
        raise Refused(error.message) from None


def _send(mail: OutgoingMail, dry_run: bool) -> str:
    """Commit with the message at its final dot.

    A refused address founds nothing, a founded coalition has its mail.
    """
    if dry_run:
        db.session.rollback()
        return "not sent (dry run)"
    try:
        get_mailer().send(mail, before_dot=db.session.commit)
    except MailRefused as refused:
        db.session.rollback()
        raise Refused(
            f"the mail server refused the invitation: {refused}. Nothing was sent; run it again."
        ) from None
    except ReplyLost:
        return "perhaps sent: the mail server's answer was lost; use --resend if it does not arrive"
    return "sent"


def _tell(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer))
        return
    click.echo(f"{answer['campaign']}, led by {answer['organisation']}.")
    click.echo(f"Invitation to {answer['invited']}: {answer['invitation']}.")
    click.echo("Its link is good for 14 days. Everything else is done from the pages.")
