"""How mail leaves and comes back, how fast, and what a bystander may read of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from ..rates import Rate, parse_rates
from .reading import HOST_NAME, LOOPBACK, SettingsError, is_loopback, read_parsed, read_required

# One mail system gets one message a second, one representative and one address so many an hour over all partners.
MAIL_LIMITS = "domain=60/minute representative=20/hour address=40/hour"
MAIL_LIMIT_NAMES = ("relay", "domain", "organisation", "address", "representative")
IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
# An address in an envelope has at most 254 characters, of which the longest return path takes 53.
LONGEST_DOMAIN = 200
LONGEST_HEADER = 150
# A sender or subject with one of these would tell a bystander what a signer's mail is about, in any of four languages.
TELLING = re.compile(
    r"migra|mewnfud|asyl|asilo|lloches|refug|ffoadur|deport|pledge|addewid|petition|petici|deiseb|campa[ñn]|campaign|"
    r"ymgyrch|llofnod|\bfirma|\bassin|\bsign(ed|ing|ature|er)?s?\b|firewall|home office",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SmtpServer:
    """Where mail leaves to. ``security`` is ``none``, ``starttls`` or ``tls``."""

    host: str
    port: int
    username: str | None
    password: str | None
    security: str
    connections: int

    @classmethod
    def parse(cls, url: str) -> "SmtpServer":
        """Read ``smtp://[user:password@]host[:port][?security=starttls&connections=20]`` or ``smtps://…``.

        Raises ``ValueError`` with the reason.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps"):
            raise ValueError("must start with smtp:// or smtps://")
        if not parts.hostname:
            raise ValueError("names no host")
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        security = options.get("security", "tls" if parts.scheme == "smtps" else "none")
        if security not in ("none", "starttls", "tls"):
            raise ValueError("security must be none, starttls or tls")
        connections = options.get("connections", "20")
        if not connections.isdigit() or not 1 <= int(connections) <= 50:
            raise ValueError("connections must be a number from 1 to 50")
        return cls(
            host=parts.hostname,
            port=parts.port or {"tls": 465, "starttls": 587, "none": 25}[security],
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            security=security,
            connections=int(connections),
        )


@dataclass(frozen=True)
class ImapMailbox:
    """Where answers are fetched from. ``security`` is ``tls``, ``starttls`` or, on this machine only, ``none``."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: str
    folder: str

    @classmethod
    def parse(cls, url: str) -> "ImapMailbox":
        """Read ``imaps://user:password@host[:port][/folder]`` or ``imap://…?security=starttls``.

        Raises ``ValueError`` with the reason.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps"):
            raise ValueError("must start with imaps:// or imap://")
        if not parts.hostname or not parts.username or parts.password is None:
            raise ValueError("must name user, password and host")
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        security = options.get("security", "tls" if parts.scheme == "imaps" else "starttls")
        if security not in ("none", "starttls", "tls"):
            raise ValueError("security must be none, starttls or tls")
        if security == "none" and not is_loopback(parts.hostname):
            raise ValueError("security=none would send the password in clear; it is for this machine only")
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if not folder.isprintable() or any(mark in folder for mark in '"\\'):
            raise ValueError("names no folder that can be opened")
        return cls(
            host=parts.hostname,
            port=parts.port or (993 if security == "tls" else 143),
            username=unquote(parts.username),
            password=unquote(parts.password),
            security=security,
            folder=folder,
        )


def read_smtp(environ: Mapping[str, str]) -> SmtpServer:
    """The server that mail leaves through."""
    try:
        return SmtpServer.parse(read_required(environ, "SMTP_URL"))
    except ValueError as error:
        raise SettingsError("SMTP_URL", str(error)) from None


def default_sender(public_url: str) -> str:
    """The sender where none is named: at the host of the product's own address."""
    host = urlsplit(public_url).hostname or "localhost"
    return f"organising@{'localhost.example' if is_loopback(host) else host}"


def read_discreet(environ: Mapping[str, str], name: str) -> str:
    """What a bystander may read on somebody's screen: one line that tells nothing, or nothing."""
    value = environ.get(name, "").strip()
    if not value.isprintable() or len(value) > LONGEST_HEADER:
        raise SettingsError(name, f"must be one line of at most {LONGEST_HEADER} characters")
    if told := TELLING.search(value):
        raise SettingsError(name, f"must not tell a bystander what it is about: {told[0]!r} does")
    return value


def read_return_domain(environ: Mapping[str, str], mail_from: str) -> str:
    """Where bounces and answers come back to: the domain of the sender unless named."""
    named = environ.get("MAIL_RETURN_DOMAIN", "").strip().lower().rstrip(".")
    if named and not HOST_NAME.fullmatch(named):
        raise SettingsError("MAIL_RETURN_DOMAIN", "must be a domain such as mail.campaign.example")
    if named and len(named) > LONGEST_DOMAIN:
        raise SettingsError("MAIL_RETURN_DOMAIN", f"must have at most {LONGEST_DOMAIN} characters")
    return named or parseaddr(mail_from)[1].rpartition("@")[2].lower()


def read_inbound_imap(environ: Mapping[str, str]) -> ImapMailbox | None:
    """The mailbox that answers are fetched from; none where it is not named."""
    return read_parsed(environ, "INBOUND_IMAP_URL", ImapMailbox.parse)


def read_mail_limits(environ: Mapping[str, str]) -> dict[str, Rate]:
    """How fast mailings may leave; ``none`` for as fast as the relay takes them."""
    try:
        return parse_rates(environ.get("MAIL_LIMITS") or MAIL_LIMITS, MAIL_LIMIT_NAMES)
    except ValueError as error:
        raise SettingsError("MAIL_LIMITS", str(error)) from None


def read_mail_hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The servers that organisations may send through: hosts, or ``.domain`` for all within; each with ``:port`` or any."""
    listed = tuple(one.lower() for one in environ.get("MAIL_HOSTS", "").replace(",", " ").split())
    for one in listed:
        host, colon, port = one.rpartition(":") if ":" in one else (one, "", "")
        named = HOST_NAME.fullmatch(host.removeprefix(".")) or host in LOOPBACK or IPV4.fullmatch(host)
        if not named or (colon and not (port.isdecimal() and 0 < int(port) < 65536)):
            raise SettingsError(
                "MAIL_HOSTS", f"{one!r} is no host such as mail.partner.example or .partner.example:587"
            )
    return listed
