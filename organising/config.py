"""Settings: read once from the environment, frozen, and refused by name when one is bad or missing."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from .rates import Rate, parse_rates

# One mail system gets one message a second, one representative and one address so many an hour over all partners.
MAIL_LIMITS = "domain=60/minute representative=20/hour address=40/hour"
MAIL_LIMIT_NAMES = ("relay", "domain", "organisation", "address", "representative")
MEMBERS_API = "https://members-api.parliament.uk/api"
HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
LOOPBACK = ("localhost", "127.0.0.1")
# An address in an envelope has at most 254 characters, of which the longest return path takes 53.
LONGEST_DOMAIN = 200
LONGEST_HEADER = 150
# A sender or subject with one of these would tell a bystander what a signer's mail is about, in any of four languages.
TELLING = re.compile(
    r"migra|mewnfud|asyl|asilo|lloches|refug|ffoadur|deport|pledge|addewid|petition|petici|deiseb|campa[ñn]|campaign|"
    r"ymgyrch|llofnod|\bfirma|\bassin|\bsign(ed|ing|ature|er)?s?\b|firewall|home office",
    re.IGNORECASE,
)


class Mode(StrEnum):
    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TEST = "test"


class SettingsError(Exception):
    """One setting is missing or unusable; ``str()`` is one line that names it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name


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
        if security == "none" and parts.hostname not in (*LOOPBACK, "::1"):
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


@dataclass(frozen=True)
class Bucket:
    """Where files are kept on S3-compatible storage. ``prefix`` ends with a slash, or is empty."""

    endpoint: str
    name: str
    prefix: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str
    secure: bool

    @classmethod
    def parse(cls, url: str, *, plain_allowed: bool) -> "Bucket":
        """Read ``s3://KEY:SECRET@host[:port]/bucket[/prefix][?region=eu-west-2&tls=no]``.

        Raises ``ValueError`` with the reason.
        """
        parts = urlsplit(url)
        if parts.scheme != "s3":
            raise ValueError("must start with s3://")
        if not parts.hostname or not parts.username or not parts.password:
            raise ValueError("must name key, secret and host")
        name, _, prefix = parts.path.strip("/").partition("/")
        if not name:
            raise ValueError("names no bucket")
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        secure = options.get("tls", "yes") != "no"
        if not secure and not plain_allowed and parts.hostname not in (*LOOPBACK, "::1"):
            raise ValueError("tls=no would send signed requests in clear; it is for this machine only")
        return cls(
            endpoint=f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname,
            name=name,
            prefix=f"{prefix}/" if prefix else "",
            access_key=unquote(parts.username),
            secret_key=unquote(parts.password),
            region=options.get("region", "us-east-1"),
            secure=secure,
        )


@dataclass(frozen=True)
class Clamd:
    """The virus scanner: ``host`` and ``port``, or the ``path`` of its socket."""

    host: str
    port: int
    path: str | None = None

    @classmethod
    def parse(cls, url: str) -> "Clamd":
        """Read ``tcp://host[:port]`` or ``unix:///path``. Raises ``ValueError`` with the reason."""
        parts = urlsplit(url)
        if parts.scheme == "unix" and parts.path.startswith("/"):
            return cls("", 0, parts.path)
        if parts.scheme != "tcp" or not parts.hostname:
            raise ValueError("must be tcp://host:3310 or unix:///path/of/its/socket")
        return cls(parts.hostname, parts.port or 3310)


@dataclass(frozen=True)
class Settings:
    """Everything the product takes from its environment. See the table in the README."""

    mode: Mode
    secret_key: str
    installation_key: bytes
    database_url: str
    redis_url: str
    smtp: SmtpServer
    mail_from: str
    public_url: str
    data_dir: Path
    mail_catcher_dir: Path | None
    demo: bool
    trusted_proxies: int
    log_level: str
    postcodes_url: str | None = None
    members_api_url: str = MEMBERS_API
    mail_return_domain: str = "localhost.example"
    takes_returns: bool = False
    inbound_imap: ImapMailbox | None = None
    mail_limits: Mapping[str, Rate] = field(default_factory=dict)
    mail_hosts: tuple[str, ...] = ()
    discreet_from: str = ""
    discreet_subject: str = ""
    invented_people: bool = False
    files_bucket: Bucket | None = None
    files_quota: int = 2048 * 2**20
    clamd: Clamd | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Build the settings; raises :class:`SettingsError` for the first one that is bad or missing."""
        mode = _mode(environ)
        demo = _flag(environ, "ORGANISING_DEMO")
        if demo and mode is Mode.PRODUCTION:
            raise SettingsError(
                "ORGANISING_DEMO", "demo data and its known password are refused in production"
            )
        invented = _flag(environ, "ORGANISING_INVENTED_PEOPLE")
        if invented and mode is Mode.PRODUCTION:
            raise SettingsError(
                "ORGANISING_INVENTED_PEOPLE", "is for demos and tests; in production people are real"
            )
        public_url = _public_url(environ, mode)
        catcher = environ.get("ORGANISING_MAIL_CATCHER_DIR")
        mail_from = environ.get("MAIL_FROM") or _default_sender(public_url)
        return cls(
            mode=mode,
            secret_key=_secret(environ),
            installation_key=read_installation_key(environ),
            database_url=_database_url(environ, "DATABASE_URL"),
            redis_url=_redis_url(environ),
            smtp=_smtp(environ),
            mail_from=mail_from,
            public_url=public_url,
            data_dir=Path(environ.get("ORGANISING_DATA_DIR") or "var"),
            mail_catcher_dir=Path(catcher) if catcher else None,
            demo=demo,
            trusted_proxies=_number(environ, "TRUSTED_PROXIES", 0, 0, 5),
            log_level=_log_level(environ),
            postcodes_url=_postcodes_url(environ, mode),
            members_api_url=_members_api_url(environ),
            mail_return_domain=_return_domain(environ, mail_from),
            takes_returns=bool(environ.get("MAIL_RETURN_DOMAIN", "").strip()),
            inbound_imap=_inbound_imap(environ),
            mail_limits=_mail_limits(environ),
            mail_hosts=_mail_hosts(environ),
            discreet_from=_discreet(environ, "DISCREET_FROM") or parseaddr(mail_from)[1],
            discreet_subject=_discreet(environ, "DISCREET_SUBJECT"),
            invented_people=demo or invented,
            files_bucket=_files_bucket(environ, mode),
            files_quota=_number(environ, "FILES_QUOTA_MB", 2048, 1, 10_000_000) * 2**20,
            clamd=_clamd(environ),
        )


def normalise_database_url(url: str) -> str:
    """Turn ``postgres://`` and ``postgresql://`` into the form that names the psycopg driver.

    Raises ``ValueError`` for any other database: there is one engine, PostgreSQL.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ValueError("must start with postgresql:// (the product runs on PostgreSQL only)")
    return f"postgresql+psycopg://{rest}"


def read_installation_key(environ: Mapping[str, str]) -> bytes:
    """The 32 bytes that wrap every organisation's key; raises :class:`SettingsError`."""
    name = "ORGANISING_INSTALLATION_KEY"
    value = environ.get(name, "")
    if not value:
        raise SettingsError(name, "missing; make one with `organising keys generate` and keep it safe")
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error:
        raise SettingsError(name, "is not base64") from None
    if len(key) != 32:
        raise SettingsError(name, f"must hold 32 bytes in base64, holds {len(key)}")
    return key


def _mode(environ: Mapping[str, str]) -> Mode:
    value = environ.get("ORGANISING_MODE", "production")
    try:
        return Mode(value)
    except ValueError:
        raise SettingsError("ORGANISING_MODE", f"{value!r} is none of {', '.join(Mode)}") from None


def _secret(environ: Mapping[str, str]) -> str:
    value = environ.get("SECRET_KEY", "")
    if not value:
        raise SettingsError("SECRET_KEY", "missing; make one with `organising keys generate`")
    if len(value) < 32:
        raise SettingsError("SECRET_KEY", f"must have at least 32 characters, has {len(value)}")
    return value


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise SettingsError(name, "missing; `organising up` sets it for you, a server must name it")
    return value


def _database_url(environ: Mapping[str, str], name: str) -> str:
    try:
        return normalise_database_url(_required(environ, name))
    except ValueError as error:
        raise SettingsError(name, str(error)) from None


def _redis_url(environ: Mapping[str, str]) -> str:
    url = _required(environ, "REDIS_URL")
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise SettingsError("REDIS_URL", "must start with redis://, rediss:// or unix://")
    return url


def _smtp(environ: Mapping[str, str]) -> SmtpServer:
    try:
        return SmtpServer.parse(_required(environ, "SMTP_URL"))
    except ValueError as error:
        raise SettingsError("SMTP_URL", str(error)) from None


def _public_url(environ: Mapping[str, str], mode: Mode) -> str:
    url = _required(environ, "PUBLIC_URL").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise SettingsError(
            "PUBLIC_URL", "must be an address such as https://campaign.example, without a path"
        )
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if mode is Mode.PRODUCTION and parts.scheme != "https" and not loopback:
        raise SettingsError("PUBLIC_URL", "must be https:// in production")
    return url


def _postcodes_url(environ: Mapping[str, str], mode: Mode) -> str | None:
    """Where to ask for postcodes that the loaded table does not have; empty asks nobody."""
    url = (environ.get("POSTCODES_URL") or "").rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port_is_bad = parts.port == 0
    except ValueError:
        port_is_bad = True
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or port_is_bad
        or parts.query
        or parts.username
    ):
        raise SettingsError(
            "POSTCODES_URL", "must be an address such as https://postcodes.example, without more"
        )
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if mode is Mode.PRODUCTION and parts.scheme != "https" and not loopback:
        raise SettingsError(
            "POSTCODES_URL", "must be https:// in production, since people's postcodes go there"
        )
    return url


def _members_api_url(environ: Mapping[str, str]) -> str:
    """Parliament's Members API, or a service that answers like it."""
    url = (environ.get("MEMBERS_API_URL") or MEMBERS_API).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise SettingsError("MEMBERS_API_URL", "must be an address such as https://members.example/api")
    return url


def _default_sender(public_url: str) -> str:
    host = urlsplit(public_url).hostname or "localhost"
    return f"organising@{'localhost.example' if host in ('localhost', '127.0.0.1', '::1') else host}"


def _discreet(environ: Mapping[str, str], name: str) -> str:
    """What a bystander may read on somebody's screen: one line that tells nothing, or nothing."""
    value = environ.get(name, "").strip()
    if not value.isprintable() or len(value) > LONGEST_HEADER:
        raise SettingsError(name, f"must be one line of at most {LONGEST_HEADER} characters")
    if told := TELLING.search(value):
        raise SettingsError(name, f"must not tell a bystander what it is about: {told[0]!r} does")
    return value


def _return_domain(environ: Mapping[str, str], mail_from: str) -> str:
    """Where bounces and answers come back to: the domain of the sender unless named."""
    named = environ.get("MAIL_RETURN_DOMAIN", "").strip().lower().rstrip(".")
    if named and not HOST_NAME.fullmatch(named):
        raise SettingsError("MAIL_RETURN_DOMAIN", "must be a domain such as mail.campaign.example")
    if named and len(named) > LONGEST_DOMAIN:
        raise SettingsError("MAIL_RETURN_DOMAIN", f"must have at most {LONGEST_DOMAIN} characters")
    return named or parseaddr(mail_from)[1].rpartition("@")[2].lower()


def _inbound_imap(environ: Mapping[str, str]) -> ImapMailbox | None:
    """The mailbox that answers are fetched from; none where it is not named."""
    url = environ.get("INBOUND_IMAP_URL", "").strip()
    try:
        return ImapMailbox.parse(url) if url else None
    except ValueError as error:
        raise SettingsError("INBOUND_IMAP_URL", str(error)) from None


def _mail_limits(environ: Mapping[str, str]) -> dict[str, Rate]:
    """How fast mailings may leave; ``none`` for as fast as the relay takes them."""
    try:
        return parse_rates(environ.get("MAIL_LIMITS") or MAIL_LIMITS, MAIL_LIMIT_NAMES)
    except ValueError as error:
        raise SettingsError("MAIL_LIMITS", str(error)) from None


def _mail_hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
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


def _files_bucket(environ: Mapping[str, str], mode: Mode) -> Bucket | None:
    """Where files are kept; in the data directory where it is not named."""
    url = environ.get("FILES_URL", "").strip()
    try:
        return Bucket.parse(url, plain_allowed=mode is not Mode.PRODUCTION) if url else None
    except ValueError as error:
        raise SettingsError("FILES_URL", str(error)) from None


def _clamd(environ: Mapping[str, str]) -> Clamd | None:
    """The virus scanner; none where it is not named."""
    url = environ.get("CLAMD_URL", "").strip()
    try:
        return Clamd.parse(url) if url else None
    except ValueError as error:
        raise SettingsError("CLAMD_URL", str(error)) from None


def _flag(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "").lower()
    if value not in ("", "0", "1", "true", "false", "yes", "no"):
        raise SettingsError(name, f"{value!r} is neither yes nor no")
    return value in ("1", "true", "yes")


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isdigit() or not low <= int(value) <= high:
        raise SettingsError(name, f"{value!r} is not a whole number from {low} to {high}")
    return int(value)


def _log_level(environ: Mapping[str, str]) -> str:
    value = (environ.get("LOG_LEVEL") or "info").lower()
    if value not in ("debug", "info", "warning", "error"):
        raise SettingsError("LOG_LEVEL", f"{value!r} is none of debug, info, warning, error")
    return value
