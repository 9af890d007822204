"""An organisation's own mail server: for mailings from its own addresses, where the installation allows the host.

There is no falling back. A mailing leaves through the organisation's server while that is used, and waits or stops
where it can't; through the installation's where an administrator has said so, or from the installation's address.
"""

from dataclasses import dataclass

from flask import current_app

from organising.config import LOOPBACK, Settings, SmtpServer
from organising.mailings.models import Mailing, MailServer
from organising.mailings.queries.identities import find_mail_server, list_confirmed_identities
from organising.platform import audit
from organising.platform.actor import Actor
from organising.platform.clock import now
from organising.platform.db import db, new_id
from organising.platform.errors import Conflict, Invalid, NotFound
from organising.platform.mail import Refused, try_server
from organising.platform.message import address_of
from organising.platform.permissions import Permission

LONGEST_ANSWER = 500
NOT_ALLOWED = (
    "Whoever runs this installation has not allowed mail to leave to %s. Ask them to name it in MAIL_HOSTS."
)
IN_CLEAR = "Without encryption, mail leaves to this machine only."


class Unusable(Conflict):
    """The organisation's own server is to be used, and can't be."""

    code = "mail_server_unusable"


@dataclass(frozen=True)
class ServerDetails:
    """What a person writes. ``password`` is ``None`` where it stays as it is."""

    host: str
    port: int
    security: str
    connections: int
    username: str | None
    password: str | None


def keep_server(actor: Actor, details: ServerDetails) -> MailServer:
    """Set the organisation's server, or change it; then it has to be tested. Raises :class:`Invalid`."""
    actor.check(Permission.MAILINGS_SEND)
    host = details.host.strip().lower().rstrip(".")
    reason = why_not_allowed(host, details.port, details.security)
    if reason is not None:
        raise Invalid(reason, host=reason)
    server = find_mail_server()
    moved = server is not None and (server.host, server.port) != (host, details.port)
    if server is None:
        server = MailServer(id=new_id(), organisation_id=actor.organisation_id)
        db.session.add(server)
    server.host, server.port, server.security = host, details.port, details.security
    server.connections, server.username = details.connections, details.username
    # A password is for the host that it was given for: it never goes to another.
    if details.password is not None or moved or details.username is None:
        server.password = details.password
    server.tested_at = server.test_passed = server.test_answer = None
    db.session.flush()
    audit.record(actor, "mail_server.set", "mail_server", server.id, host=host, port=details.port, security=details.security)  # fmt: skip
    return server


def check_server(actor: Actor) -> MailServer:
    """Try it, and keep what it answered. Nothing is sent."""
    actor.check(Permission.MAILINGS_SEND)
    server = _get()
    reason = why_not_allowed(server.host, server.port, server.security)
    if reason is not None:
        raise Invalid(reason)
    try:
        receipt = try_server(_as_settings(server), _sender())
        passed, answer = True, f"{receipt.code} {receipt.text}"
    except Refused as refused:
        passed, answer = False, f"{refused.code} {refused.reason}" if refused.code else refused.reason
    server.tested_at, server.test_passed = now(), passed
    server.test_answer = " ".join(answer.split())[:LONGEST_ANSWER]
    audit.record(actor, "mail_server.tested", "mail_server", server.id, passed=passed)
    return server


def use_server(actor: Actor, *, use: bool) -> MailServer:
    """Let mailings from own addresses leave through it, or through the installation's again."""
    actor.check(Permission.MAILINGS_SEND)
    server = _get()
    if use and not server.test_passed:
        raise Conflict("Test it first: mailings leave through it once it has answered well.")
    server.is_used = use
    audit.record(actor, "mail_server.used" if use else "mail_server.unused", "mail_server", server.id)
    return server


def remove_server(actor: Actor) -> None:
    """Forget the server and its password. Mailings leave through the installation's again."""
    actor.check(Permission.MAILINGS_SEND)
    server = _get()
    audit.record(actor, "mail_server.removed", "mail_server", server.id, was_used=server.is_used)
    db.session.delete(server)


def why_not_allowed(host: str, port: int, security: str) -> str | None:
    """Why mail may not leave there, or ``None``: asked when it is set, tested and used."""
    if not any(_matches(one, host, port) for one in _settings().mail_hosts):
        return NOT_ALLOWED % host
    return IN_CLEAR if security == "none" and host not in LOOPBACK else None


def server_for(mailing: Mailing) -> SmtpServer:
    """Where an own mailing leaves to. Raises :class:`Unusable` with why it can't leave at all."""
    server = find_mail_server() if mailing.identity_id is not None else None
    if server is None or not server.is_used:
        return _settings().smtp
    reason = why_not_allowed(server.host, server.port, server.security)
    if reason is None and not server.test_passed:
        reason = "The organisation’s own mail server was changed and has not been tested since."
    if reason is not None:
        raise Unusable(reason)
    return _as_settings(server)


def leaves_through(mailing: Mailing) -> str | None:
    """The host of the organisation's own server, where a mailing leaves through it."""
    server = find_mail_server() if mailing.identity_id is not None else None
    return server.host if server is not None and server.is_used else None


def _matches(allowed: str, host: str, port: int) -> bool:
    name, colon, number = allowed.rpartition(":") if ":" in allowed else (allowed, "", "")
    same = host.endswith(name) if name.startswith(".") else host == name
    return same and (not colon or int(number) == port)


def _as_settings(server: MailServer) -> SmtpServer:
    return SmtpServer(
        server.host, server.port, server.username, server.password, server.security, server.connections
    )


def _sender() -> str:
    confirmed = list_confirmed_identities()
    return confirmed[0].address if confirmed else address_of(_settings().mail_from)


def _get() -> MailServer:
    server = find_mail_server()
    if server is None:
        raise NotFound
    return server


def _settings() -> Settings:
    found = current_app.config["SETTINGS"]
    assert isinstance(found, Settings)
    return found
